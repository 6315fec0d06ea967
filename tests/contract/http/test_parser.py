"""Reading answers: strict, forgiving to go on, the same however the bytes are split, and as h11 reads them."""

from collections.abc import Iterator

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_contract.http.parser import read_response
from http_contract.http.response import CloseReason, Response

HEAD = b"HTTP/1.1 200 OK\r\n"
SIZED = HEAD + b"Content-Length: 2\r\n\r\nhi"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def read(data: bytes, method: str = "GET", ended: CloseReason = "closed", start: int = 0) -> Response:
    return read_response(data, start, method, ended)


def codes(response: Response) -> list[str]:
    return [defect.code for defect in response.defects]


@pytest.mark.parametrize(
    ("data", "method", "framing", "body"),
    [
        pytest.param(SIZED, "GET", "length", b"hi", id="length"),
        pytest.param(HEAD + b"content-length:2\r\n\r\nhi", "GET", "length", b"hi", id="length-in-lower-case"),
        pytest.param(HEAD + b"Content-Length: 0\r\n\r\n", "GET", "length", b"", id="length-0"),
        pytest.param(HEAD + b"\r\nhi", "GET", "close", b"hi", id="to-close"),
        pytest.param(HEAD + b"Transfer-Encoding: gzip\r\n\r\nhi", "GET", "close", b"hi", id="coded-to-close"),
        pytest.param(CHUNKED + b"2\r\nhi\r\n0\r\n\r\n", "GET", "chunked", b"hi", id="chunked"),
        pytest.param(
            CHUNKED + b'1;a\r\nh\r\n01 ; b = "c;\\""\r\ni\r\n0;d=e\r\n\r\n', "GET", "chunked", b"hi", id="extensions"
        ),
        pytest.param(CHUNKED + b"A\r\n0123456789\r\n0\r\nX: y\r\n\r\n", "GET", "chunked", b"0123456789", id="trailer"),
        pytest.param(
            HEAD + b"Transfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n", "GET", "chunked", b"", id="chunked-last"
        ),
        pytest.param(HEAD + b"Content-Length: 9\r\n\r\n", "HEAD", "none", b"", id="head"),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", "GET", "none", b"", id="204"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", "none", b"", id="304"),
        pytest.param(HEAD + b"\r\n", "CONNECT", "none", b"", id="connect"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", "POST", "none", b"", id="interim"),
        pytest.param(b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "GET", "length", b"", id="empty-reason"),
        pytest.param(b"HTTP/1.0 404 Nicht gef\xfcnden\r\n\r\n", "GET", "close", b"", id="latin-1-reason"),
    ],
)
def test_well_formed(data: bytes, method: str, framing: str, body: bytes) -> None:
    response = read(data, method)
    assert (response.framing, response.body, codes(response)) == (framing, body, [])
    assert response.complete
    assert response.end == len(data)


@pytest.mark.parametrize(
    ("data", "found", "offset"),
    [
        pytest.param(b"hello", "no-status-line", 0, id="http-0.9"),
        pytest.param(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "status-line", 0, id="no-reason"),
        pytest.param(b"HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", "status-line", 0, id="two-spaces"),
        pytest.param(b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n", "status-line", 0, id="no-code"),
        pytest.param(b"HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n", "status-line", 0, id="no-class"),
        pytest.param(b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "bare-lf", 15, id="bare-lf"),
        pytest.param(HEAD + b"A: b\rc\r\nContent-Length: 0\r\n\r\n", "bare-cr", 21, id="bare-cr"),
        pytest.param(HEAD + b"Content-Length: 4\r\n<p>x", "content-in-head", 36, id="markup-for-empty-line"),
        pytest.param(HEAD + b"Content-Length: 0\r\n", "no-empty-line", 36, id="no-empty-line"),
        pytest.param(b"HTTP/1.1 200 OK", "head-short", 0, id="nothing-but-status"),
        pytest.param(b"HTT", "head-short", 0, id="too-short-to-tell"),
        pytest.param(HEAD + b"Colonless\r\nContent-Length: 0\r\n\r\n", "no-colon", 17, id="no-colon"),
        pytest.param(HEAD + b"A : b\r\nContent-Length: 0\r\n\r\n", "field-name", 17, id="space-before-colon"),
        pytest.param(HEAD + b": b\r\nContent-Length: 0\r\n\r\n", "field-name", 17, id="no-name"),
        pytest.param(HEAD + b"A: \x00\r\nContent-Length: 0\r\n\r\n", "field-value", 17, id="nul"),
        pytest.param(HEAD + b"Content-Length: 0\r\nA: b\r\n c\r\n\r\n", "obs-fold", 42, id="obs-fold"),
        pytest.param(HEAD + b"Content-Length: 3\r\n\r\nhi", "body-short", 40, id="length-too-great"),
        pytest.param(HEAD + b"Content-Length: x\r\n\r\nhi", "length-invalid", 17, id="length-no-number"),
        pytest.param(
            HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", "length-repeated", 36, id="lengths-differ"
        ),
        pytest.param(HEAD + b"Content-Length: 2, 2\r\n\r\nhi", "length-repeated", 17, id="length-list"),
        pytest.param(HEAD + b"Content-Length: 9999999999999999999999\r\n\r\n", "body-short", 59, id="endless-length"),
        pytest.param(
            HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "length-and-coding",
            17,
            id="both",
        ),
        pytest.param(b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "length-forbidden", 17, id="length-of-204"),
        pytest.param(CHUNKED + b"x\r\n", "chunk-size", 47, id="chunk-size"),
        pytest.param(CHUNKED + b"2 \r\nhi\r\n0\r\n\r\n", "chunk-size", 47, id="chunk-size-and-space"),
        pytest.param(CHUNKED + b"1\r\nhi\r\n0\r\n\r\n", "chunk-end", 51, id="chunk-overrun"),
        pytest.param(CHUNKED + b"2\r\nh", "chunk-short", 51, id="chunk-cut"),
        pytest.param(CHUNKED + b"2\r\nhi", "chunk-unended", 52, id="chunk-without-end"),
        pytest.param(CHUNKED + b"2\r\nhi\r\n", "no-last-chunk", 54, id="no-last-chunk"),
        pytest.param(CHUNKED + b"2\nhi\r\n0\r\n\r\n", "bare-lf", 48, id="bare-lf-in-chunk"),
        pytest.param(HEAD + b"A: b\r\n" * 60_000, "endless-head", 360_017, id="endless-head"),
    ],
)
def test_defects(data: bytes, found: str, offset: int) -> None:
    assert (found, offset) in [(defect.code, defect.offset) for defect in read(data).defects]


@pytest.mark.parametrize(
    ("ended", "found"),
    [
        ("open", []),
        ("closed", []),
        ("reset", ["never-ends"]),
        ("timeout", ["never-ends"]),
        ("overflow", ["never-ends"]),
    ],
)
def test_only_closing_ends_what_has_no_length(ended: CloseReason, found: list[str]) -> None:
    response = read(HEAD + b"\r\nhi", ended=ended)
    assert (codes(response), response.complete, response.body) == (found, ended == "closed", b"hi")


def test_a_defect_hides_nothing_behind_it() -> None:
    response = read(b"HTTP/1.1  404 Not Found\nContent-Length: 2\nOops\n\nhi")
    assert (response.version, response.status, response.reason, response.body) == ("1.1", 404, "Not Found", b"hi")
    assert response.complete


def test_fields_as_they_came() -> None:
    response = read(HEAD + b"Allow: GET,  HEAD\r\nallow:OPTIONS,\r\nX:\t y z \r\nContent-Length: 0\r\n\r\n")
    assert response.all("Allow") == ("GET,  HEAD", "OPTIONS,")
    assert response.get("ALLOW") == "GET,  HEAD, OPTIONS,"
    assert response.items("Allow") == ("GET", "HEAD", "OPTIONS")
    assert (response.get("X"), response.get("Y")) == ("y z", None)
    assert (response.offset_of("allow"), response.offset_of("Y")) == (17, None)


def test_trailers_as_they_came() -> None:
    response = read(CHUNKED + b"0\r\nX: y\r\n\r\n")
    assert [(line.name, line.value) for line in response.trailers] == [("X", "y")]


def test_one_answer_after_the_other() -> None:
    first = read(SIZED + SIZED, ended="open")
    second = read(SIZED + SIZED, ended="open", start=first.end)
    assert (first.end, second.start, second.end) == (len(SIZED), len(SIZED), 2 * len(SIZED))


@pytest.mark.parametrize(("status", "interim"), [(100, True), (103, True), (101, False), (200, False), (0, False)])
def test_interim(status: int, interim: bool) -> None:
    assert Response(status=status).is_interim is interim


# -- as h11 reads them

TOKENS = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~", min_size=1, max_size=12
)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
FIELDS = st.lists(
    st.tuples(TOKENS, VALUES).filter(
        lambda pair: pair[0].lower() not in ("content-length", "transfer-encoding", "connection")
    ),
    max_size=6,
)
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=5)
STATUSES = st.integers(200, 599)
METHODS = st.sampled_from(["GET", "HEAD", "POST"])
FRAMINGS = st.sampled_from(["length", "chunked", "close"])


def made_by_h11(method: str, status: int, fields: list[tuple[str, str]], chunks: list[bytes], framing: str) -> bytes:
    """An answer as h11 writes it."""
    theirs = h11.Connection(h11.SERVER)
    version = "1.0" if framing == "close" else "1.1"
    theirs.receive_data(
        f"{method} / HTTP/{version}\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )
    assert isinstance(theirs.next_event(), h11.Request)
    assert isinstance(theirs.next_event(), h11.EndOfMessage)
    length = [("Content-Length", str(sum(map(len, chunks))))] if framing == "length" else []
    events: list[h11.Event] = [
        h11.Response(status_code=status, headers=[*fields, *length], reason="Whatever"),
        *([h11.Data(data=chunk) for chunk in chunks] if has_content(method, status) else []),
        h11.EndOfMessage(),
    ]
    return b"".join(theirs.send(event) or b"" for event in events)


def has_content(method: str, status: int) -> bool:
    return method != "HEAD" and status not in (204, 304)


def read_by_h11(method: str, data: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, fields and body of an answer that the server then closes after, as h11 reads it."""
    ours = h11.Connection(h11.CLIENT)
    ours.send(h11.Request(method=method, target="/", headers=[("Host", "a"), ("Content-Length", "0")]))
    ours.send(h11.EndOfMessage())
    ours.receive_data(data)
    ours.receive_data(b"")
    events = list(events_of(ours))
    head = next(event for event in events if isinstance(event, h11.Response))
    body = b"".join(bytes(event.data) for event in events if isinstance(event, h11.Data))
    return head.status_code, [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in head.headers], body


def events_of(connection: h11.Connection) -> Iterator[object]:
    while True:
        event = connection.next_event()
        if event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
            return
        yield event


def as_h11(response: Response) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status, [(line.name.lower(), line.value) for line in response.fields], response.body


@settings(derandomize=True, deadline=None, max_examples=200)
@given(METHODS, STATUSES, FIELDS, BODIES, FRAMINGS, st.data())
def test_reads_what_h11_writes(
    method: str, status: int, fields: list[tuple[str, str]], chunks: list[bytes], framing: str, data: st.DataObject
) -> None:
    written = made_by_h11(method, status, fields, chunks, framing)
    response = read(written, method)
    assert as_h11(response) == read_by_h11(method, written)
    assert response.body == (b"".join(chunks) if has_content(method, status) else b"")
    assert response.complete
    cut = data.draw(st.integers(0, len(written) - 1))
    part = read(written[:cut], method, "open")
    assert not part.complete or as_h11(part) == as_h11(response)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.data())
def test_h11_accepts_what_has_no_defect(data: st.DataObject) -> None:
    """Take a right answer, break it anywhere: where no defect is found, h11 must agree on what it says."""
    written = bytearray(made_by_h11("GET", 200, [("X", "y")], [b"hello"], data.draw(FRAMINGS)))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at : at + data.draw(st.integers(0, 1))] = data.draw(
        st.sampled_from([b"", b"\n", b"\r", b" ", b":", b"\0", b"5"])
    )
    response = read(bytes(written))
    unsupported = response.get("Transfer-Encoding") not in (None, "chunked")  # by h11
    if not response.defects and response.complete and response.end == len(written) and not unsupported:
        assert as_h11(response) == read_by_h11("GET", bytes(written))
