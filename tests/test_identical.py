"""For the same request bytes the three implementations give the same answer, but for what the contract excepts."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from http_contract import RULES, Rule, Server, run
from shared_views import clock
from tests.serving import HANDLERS, HOST, exchange, serving

EXCEPTED = {b"date"}  # header fields that may differ
INTERIM = re.compile(rb"HTTP/1\.1 1[0-9]{2} [^\r\n]*\r\n\r\n")  # sent or not, as packets happen to arrive
HEAD = re.compile(rb"(HTTP/1\.1 [0-9]{3} [^\r\n]*\r\n)((?:[^\r\n]+\r\n)*)\r\n")
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "VERSION-CONTROL"]
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n--b--\r\n'


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))
        yield {name: stack.enter_context(serving(handler)) for name, handler in HANDLERS.items()}


def assert_identical(ports: Mapping[str, int], data: bytes) -> None:
    responses = {name: exchange(port, data) for name, port in ports.items()}
    assert all(responses.values()) or not data.strip(), f"no answer to {data!r}"
    comparable = {name: canonical(response) for name, response in responses.items()}
    if len(set(comparable.values())) > 1:
        pytest.fail(f"{data!r}\n{side_by_side(comparable)}", pytrace=False)


def canonical(received: bytes) -> bytes:
    """Return the answers with their header fields in order, without those that may differ."""
    return HEAD.sub(canonical_head, INTERIM.sub(b"", received))


def canonical_head(match: re.Match[bytes]) -> bytes:
    lines = match[2].splitlines(keepends=True)
    kept = [line for line in lines if line.partition(b":")[0].lower() not in EXCEPTED]
    return match[1] + b"".join(sorted(kept)) + b"\r\n"


def side_by_side(responses: Mapping[str, bytes], width: int = 60) -> str:
    """Return the answers in columns, rows that differ marked."""
    columns = [[name, *response.decode("latin-1").splitlines()] for name, response in responses.items()]
    rows = zip_longest(*columns, fillvalue="")
    return "\n".join(
        " |"[len(set(row)) > 1] + "|".join(repr(cell)[:width].ljust(width) for cell in row) for row in rows
    )


def request(method: str, target: str, *fields: str, body: bytes = b"", host: str = "localhost") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *fields, *length, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


PATHS = [
    "/",
    "/test",
    "/time",
    "/time.html",
    "/hello/World",
    "/hello/%C3%A9",
    "/hello/%3Cscript%3E",
    "/hello/a%2Fb",
    "/hello/",
    "/hello",
    "/status/200",
    "/status/201",
    "/status/202",
    "/status/204",
    "/status/205",
    "/status/304",
    "/status/400",
    "/status/401",
    "/status/404",
    "/status/405",
    "/status/406",
    "/status/413",
    "/status/416",
    "/status/418",
    "/status/422",
    "/status/500",
    "/status/503",
    "/status/599",
    "/status/99",
    "/status/100",
    "/status/302",
    "/status/abc",
    "/status/-1",
    "/status/0200",
    "/status/%D9%A2%D9%A0%D9%A0",
    "/status/000000404",
    "/status/0000000404",
    "/home",
    "/inspect?a=1&a=2&b=%C3%A9+x&c&=d",
    "/form",
    "/files/hello.txt",
    "/files/icon.svg",
    "/files/notes",
    "/files/notes/nested.txt",
    "/files/",
    "/files",
    "//files/hello.txt",
    "/files//hello.txt",
    "/files/../views.py",
    "/files/%2e%2e/views.py",
    "/files/notes/../hello.txt",
    "/files/hello.txt/",
    "/style.css",
    "/error",
    "/nope",
    "//test",
    "/test/",
    "///test",
    "/%74est",
    "/Test",
    "/test;x",
    "/files/%5c..%5cviews.py",
    "/caf%C3%A9",
    "/%3Cb%3E",
    "/%22%27%26",
    "/%F0%9F%90%8D",
    "/test%0A",
    "/test%00",
    "/test%09",
    "/hello/[x]%7C%5E{y}%60|",
    "/hello/%FF",
    "/hello/%C2%85",
    "/no^such`page",
    "/inspect?filter[name]=x&q=a|b{1}^`\\&c=100%",
    "/%FF",
    "/%",
    "http://localhost/test",
    "http://localhost",
    "http://elsewhere/test",
    "*",
]
ACCEPTS = (
    "application/json",
    "text/html;q=0.1, application/json",
    "image/png",
    "application/problem+json",
    "*/*;q=0, text/*",
    "",
    ";;,, nonsense",
)
ODD_REQUESTS = {
    "connect": request("CONNECT", "localhost:80"),
    "small letters": request("get", "/test"),
    "unknown method": request("BREW", "/test"),
    "unknown charset": request("GET", "/test", "Content-Type: text/plain; a*=nope''x"),
    "unknown charset of a form": request("POST", "/form", "Content-Type: text/plain; charset*=x'y'z", body=b"x"),
    "unknown host": request("GET", "/test", host="elsewhere"),
    "host with a final dot and a port": request("GET", "/test", host="LOCALHOST.:80"),
    "ipv6 host": request("GET", "/test", host="[::1]:8001"),
    "options of an unknown host": request("OPTIONS", "/test", host="elsewhere"),
    "no host in HTTP/1.0": b"GET /inspect HTTP/1.0\r\n\r\n",
    "repeated fields": request("GET", "/inspect", "X-A: 1", "x-a: 2", "Accept: text/html", "Accept: application/json"),
    "two cookies": request("GET", "/inspect", "Cookie: a=1", "Cookie: b=2"),
    "underscores": request("GET", "/inspect", "X_A: 1", "X-A: 2"),
    "empty fields": request("GET", "/inspect", "X-A:", "Content-Type:", "Cookie: a=b"),
    "latin-1 field": request("GET", "/inspect", "X-A: é"),
    "websocket": request("GET", "/test", "Upgrade: websocket", "Connection: upgrade"),
    "range": request("GET", "/files/hello.txt", "Range: bytes=0-3"),
    "method override": request("POST", "/test", "X-HTTP-Method-Override: GET"),
    "forwarded": request("GET", "/inspect", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: x", "X-Script-Name: /x"),
    "chunked": request("POST", "/form", "Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked")
    + b"3\r\na=1\r\n0\r\n\r\n",
    "chunked inspection": request("GET", "/inspect", "Transfer-Encoding: chunked") + b"3\r\na=1\r\n0\r\n\r\n",
    "body on GET": request("GET", "/inspect", body=b"abc"),
    "content coding": request("POST", "/form", "Content-Encoding: gzip", "Content-Type: text/plain", body=b"a=1"),
    "no content coding": request(
        "POST", "/form", "Content-Encoding: identity", "Content-Type: text/plain", body=b"a=1"
    ),
    "two content codings": request("POST", "/form", "Content-Encoding:", "Content-Encoding: br"),
    "two media types": request("POST", "/form", "Content-Type: text/plain", "Content-Type: text/plain", body=b"a=1"),
    "many fields": request("POST", "/form", "Content-Type: application/x-www-form-urlencoded", body=b"a&" * 1001),
    "much text": request(
        "POST", "/form", "Content-Type: application/x-www-form-urlencoded", body=b"a=" + b"<\1" * 99999
    ),
    "etag": request("GET", "/files/hello.txt", "If-None-Match: *"),
    "unquoted etag": request("GET", "/style.css", "If-None-Match: abc"),
    "failed precondition": request("GET", "/style.css", 'If-Match: "x"', "Accept: application/json"),
    "not modified": request("HEAD", "/style.css", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"),
    "modified": request("GET", "/style.css", "If-Unmodified-Since: Sat, 01-Jan-00 00:00:00 GMT"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_every_path_by_every_method(ports: Mapping[str, int], method: str, path: str) -> None:
    assert_identical(ports, request(method, path))


@pytest.mark.parametrize("accept", ACCEPTS)
def test_every_path_in_every_form(ports: Mapping[str, int], accept: str) -> None:
    for path in PATHS:
        assert_identical(ports, request("GET", path, f"Accept: {accept}"))


@pytest.mark.parametrize("data", ODD_REQUESTS.values(), ids=ODD_REQUESTS)
def test_odd_requests(ports: Mapping[str, int], data: bytes) -> None:
    assert_identical(ports, data)


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.restarts], ids=lambda rule: rule.id)
def test_all_that_a_rule_sends(ports: Mapping[str, int], rule: Rule) -> None:
    """A rule that restarts the server is left out: it cannot restart these servers, and sends what others send."""
    outcome = run(rule, Server(HOST, ports["raw"], patience=0.5))
    assert any(transcript.sent for transcript in outcome.transcripts)
    for transcript in outcome.transcripts:
        assert_identical(ports, b"".join(transcript.sent))


segments = st.sampled_from(
    ["test", "hello", "status", "files", "form", "inspect", "..", ".", "", "404", "é", "<b>", "%2F", "\n", "[x]|"]
)
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=5)
targets = st.builds(
    lambda parts, query: "/" + "/".join(map(percent_encode, parts)) + (f"?{query}" if query else ""),
    st.lists(segments | names, max_size=4),
    st.from_regex(r"(?:[a-z+&=;/?:@!$'()*,._~\[\]|^{}`\\%-]|%[0-9A-F]{2}){0,20}", fullmatch=True),
)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)
weights = st.sampled_from(["", ";q=0", ";q=0.5", ";q=1.000", ";q=2", ";q=x", ";v=1", ';v="a,b"', "; Q=0.3", ";"])
ranges = st.sampled_from(
    ["text/html", "text/*", "*/*", "application/json", "APPLICATION/JSON", "image/png", "text", ""]
)
accepts = st.lists(st.builds(str.__add__, ranges, weights), max_size=4).map(", ".join)
fields = st.lists(
    st.one_of(
        st.builds("Accept: {}".format, accepts),
        st.builds("X-{}: {}".format, st.sampled_from(["A", "b", "A_B", "1"]), values),
        st.builds("If-None-Match: {}".format, values),
        st.builds("If-Modified-Since: {}".format, values | st.just("Fri, 01 Jan 2100 00:00:00 GMT")),
        st.builds("Cookie: {}".format, values),
    ),
    max_size=5,
)
media_types = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded; charset=latin-1",
        "multipart/form-data; boundary=b",
        'multipart/form-data; boundary="b"',
        "multipart/form-data; boundary*=nope''b",
        "multipart/form-data",
        "text/plain",
        "",
    ]
)
parts = st.builds(
    lambda name, file, content: MULTIPART % (name, file, content),
    st.sampled_from([b"a", b"", "é".encode(), b"\xff", b"a%22b"]),
    st.sampled_from(
        [b"", b'; filename="f.txt"', b'; filename=""', b'; filename="C:\\\\x\\\\y.txt"', b"; filename*=utf-8''%C3%A9"]
    ),
    st.binary(max_size=20),
)
bodies = st.binary(max_size=30) | parts | parts.map(lambda body: body[:-7]) | st.just(b"a=1&b=%C3%A9&b=+&=&c&%FF=%zz")


def percent_encode(text: str) -> str:
    return "".join(character if character.isalnum() and character < "\x7f" else quoted(character) for character in text)


def quoted(character: str) -> str:
    return "".join(f"%{octet:02X}" for octet in character.encode())


IDENTICAL = settings(
    max_examples=400, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@IDENTICAL
@given(method=st.sampled_from(METHODS), target=targets, fields=fields)
def test_made_requests(ports: Mapping[str, int], method: str, target: str, fields: list[str]) -> None:
    assert_identical(ports, request(method, target, *fields))


@IDENTICAL
@given(media_type=media_types, fields=fields, body=bodies)
def test_made_forms(ports: Mapping[str, int], media_type: str, fields: list[str], body: bytes) -> None:
    assert_identical(ports, request("POST", "/form", f"Content-Type: {media_type}", *fields, body=body))


def test_a_difference_is_shown_side_by_side() -> None:
    shown = side_by_side({"raw": b"HTTP/1.1 200 OK\r\nA: 1\r\n", "flask": b"HTTP/1.1 200 OK\r\nA: 2\r\n"}, width=12)
    assert shown.splitlines() == [
        "|'raw'       |'flask'     ",
        " 'HTTP/1.1 20|'HTTP/1.1 20",
        "|'A: 1'      |'A: 2'      ",
    ]
