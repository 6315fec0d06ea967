"""WSGI applications from the package index behind raw_router, each with a short real conversation."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strangers.conftest import APPLICATIONS, Serve, Stranger

full = pytest.mark.full
STREAM = b"piece 0\npiece 1\npiece 2\n"
SOME_DRIVERS = ["pool", pytest.param("threads", marks=full), pytest.param("events", marks=full)]

on_drivers = pytest.mark.parametrize("driver", SOME_DRIVERS)
all_full = pytest.mark.parametrize("driver", ["pool", "threads", "events"])


@on_drivers
def test_flask_keeps_a_session_and_streams(serve: Serve, driver: str) -> None:
    client = serve("--wsgi", "flask_session:create_app()", "--driver", driver).client
    redirected = client.post("/login", data={"name": "Zoë"})
    assert (redirected.status_code, redirected.headers["location"]) == (302, "/who")
    assert client.get("/who").text == "Zoë"
    assert client.get("/stream?name=a").text == "piece 0 of a\npiece 1 of a\npiece 2 of a\n"
    picture = bytes(range(256)) * 2000
    assert client.post("/upload", files={"picture": ("a.bin", picture)}).json() == {"picture": len(picture)}


@on_drivers
def test_flask_sends_files_with_ranges_and_validators(serve: Serve, driver: str) -> None:
    client = serve("--wsgi", "flask_session:app", "--driver", driver).client
    source = (APPLICATIONS / "flask_session.py").read_bytes()
    whole = client.get("/source")
    assert whole.content == source
    part = client.get("/source", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, source[10:20])
    assert client.get("/source", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert client.head("/source").headers["content-length"] == str(len(source))


@on_drivers
def test_a_client_leaves_an_endless_response(serve: Serve, driver: str) -> None:
    client = serve("--wsgi", "flask_session:app", "--driver", driver).client
    with client.stream("GET", "/endless") as response:
        assert next(response.iter_text()).startswith("data: 0\n\n")
    assert client.get("/who").text == "nobody"


@on_drivers
def test_django_admin_logs_in_adds_and_uploads(serve: Serve, driver: str) -> None:
    stranger = serve("--wsgi", "django_admin:application", "--driver", driver)
    talk_to_admin(stranger)
    client = stranger.client
    picture = bytes(range(256)) * 3000
    assert client.post("/upload", files={"file": ("ü.bin", picture)}).json() == {"name": "ü.bin", "size": len(picture)}
    assert client.get("/download/ü.bin").content == picture
    assert client.get("/stream").content == STREAM


def talk_to_admin(stranger: Stranger) -> None:
    """Log in with CSRF's token, and add a user."""
    client = stranger.client
    login = "/admin/login/?next=/admin/"
    assert client.post(login, data={"username": "root"}).status_code == 403  # without the token
    fields = {"username": "root", "password": "password of a test", "next": "/admin/"}
    page = client.get(login)
    answer = client.post(login, data={**fields, "csrfmiddlewaretoken": token(page.text)})
    assert (answer.status_code, answer.headers["location"]) == (302, "/admin/")
    assert "Site administration" in client.get("/admin/").text
    page = client.get("/admin/auth/user/add/")
    fields = {
        "username": "zoe",
        "password1": "a long password",
        "password2": "a long password",
        "usable_password": "true",
    }
    answer = client.post("/admin/auth/user/add/", data={**fields, "csrfmiddlewaretoken": token(page.text)})
    assert answer.status_code == 302, answer.text
    assert "zoe" in client.get("/admin/auth/user/?q=zoe").text


def token(page: str) -> str:
    found = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def bottle(stranger: Stranger) -> None:
    client = stranger.client
    assert client.get("/hello/you").text == "Hello you, last time nobody"
    assert client.get("/hello/me").text == "Hello me, last time you"
    answer = client.post("/form", data={"text": "é"}, files={"file": ("a.txt", b"x")})
    assert answer.json() == {"text": "é", "file": "a.txt"}
    assert client.get("/stream").content == STREAM
    assert client.get("/source").content == (APPLICATIONS / "bottle_app.py").read_bytes()
    assert (client.get("/abort").status_code, client.get("/none").status_code) == (418, 404)


def falcon(stranger: Stranger) -> None:
    client = stranger.client
    assert client.get("/items?a=1&a=2").json() == {"items": [1, 2, 3], "query": {"a": ["1", "2"]}}
    created = client.post("/items", json={"name": "é"})
    assert (created.status_code, created.headers["location"]) == (201, "/items/4")
    assert created.json() == {"received": {"name": "é"}}
    assert client.get("/download").content == bytes(300_000)
    unusual = client.get("/unusual")
    assert (unusual.status_code, unusual.reason_phrase) == (799, "Phantom Of The Operator")


def pyramid(stranger: Stranger) -> None:
    client = stranger.client
    assert client.post("/hello/Zo%C3%AB", data={"a": "b"}).json() == {"hello": "Zoë", "posted": {"a": "b"}}
    assert client.get("/stream").content == STREAM
    missing = client.get("/missing")
    assert (missing.status_code, missing.text) == (404, "/missing is not here")


def cherrypy(stranger: Stranger) -> None:
    client = stranger.client
    assert client.get("/?name=you").text == "Hello you, visit 1"
    assert client.get("/").text == "Hello nobody, visit 2"
    assert client.get("/stream").content == STREAM
    assert client.post("/upload", files={"file": ("a.bin", bytes(5000))}).text == "a.bin: 5000"


def whitenoise(stranger: Stranger) -> None:
    client = stranger.client
    source = (APPLICATIONS / "bottle_app.py").read_bytes()
    file = client.get("/files/bottle_app.py")
    assert file.content == source
    same = client.get("/files/bottle_app.py", headers={"If-Modified-Since": file.headers["last-modified"]})
    assert same.status_code == 304
    part = client.get("/files/bottle_app.py", headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.content) == (206, source[:3])
    assert client.get("/files/none").status_code == 404


def webdav(stranger: Stranger) -> None:
    client = stranger.client
    picture = bytes(range(256)) * 400
    assert client.request("MKCOL", "/folder").status_code == 201
    assert client.put("/folder/ü.bin", content=picture).status_code == 201
    found = client.request("PROPFIND", "/folder/", headers={"Depth": "1"})
    assert (found.status_code, "%C3%BC.bin" in found.text) == (207, True)
    target = {"Destination": f"{stranger.url}/copy.bin"}
    assert client.request("COPY", "/folder/ü.bin", headers=target).status_code == 201
    assert client.get("/copy.bin").content == picture
    assert client.request("MOVE", "/copy.bin", headers={"Destination": f"{stranger.url}/moved.bin"}).status_code == 201
    lock = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>'
    assert client.request("LOCK", "/moved.bin", content=lock, headers={"Timeout": "Second-60"}).status_code == 200
    assert client.put("/moved.bin", content=b"x").status_code == 423
    assert client.delete("/folder/").status_code == 204


def calendar(stranger: Stranger) -> None:
    client = stranger.client
    client.auth = ("zoe", "")
    body = (
        '<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><resourcetype><collection/>'
        "<C:calendar/></resourcetype></prop></set></mkcol>"
    )
    assert client.request("MKCOL", "/zoe/diary/", content=body).status_code == 201
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART:20260101T100000Z\r\nSUMMARY:Begin\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert client.put("/zoe/diary/1.ics", content=event, headers={"Content-Type": "text/calendar"}).status_code == 201
    query = (
        '<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        "<prop><C:calendar-data/></prop></C:calendar-query>"
    )
    report = client.request("REPORT", "/zoe/diary/", content=query, headers={"Depth": "1"})
    assert (report.status_code, "SUMMARY:Begin" in report.text) == (207, True)
    assert client.delete("/zoe/diary/1.ics").status_code == 200


CONVERSATIONS: dict[str, Callable[[Stranger], None]] = {
    "bottle_app": bottle,
    "falcon_app": falcon,
    "pyramid_app": pyramid,
    "cherrypy_app": cherrypy,
    "whitenoise_app": whitenoise,
    "dav_app": webdav,
    "calendar_app": calendar,
}


@full
@all_full
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation(serve: Serve, name: str, driver: str) -> None:
    CONVERSATIONS[name](serve("--wsgi", f"{name}:application", "--driver", driver))


@full
def test_django_admin_on_workers(serve: Serve) -> None:
    stranger = serve("--wsgi", "django_admin:application", "--workers", "2")
    talk_to_admin(stranger)


@full
@all_full
def test_a_slow_reader_of_a_file_gets_it_whole(serve: Serve, driver: str, tmp_path: Path) -> None:
    stranger = serve("--wsgi", "dav_app:application", "--driver", driver)
    data = bytes(range(256)) * 40_000
    (tmp_path / "large.bin").write_bytes(data)
    with socket.create_connection(("127.0.0.1", stranger.port)) as client:
        client.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(64 * 1024), b""))
    assert received.endswith(data)
