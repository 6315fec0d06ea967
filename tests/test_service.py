"""The three implementations on the wire: what the specification requires beyond the rules of the judge."""

import re
from collections.abc import Iterator

import pytest

from tests.registry import RESERVED, registered_methods
from tests.serving import HANDLERS, exchange, serving

UNSUPPORTED = sorted(registered_methods() - RESERVED - {"CONNECT", "GET", "HEAD", "OPTIONS"})


@pytest.fixture(scope="module", params=HANDLERS)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    with serving(HANDLERS[request.param]) as port:
        yield port


def heads(received: bytes) -> list[str]:
    """Return the heads of responses."""
    return re.findall(r"(?s)HTTP/1\.1 [0-9]{3} .*?\r\n\r\n", received.decode("latin-1"))


def requests(*lines: str) -> bytes:
    return "".join(f"{line} HTTP/1.1\r\nHost: localhost\r\n\r\n" for line in lines).encode()


def test_registered_methods_that_a_page_lacks_get_405(port: int) -> None:
    responses = heads(exchange(port, requests(*(f"{method} /test" for method in UNSUPPORTED))))
    assert len(responses) == len(UNSUPPORTED)
    for head in responses:
        assert head.startswith("HTTP/1.1 405 ")
        assert "\r\nAllow: GET, HEAD, OPTIONS\r\n" in head


BAD_PATHS = ["/%09", "/%7f", "/%0d%0a", "/%ff", "/test%0A", "/hello/%C0%AF", "/hello/%ED%B3%BF", "/files/%1f"]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_bad_paths_get_a_page_and_keep_the_connection(port: int, path: str) -> None:
    received = exchange(port, requests(f"GET {path}", f"OPTIONS {path}", "GET /test"))
    bad, options, good = heads(received)
    assert bad.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "\r\nVary: Accept\r\n" in bad
    assert options.startswith("HTTP/1.1 400 ")
    assert good.startswith("HTTP/1.1 200 ")


def test_the_host_is_checked_before_the_path(port: int) -> None:
    received = exchange(port, b"GET /%09 HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n")
    assert b"does not answer for this host" in received


@pytest.mark.parametrize(
    ("request_line", "is_stored"),
    [
        ("GET /", True),
        ("GET /test", True),
        ("GET /form", True),
        ("GET /style.css", True),
        ("GET /nope", True),
        ("GET /time", False),
        ("GET /time.html", False),
        ("GET /inspect", False),
        ("POST /form", False),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_pages_that_depend_on_more_than_their_url_are_not_stored(
    port: int, request_line: str, accept: str, is_stored: bool
) -> None:
    fields = f"Host: localhost\r\nAccept: {accept}\r\nContent-Length: 0\r\nConnection: close"
    [head] = heads(exchange(port, f"{request_line} HTTP/1.1\r\n{fields}\r\n\r\n".encode()))
    assert ("\r\nCache-Control: no-store\r\n" in head) is not is_stored


def test_a_form_with_a_content_coding_is_refused(port: int) -> None:
    fields = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3"
    received = exchange(port, f"POST /form HTTP/1.1\r\n{fields}\r\nContent-Encoding: gzip\r\n\r\na=1".encode())
    [head] = heads(received)
    assert head.startswith("HTTP/1.1 415 ")
    assert "\r\nAccept-Encoding: identity\r\n" in head
    assert "\r\nAccept: " not in head
