"""Requests are rewritten for routes of other names."""

import pytest

from http_contract.http.request import get, post
from http_contract.http.rewrite import names_of, rename, renamed
from tests.contract.scripted import OK, says, scripted

NAMES = names_of({"/": "/start", "/test": "/blog/all", "/hello/<name>": "/greet/<who>", "/form": "/"})


@pytest.mark.parametrize(
    ("path", "becomes"),
    [
        (b"/", b"/start"),
        (b"/test", b"/blog/all"),
        (b"/test/", b"/blog/all/"),
        (b"//test", b"//blog/all"),
        (b"/TEST", b"/BLOG/ALL"),
        (b"/%74est", b"/%62log/all"),
        (b"/testing", b"/testing"),
        (b"/hello/World", b"/greet/World"),
        (b"/hello/a/b", b"/greet/a/b"),
        (b"/hello", b"/hello"),
        (b"/f%6Frm", b"/f%6Frm"),
        (b"/time", b"/time"),
    ],
)
def test_path(path: bytes, becomes: bytes) -> None:
    assert rename(path, NAMES) == becomes


HIDING = b"GET /test HTTP/1.1\r\n\r\n"  # in a body


@pytest.mark.parametrize(
    ("data", "becomes"),
    [
        (b"GET /test HTTP/1.1\r\n\r\n", b"GET /blog/all HTTP/1.1\r\n\r\n"),
        (b"GET /test?a=/test HTTP/1.1\r\n", b"GET /blog/all?a=/test HTTP/1.1\r\n"),
        (b"GET http://a:1/test HTTP/1.1\r\n", b"GET http://a:1/blog/all HTTP/1.1\r\n"),
        (get("/test") * 2, get("/blog/all") * 2),
        (post("/test", HIDING, "a/b") + get("/test"), post("/blog/all", HIDING, "a/b") + get("/blog/all")),
        (
            b"POST /test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + get("/test"),
            b"POST /blog/all HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + get("/blog/all"),
        ),
        (
            b"POST /test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            b"POST /blog/all HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
        ),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", b"OPTIONS * HTTP/1.1\r\n\r\n"),
        (b"\x16\x03\x01", b"\x16\x03\x01"),
        (b"\r\n" + get("/test"), b"\r\n" + get("/blog/all")),
        (
            b"POST /test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n" + get("/test"),
            b"POST /blog/all HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n" + get("/blog/all"),
        ),
    ],
    ids=[
        "path",
        "query",
        "absolute",
        "pipelined",
        "body",
        "chunks",
        "endless",
        "no-path",
        "no-request",
        "empty-line",
        "bad-chunk",
    ],
)
def test_message(data: bytes, becomes: bytes) -> None:
    assert renamed([data], NAMES) == [becomes]
    assert b"".join(renamed([data[at : at + 1] for at in range(len(data))], NAMES)) == becomes


def test_pieces_are_cut_where_they_were() -> None:
    assert renamed([b"GET /te", b"st?a HTTP/1.1\r\n", b"A: b\r\n"], NAMES) == [
        b"GET /blog/all",
        b"?a HTTP/1.1\r\n",
        b"A: b\r\n",
    ]


def test_a_server_is_asked_for_its_own_names() -> None:
    with scripted(says(OK)) as server:
        server = type(server)(server.host, server.port, names=NAMES)
        [sent] = server.ask(get("/test")).sent
    assert sent.startswith(b"GET /blog/all HTTP/1.1\r\n")
