"""Requests are read leniently from bytes, one after the other."""

import pytest

from http_contract.http.request import chunked, get, method_of, post, read_request, request, split_requests

GET = b"GET / HTTP/1.1\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "methods"),
    [
        pytest.param(b"", (), id="nothing"),
        pytest.param(b"nonsense\r\n\r\n", (), id="nonsense"),
        pytest.param(b"\x16\x03\x01 ", (), id="TLS"),
        pytest.param(GET, ("GET",), id="one"),
        pytest.param(GET * 1000, ("GET",) * 1000, id="thousand"),
        pytest.param(b"\r\n\r\n" + GET + b"\r\n" + GET, ("GET", "GET"), id="empty-lines"),
        pytest.param(GET + b"nonsense", ("GET",), id="nonsense-after"),
        pytest.param(request("HEAD", "/") + GET, ("HEAD", "GET"), id="HEAD"),
        pytest.param(post("/", GET, "text/plain") + GET, ("POST", "GET"), id="length"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n" + GET[:8], ("POST",), id="too-short"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: +9\r\n\r\n" + GET, ("POST", "GET"), id="bad-length"),
        pytest.param(b"HEAD / HTTP/1.1\r\nHos", ("HEAD",), id="half-a-head"),
        pytest.param(GET + b"HEAD ", ("GET", "HEAD"), id="half-a-line"),
        pytest.param(CHUNKED + chunked([GET, b"0\r\n\r\n"]) + GET, ("POST", "GET"), id="chunks"),
        pytest.param(CHUNKED + chunked([b"a"], b"A: b\r\nC: d\r\n") + GET, ("POST", "GET"), id="trailers"),
        pytest.param(CHUNKED + b"1;a=b\r\na\r\n000;c\r\n\r\n" + GET, ("POST", "GET"), id="extensions"),
        pytest.param(CHUNKED + b"1\r\na\r\n0\r\n", ("POST",), id="no-trailers"),
        pytest.param(CHUNKED + b"1\r\na\r\n", ("POST",), id="no-last-chunk"),
        pytest.param(CHUNKED + b"-1\r\na\r\n0\r\n\r\n" + GET, ("POST", "GET"), id="bad-chunk"),
        pytest.param(CHUNKED + b"0\r\n\r\n" + GET, ("POST", "GET"), id="empty-body"),
    ],
)
def test_methods_of_requests(data: bytes, methods: tuple[str, ...]) -> None:
    assert tuple(each.method for each in split_requests(data)) == methods
    assert method_of([data[:3], data[3:]]) == next(iter(methods), "")


def test_each_request_has_its_parts() -> None:
    first, second = split_requests(post("/a?b=c", b"hi", "text/plain") + get("/d"))
    assert (first.method, first.target, first.version, first.body) == ("POST", "/a?b=c", "HTTP/1.1", b"hi")
    assert first.get("content-type") == "text/plain"
    assert first.get("X-Other") == ""
    assert (second.target, second.body, second.end) == ("/d", b"", len(post("/a?b=c", b"hi", "text/plain") + get("/d")))


def test_a_body_that_is_cut_short_is_read_as_far_as_it_goes() -> None:
    found = read_request(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhi")
    assert (found.body, found.end) == (b"hi", None)
