"""What is a request's head and what is none; rows are named for what they try."""

import h11
import pytest

from raw_router.limits import LIMITS
from raw_router.memo import HeadCache
from raw_router.messages import HTTPError, Request
from raw_router.parser import METHODS, Framing, complete, parse_head
from tests.registry import RESERVED, registered_methods


def head(*lines: bytes, start: bytes = b"GET / HTTP/1.1", host: bytes = b"Host: a") -> bytes:
    return b"\r\n".join([start, *([host] if host else []), *lines])


def parsed(data: bytes) -> tuple[Request, Framing]:
    """Return the head that the bytes are, parsed, and twice from a cache."""
    data += b"\r\n\r\n"
    cache = HeadCache(LIMITS)
    head, again = cache.head(data, ""), cache.head(data, "")
    assert head == again == parse_head(data, "", LIMITS)
    return head


def test_a_request_has_all_its_parts() -> None:
    data = b"POST /%C3%A9?a=%20 HTTP/1.1\r\nHost: a:80\r\nX:\t b \xe9 \r\ncontent-length: 3\r\n\r\n"
    headers = {"host": "a:80", "x": "b \xe9", "content-length": "3"}
    head = parse_head(data, "::1", LIMITS)
    assert complete(head, b"abc") == Request(
        "POST", "/%C3%A9?a=%20", "HTTP/1.1", headers, "/é", "a=%20", "a:80", b"abc", "::1", data
    )


ACCEPTED = {
    "nothing but a host": (head(), {"length": 0}),
    "minor version": (head(start=b"GET / HTTP/1.7"), {"version": "HTTP/1.1"}),
    "old version without host": (b"GET / HTTP/1.0", {"version": "HTTP/1.0", "host": "", "connection": "close"}),
    "query": (head(start=b"GET /a?b/?c=%0D HTTP/1.1"), {"path": "/a", "query": "b/?c=%0D"}),
    "empty query": (head(start=b"GET /a? HTTP/1.1"), {"path": "/a", "query": ""}),
    "all path characters": (head(start=b"GET /-._~!$&'()*+,;=:@ HTTP/1.1"), {"path": "/-._~!$&'()*+,;=:@"}),
    "path as clients send it raw": (head(start=b"GET /[x]|^{y}` HTTP/1.1"), {"path": "/[x]|^{y}`"}),
    "query as clients send it raw": (head(start=b"GET /?a[b]=|^{c}`\\ HTTP/1.1"), {"query": "a[b]=|^{c}`\\"}),
    "bare percent in the query": (head(start=b"GET /?a=100%&b=%zz&c=% HTTP/1.1"), {"query": "a=100%&b=%zz&c=%"}),
    "encoded percent": (head(start=b"GET /%2541 HTTP/1.1"), {"path": "/%41"}),
    "encoded control": (head(start=b"GET /%09%0d%0a%7F HTTP/1.1"), {"path": "/\t\r\n\x7f"}),
    "no UTF-8": (head(start=b"GET /%ff%C3%A9 HTTP/1.1"), {"path": "/\udcffé"}),
    "overlong UTF-8": (head(start=b"GET /%C0%AF HTTP/1.1"), {"path": "/\udcc0\udcaf"}),
    "encoded surrogate": (head(start=b"GET /%ED%B3%BF HTTP/1.1"), {"path": "/\udced\udcb3\udcbf"}),
    "registered method": (head(start=b"VERSION-CONTROL / HTTP/1.1"), {"method": "VERSION-CONTROL"}),
    "encoded slash": (head(start=b"GET /a%2Fb HTTP/1.1"), {"path": "/a/b"}),
    "leading slashes": (head(start=b"GET //a HTTP/1.1"), {"path": "//a"}),
    "asterisk": (head(start=b"OPTIONS * HTTP/1.1"), {"path": "*"}),
    "absolute form": (head(start=b"GET http://b:1/c?d HTTP/1.1"), {"path": "/c", "query": "d", "host": "b:1"}),
    "absolute form without path": (head(start=b"GET HTTP://b HTTP/1.1"), {"path": "/", "host": "b"}),
    "absolute form with query only": (head(start=b"GET http://b?c HTTP/1.1"), {"path": "/", "query": "c"}),
    "absolute form replaces host": (
        head(b"X: 1", start=b"GET http://b/ HTTP/1.1"),
        {"headers": {"x": "1", "host": "b"}},
    ),
    "absolute form in HTTP/1.0": (b"GET http://b/ HTTP/1.0", {"host": "b"}),
    "ipv6 host": (head(host=b"Host: [::1]:80"), {"host": "[::1]:80"}),
    "future ip host": (head(host=b"Host: [v1.a:b]"), {"host": "[v1.a:b]"}),
    "odd but legal host": (head(host=b"Host: a,b;c=%20"), {"host": "a,b;c=%20"}),
    "empty value": (head(b"X:"), {"headers": {"host": "a", "x": ""}}),
    "repeated fields": (head(b"X: 1", b"y: 2", b"x: 3"), {"headers": {"host": "a", "x": "1,3", "y": "2"}}),
    "a cookie": (head(b"Cookie:  a=b;  c ", b"X: 1"), {"headers": {"host": "a", "cookie": "a=b;  c", "x": "1"}}),
    "two cookies": (head(b"Cookie: a", b"Cookie: b"), {"headers": {"host": "a", "cookie": "a; b"}}),
    "two cookies, written otherwise": (head(b"COOKIE: a", b"Cookie: b"), {"headers": {"host": "a", "cookie": "a; b"}}),
    "no cookie but in a value": (head(b"X: Cookie: a"), {"headers": {"host": "a", "x": "Cookie: a"}}),
    "a long cookie": (head(b"Cookie: " + b"a" * 5000), {"headers": {"host": "a", "cookie": "a" * 5000}}),
    "a hundred fields, a cookie among them": (head(*[b"X: 1"] * 98, b"Cookie: a"), {"length": 0}),
    "a hundred fields": (head(*[b"X: 1"] * 99), {}),
    "length with zeros": (head(b"Content-Length: 0003"), {"length": 3}),
    "largest length": (head(b"Content-Length: 1048576"), {"length": 1048576}),
    "chunked": (head(b"Transfer-Encoding: chunked"), {"length": None}),
    "chunked in capitals": (head(b"Transfer-Encoding: CHUNKED"), {"length": None}),
    "close": (head(b"Connection: Close"), {"connection": "close"}),
    "close in a list": (head(b"Connection: a, ,CLOSE"), {"connection": "close"}),
    "close in a second line": (head(b"Connection: keep-alive", b"connection: close"), {"connection": "close"}),
    "close and keep-alive in HTTP/1.0": (b"GET / HTTP/1.0\r\nConnection: keep-alive, close", {"connection": "close"}),
    "keep-alive": (head(b"Connection: keep-alive"), {"connection": ""}),
    "keep-alive in HTTP/1.0": (b"GET / HTTP/1.0\r\nConnection: Keep-Alive", {"connection": "keep-alive"}),
    "expectation": (head(b"Expect: 100-Continue"), {"expects_continue": True}),
    "expectation with an empty element": (head(b"Expect: 100-continue, "), {"expects_continue": True}),
    "no expectation": (head(b"Expect:"), {"expects_continue": False}),
    "expectation in HTTP/1.0": (b"GET / HTTP/1.0\r\nExpect: 100-continue", {"expects_continue": False}),
    "another expectation in HTTP/1.0": (b"GET / HTTP/1.0\r\nExpect: tea", {"expects_continue": False}),
}


@pytest.mark.parametrize(("data", "parts"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(data: bytes, parts: dict[str, object]) -> None:
    request, framing = parsed(data)
    assert {name: getattr(framing if hasattr(framing, name) else request, name) for name in parts} == parts


REFUSED = {
    "nothing": (b"", 400),
    "no version": (b"GET /", 400),
    "two spaces": (head(start=b"GET  / HTTP/1.1"), 400),
    "tab for a space": (head(start=b"GET\t/ HTTP/1.1"), 400),
    "space at the end": (head(start=b"GET / HTTP/1.1 "), 400),
    "space at the start": (head(start=b" GET / HTTP/1.1"), 400),
    "version in small letters": (head(start=b"GET / http/1.1"), 400),
    "version of two digits": (head(start=b"GET / HTTP/1.10"), 400),
    "http/2": (b"PRI * HTTP/2.0", 505),
    "http/0.9 with a number": (head(start=b"GET / HTTP/0.9"), 505),
    "method no token": (head(start=b"GE(T / HTTP/1.1"), 400),
    "method in small letters": (head(start=b"get / HTTP/1.1"), 501),
    "method unheard of": (head(start=b"BREW / HTTP/1.1"), 501),
    "method reserved": (head(start=b"PRI / HTTP/1.1"), 501),
    "method reserved, asterisk": (head(start=b"* / HTTP/1.1"), 501),
    "connect": (head(start=b"CONNECT a:80 HTTP/1.1"), 501),
    "control in the target": (head(start=b"GET /\x01 HTTP/1.1"), 400),
    "non-ASCII target": (head(start=b"GET /\xc3\xa9 HTTP/1.1"), 400),
    "fragment": (head(start=b"GET /#a HTTP/1.1"), 400),
    "backslash": (head(start=b"GET /\\ HTTP/1.1"), 400),
    "quotation mark": (head(start=b'GET /" HTTP/1.1'), 400),
    "bad encoding": (head(start=b"GET /% HTTP/1.1"), 400),
    "bad encoding, half": (head(start=b"GET /%4 HTTP/1.1"), 400),
    "encoded NUL": (head(start=b"GET /%00 HTTP/1.1"), 400),
    "encoded NUL in an absolute form": (head(start=b"GET http://a/%00 HTTP/1.1"), 400),
    "bad encoding in an absolute form": (head(start=b"GET http://a/% HTTP/1.1"), 400),
    "control in the query": (head(start=b"GET /?\x7f HTTP/1.1"), 400),
    "non-ASCII query": (head(start=b"GET /?\xc3\xa9 HTTP/1.1"), 400),
    "angle bracket": (head(start=b"GET /< HTTP/1.1"), 400),
    "angle bracket in the query": (head(start=b"GET /?> HTTP/1.1"), 400),
    "quotation mark in the query": (head(start=b'GET /?" HTTP/1.1'), 400),
    "fragment in the query": (head(start=b"GET /?a#b HTTP/1.1"), 400),
    "asterisk for GET": (head(start=b"GET * HTTP/1.1"), 400),
    "no leading slash": (head(start=b"GET a HTTP/1.1"), 400),
    "another scheme": (head(start=b"GET ftp://a/ HTTP/1.1"), 400),
    "absolute form of https": (head(start=b"GET https://a/ HTTP/1.1"), 400),
    "absolute form without a host": (head(start=b"GET http:/// HTTP/1.1"), 400),
    "absolute form with userinfo": (head(start=b"GET http://u@a/ HTTP/1.1"), 400),
    "long line": (head(start=b"GET /" + b"a" * 8190 + b" HTTP/1.1"), 414),
    "long method": (head(start=b"A" * 8191 + b" / HTTP/1.1"), 400),
    "no host": (head(host=b""), 400),
    "two hosts": (head(b"host: a"), 400),
    "two hosts in HTTP/1.0": (head(b"host: a", start=b"GET / HTTP/1.0"), 400),
    "empty host": (head(host=b"Host: "), 400),
    "host and a list": (head(host=b"Host: a, b"), 400),
    "host with userinfo": (head(host=b"Host: u@a"), 400),
    "host with a path": (head(host=b"Host: a/b"), 400),
    "host with a bad port": (head(host=b"Host: a:b"), 400),
    "host of no ipv6": (head(host=b"Host: [:::]"), 400),
    "host of no ipv6, dots": (head(host=b"Host: [1.2.3.4]"), 400),
    "bad host beside an absolute form": (head(start=b"GET http://b/ HTTP/1.1", host=b"Host: a b"), 400),
    "101 fields": (head(*[b"X: 1"] * 100), 431),
    "101 fields, a cookie among them": (head(*[b"X: 1"] * 99, b"Cookie: a"), 431),
    "cookie with a control character": (head(b"Cookie: a\0"), 400),
    "cookie with a bare CR": (head(b"Cookie: a\rb"), 400),
    "two heads": (head() + b"\r\n\r\n" + head(), 400),
    "two heads, a cookie in the second": (head() + b"\r\n\r\n" + head(b"Cookie: a"), 400),
    "folded line": (head(b"X: 1", b" 2"), 400),
    "space before the first field": (b"GET / HTTP/1.1\r\n Host: a", 400),
    "space before the colon": (head(b"X : 1"), 400),
    "no colon": (head(b"X"), 400),
    "no name": (head(b": 1"), 400),
    "name no token": (head(b"X(: 1"), 400),
    "non-ASCII name": (head(b"\xe9: 1"), 400),
    "NUL in a value": (head(b"X: a\0b"), 400),
    "CR in a value": (head(b"X: a\rb"), 400),
    "LF in a value": (head(b"X: a\nb"), 400),
    "DEL in a value": (head(b"X: \x7f"), 400),
    "hostile spaces before a control character": (head(b"X:" + b" " * 32_000 + b"\0"), 400),
    "length signed": (head(b"Content-Length: +3"), 400),
    "length negative": (head(b"Content-Length: -3"), 400),
    "length hexadecimal": (head(b"Content-Length: 0x3"), 400),
    "length with a fraction": (head(b"Content-Length: 3.0"), 400),
    "length empty": (head(b"Content-Length:"), 400),
    "length of two numbers": (head(b"Content-Length: 3 3"), 400),
    "length with a no-break space": (head(b"Content-Length: 3\xa0"), 400),
    "length a list": (head(b"Content-Length: 3, 3"), 400),
    "length twice": (head(b"Content-Length: 3", b"Content-Length: 3"), 400),
    "two media types": (head(b"Content-Type: a/b", b"content-type: c/d"), 400),
    "the same media type twice": (head(b"Content-Type: a/b", b"Content-Type: a/b"), 400),
    "length in other digits": (head("Content-Length: ٣".encode()), 400),
    "length superscript": (head(b"Content-Length: \xb2"), 400),
    "length over the limit": (head(b"Content-Length: 1048577"), 413),
    "length of five thousand digits": (head(b"Content-Length: " + b"9" * 5000), 413),
    "smuggle: length, then coding": (head(b"Content-Length: 3", b"Transfer-Encoding: chunked"), 400),
    "smuggle: coding, then length": (head(b"Transfer-Encoding: chunked", b"Content-Length: 3"), 400),
    "smuggle: coding in HTTP/1.0": (head(b"Transfer-Encoding: chunked", start=b"GET / HTTP/1.0"), 400),
    "smuggle: chunked not last": (head(b"Transfer-Encoding: chunked, gzip"), 400),
    "smuggle: chunked twice": (head(b"Transfer-Encoding: chunked, chunked"), 400),
    "smuggle: chunked twice, two lines": (head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 400),
    "smuggle: coding empty": (head(b"Transfer-Encoding:"), 400),
    "smuggle: coding with an empty element": (head(b"Transfer-Encoding: ,chunked"), 400),
    "smuggle: vertical tab": (head(b"Transfer-Encoding: \x0bchunked"), 400),
    "smuggle: quoted": (head(b'Transfer-Encoding: "chunked"'), 400),
    "smuggle: identity": (head(b"Transfer-Encoding: identity"), 400),
    "smuggle: coding beside a length of zero": (head(b"Transfer-Encoding: chunked", b"Content-Length: 0"), 400),
    "smuggle: no-break space": (head(b"Transfer-Encoding: chunked\xa0"), 400),
    "smuggle: chunked, then another, two lines": (
        head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"),
        400,
    ),
    "unknown coding in a line of its own": (head(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked"), 501),
    "unknown coding": (head(b"Transfer-Encoding: gzip, chunked"), 501),
    "another expectation": (head(b"Expect: tea"), 417),
    "one more expectation": (head(b"Expect: 100-continue, tea"), 417),
    "one more expectation in a second line": (head(b"Expect: 100-continue", b"Expect: tea"), 417),
}


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_refused(data: bytes, status: int) -> None:
    with pytest.raises(HTTPError) as refused:
        parsed(data)
    assert refused.value.status == status
    assert str(refused.value)


def test_an_https_target_is_told_why() -> None:
    with pytest.raises(HTTPError, match="no TLS"):
        parsed(head(start=b"GET HTTPS://a/ HTTP/1.1"))


def h11_headers(data: bytes) -> object:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data + b"\r\n\r\n")
    return connection.next_event()


def test_methods_are_those_of_the_registry() -> None:
    assert registered_methods() - RESERVED - {"CONNECT"} == METHODS


@pytest.mark.parametrize("data", [data for data, _ in ACCEPTED.values()], ids=list(ACCEPTED))
def test_h11_accepts_what_is_accepted(data: bytes) -> None:
    event = h11_headers(data)
    assert isinstance(event, h11.Request)
    assert event.target.decode() == parsed(data)[0].target
