"""The tab Lessons without a browser: rungs as HTML, and rungs that run until they are ended, or nobody is there."""

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sidebyside.lessons.ladder import load_rungs
from sidebyside.page import lessons
from sidebyside.page.lessons import running_rungs
from tests.serving import HOST, becomes_true


@pytest.fixture(autouse=True)
def ends(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        running_rungs().stop()


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def test_the_page_lists_every_rung(client: FlaskClient) -> None:
    text = client.get("/").text
    assert [rung.number for rung in load_rungs() if f'id="rung-{rung.number}"' not in text] == []


def test_a_rung_has_its_code_with_the_lines_that_are_new(client: FlaskClient) -> None:
    text = client.get("/lessons/23").text
    assert "22_time_server.py does not have" in text
    assert text.count('class="marked') == 3  # the two lines of its docstring, and setsockopt
    assert "Points by stage: " in text
    assert "No points by the contract" in client.get("/lessons/1").text


def test_a_rung_that_does_not_exist(client: FlaskClient) -> None:
    assert client.get("/lessons/99").status_code == 404
    assert client.post("/lessons/99/start").status_code == 404


def test_a_rung_runs_until_it_is_ended(client: FlaskClient) -> None:
    started = client.post("/lessons/3/start").json
    assert started
    port = int(started["place"])
    assert started["commands"][0] == f"echo hello | python lessons/18_line_client.py {port}"
    assert client.post("/lessons/3/start").json == started
    assert client.get("/lessons").json == {"running": {"03": str(port)}}
    assert client.post("/lessons/3/stop").json == {}
    assert not is_listening(port)
    assert client.post("/lessons/3/stop").json == {}


def test_a_client_is_not_started(client: FlaskClient) -> None:
    response = client.post("/lessons/4/start")
    assert (response.status_code, response.text) == (422, "04_echo_client is not a server. Send its example.")


def test_an_example_is_typed_on_its_server(client: FlaskClient) -> None:
    typed = client.post("/lessons/4/example").json
    assert typed
    assert typed["typed"][0]["output"].startswith("sent 200000 bytes, received 200000")
    assert list(client.get("/lessons").json["running"]) == ["03"]  # type: ignore[index]


def test_an_example_that_needs_no_server(client: FlaskClient) -> None:
    assert "port 80" in client.post("/lessons/1/example").json["typed"][0]["output"]  # type: ignore[index]


def test_an_example_that_takes_too_long(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "PATIENCE", 0.001)
    assert "timed out" in client.post("/lessons/1/example").json["typed"][0]["output"]  # type: ignore[index]


def test_only_some_rungs_run_at_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "MAX_RUNNING", 1)
    assert client.post("/lessons/3/start").status_code == 200
    refused = client.post("/lessons/5/start")
    assert (refused.status_code, refused.text) == (
        422,
        "The page runs at most 1 programs at once. End one of them first.",
    )
    assert client.post("/lessons/stop").json == {}
    assert client.get("/lessons").json == {"running": {}}


def test_a_rung_ends_when_the_heartbeat_stops(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "ABANDONED_AFTER", 0.1)
    port = int(client.post("/lessons/3/start").json["place"])  # type: ignore[index]
    assert becomes_true(lambda: not is_listening(port))


def test_other_sites_start_nothing(client: FlaskClient) -> None:
    assert client.post("/lessons/3/start", headers={"Origin": "http://example.org"}).status_code == 403
