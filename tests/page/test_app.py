"""Which requests the page accepts, and which servers it asks."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from http_contract.errors import CannotJudge
from sidebyside.page.app import POLICY, TOKEN_FIELD, allowed_hosts
from sidebyside.page.settings import RunningService, Settings, readers_endpoint, service_endpoints

PORT = 8000
HERE = f"127.0.0.1:{PORT}"
SETTINGS = Settings((RunningService("raw", "cyan", "http://127.0.0.1:8001/"),), PORT)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (HERE, 200),
        (f"localhost:{PORT}", 200),
        (f"LOCALHOST:{PORT}", 200),
        (f"[::1]:{PORT}", 200),
        ("127.0.0.1", 400),
        ("127.0.0.1:8001", 400),
        (f"elsewhere.example:{PORT}", 400),
        (f"127.0.0.1.elsewhere.example:{PORT}", 400),
        (f"localhost.:{PORT}", 400),
        (f"me@{HERE}", 400),
        ("", 400),
    ],
)
@pytest.mark.parametrize("path", ["/", "/static/page.css", "/nothing"])
def test_host(client: FlaskClient, host: str, status: int, path: str) -> None:
    response = client.get(path, headers={"Host": host})
    assert response.status_code == (404 if status == 200 and path == "/nothing" else status)


def test_the_default_port_is_left_out() -> None:
    assert allowed_hosts(Settings((), 80)) == {"127.0.0.1", "localhost", "[::1]"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"Origin": f"http://{HERE}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"}, 200),
        ({TOKEN_FIELD: ""}, 403),
        ({TOKEN_FIELD: "guessed"}, 403),
        ({TOKEN_FIELD: "\xe9"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": f"https://{HERE}"}, 403),
        ({"Origin": f"http://localhost:{PORT}"}, 403),
        ({"Origin": "http://127.0.0.1:8001", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/send", "/raw"])
def test_origin_and_token(client: FlaskClient, fields: Mapping[str, str], status: int, path: str) -> None:
    assert client.post(path, json={"path": "/"}, headers=dict(fields)).status_code == status


def test_a_refusal_comes_before_routing(client: FlaskClient) -> None:
    assert client.post("/nothing", headers={TOKEN_FIELD: ""}).status_code == 403


def test_a_405_lists_the_allowed_methods(client: FlaskClient) -> None:
    response = client.post("/")
    assert (response.status_code, response.mimetype) == (405, "text/plain")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/nothing", "/style.css"])
def test_the_fields_of_every_response(client: FlaskClient, path: str) -> None:
    fields = client.get(path).headers
    assert fields["Content-Security-Policy"] == POLICY
    assert "script-src 'self'" in POLICY
    assert "img-src 'self' data:;" in POLICY
    assert "unsafe" not in POLICY
    assert fields["X-Frame-Options"] == "DENY"
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in fields


def test_the_page_contains_its_token_and_is_not_stored(client: FlaskClient, settings: Settings) -> None:
    response = client.get("/")
    assert settings.token in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert settings.token not in repr(settings)


def test_each_start_has_a_token_of_its_own() -> None:
    assert Settings((), PORT).token != Settings((), PORT).token


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000",
        "http://localhost:5000/",
        "http://[::1]:5000",
        "http://LOCALHOST:80",
        "http://127.0.0.1",
        " 127.0.0.1:5000",
        "localhost:5000/",
        "[::1]:5000",
    ],
)
def test_a_server_that_the_page_may_ask(url: str) -> None:
    assert readers_endpoint(url, SETTINGS).server.port in (5000, 80)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:80",
        "http://example.org",
        "example.org:80",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1@192.0.2.1",
        "http://0.0.0.0:5000",
        "http://2130706433:5000",
        "http://127.1:5000",
        "http://[::ffff:192.0.2.1]:5000",
        "https://127.0.0.1:5000",
        "file:///etc/passwd",
        "//127.0.0.1:5000",
        "http://127.0.0.1:5000/path",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:5000?query",
        "",
    ],
)
def test_a_server_that_the_page_may_not_ask(url: str) -> None:
    with pytest.raises(CannotJudge):
        readers_endpoint(url, SETTINGS)


def test_the_page_does_not_ask_itself() -> None:
    with pytest.raises(CannotJudge, match="the page itself"):
        readers_endpoint(f"http://localhost:{PORT}", SETTINGS)


def test_the_services() -> None:
    assert [(each.name, each.server.authority, each.colour) for each in service_endpoints(SETTINGS)] == [
        ("raw", "127.0.0.1:8001", "cyan")
    ]


@pytest.mark.parametrize(("name", "status"), [("icon.svg", 200), ("missing.svg", 404)])
def test_public_files(client: FlaskClient, name: str, status: int) -> None:
    assert client.get(f"/files/{name}").status_code == status
