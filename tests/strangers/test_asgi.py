"""ASGI applications from the package index behind raw_router, each with a short real conversation."""

import pytest
from playwright.sync_api import Browser, expect

from tests.serving import becomes_true
from tests.strangers.conftest import APPLICATIONS, PATIENCE, Serve
from tests.strangers.test_wsgi import STREAM, talk_to_admin

full = pytest.mark.full


def test_starlette_has_a_lifespan_and_background_tasks(serve: Serve) -> None:
    stranger = serve("--asgi", "starlette_app:application")
    client = stranger.client
    assert client.get("/background?name=first").json() == {"done": []}
    assert becomes_true(lambda: client.get("/background?name=later").json()["done"].count("first"))
    source = client.get("/source")
    assert source.content == (APPLICATIONS / "starlette_app.py").read_bytes()
    answer = client.post("/upload", data={"text": "é"}, files={"file": ("a.bin", bytes(500_000))})
    assert answer.json() == {"text": "é", "size": 500_000}
    assert client.get("/error").status_code == 500
    assert client.get("/none").status_code == 404
    assert stranger.end() == 0
    assert [line.strip() for line in stranger.output] == ["started", "stopped"]


def test_starlette_sees_the_request_as_it_was_sent(serve: Serve) -> None:
    stranger = serve("--asgi", "starlette_app:application")
    data = stranger.client.get("/request/a%2Fb", headers=[("X-One", "1"), ("X-One", "2")]).json()
    assert (data["path"], data["raw_path"]) == ("/request/a/b", "/request/a%2Fb")
    assert (data["client"], data["server"]) == ("127.0.0.1", ["127.0.0.1", stranger.port])
    assert [pair for pair in data["headers"] if pair[0] == "x-one"] == [["x-one", "1"], ["x-one", "2"]]


def test_a_client_leaves_server_sent_events(serve: Serve) -> None:
    client = serve("--asgi", "starlette_app:application").client
    with client.stream("GET", "/events") as response:
        assert next(response.iter_text()).startswith("data: 0\n\n")
    assert client.get("/").status_code == 200


@full
def test_a_browser_reads_server_sent_events(serve: Serve, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(serve("--asgi", "starlette_app:application").url)
    expect(page.locator("#events li")).to_have_text(["0", "1", "2"], timeout=PATIENCE * 1000)
    page.close()


@full
def test_fastapi_validates_and_runs_tasks(serve: Serve) -> None:
    client = serve("--asgi", "fastapi_app:app").client
    assert client.get("/hello/Zo%C3%AB").json() == {"text": "Hello Zoë"}
    assert client.post("/items", json={"name": "apple", "price": "cheap"}).status_code == 422
    assert client.post("/items", json={"name": "apple", "price": 1.5}).status_code == 201
    assert becomes_true(lambda: client.get("/done").json() == ["apple"])
    assert client.get("/openapi.json").json()["info"]["title"] == "FastAPI"


@full
def test_quart_keeps_a_session_and_streams(serve: Serve) -> None:
    client = serve("--asgi", "quart_app:app").client
    assert client.post("/form", data={"text": "é"}).json() == {"text": "é"}
    assert client.get("/text").text == "é"
    assert client.get("/stream").content == STREAM


@full
def test_django_admin_over_asgi(serve: Serve) -> None:
    stranger = serve("--asgi", "django_admin:asgi_application")
    talk_to_admin(stranger)
    picture = bytes(range(256)) * 3000
    assert stranger.client.post("/upload", files={"file": ("a.bin", picture)}).json()["size"] == len(picture)


@full
def test_datasette_answers_queries(serve: Serve) -> None:
    client = serve("--asgi", "datasette_app:application").client
    assert client.get("/shop/items.json?_shape=array").json() == [{"id": 1, "name": "apple"}, {"id": 2, "name": "pear"}]
    assert "apple" in client.get("/shop/items").text


@full
def test_workers_each_have_a_lifespan(serve: Serve) -> None:
    stranger = serve("--asgi", "starlette_app:application", "--workers", "2")
    assert stranger.client.get("/").status_code == 200
    assert stranger.end() == 0
    output = "".join(stranger.output)  # lines of two processes
    assert (output.count("started"), output.count("stopped")) == (2, 2)
