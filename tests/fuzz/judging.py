"""What must hold of a conversation, whatever was sent."""

import re

import h11

from raw_router.messages import Request
from tests.fuzz.conversing import Client, Transcript
from tests.fuzz.streams import Case

HEAD = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) [ -~]*\r\n((?:[!-9;-~]+: [\t -~\x80-\xff]*\r\n)*)\r\n")
FIELD = re.compile(rb"([^:]+): (.*)\r\n")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
DATE = re.compile(rb"\r\nDate: [^\r]*")


def judge(case: Case) -> Transcript:
    """Let a client converse, whole and in pieces. Raises AssertionError, or whatever the connection raises."""
    transcript = Client().converse(case)
    judge_answers(transcript)
    whole = Client().converse(case.whole)
    assert undated(whole) == undated(transcript), f"the pieces matter: {undated(whole)} {undated(transcript)}"
    return transcript


def undated(transcript: Transcript) -> tuple[bytes, str]:
    """Return what may not depend on pieces: all but dates and interim answers."""
    return DATE.sub(b"", transcript.output.replace(CONTINUE, b"")), transcript.state


def judge_answers(transcript: Transcript) -> None:
    """Check that all that was said is well-formed answers, one to each request, and in order."""
    rest = transcript.output
    closed = transcript.state == "closed"
    for place, (request, status) in enumerate(transcript.answered, 1):
        rest = judge_answer(rest, request, status, closed and place == len(transcript.answered))
    assert rest in (b"", CONTINUE), f"more is said than the answers: {rest!r:.80}"


def judge_answer(data: bytes, request: Request | None, status: int, last: bool) -> bytes:
    """Check one answer, and return what follows it."""
    match = HEAD.match(data.removeprefix(CONTINUE))
    assert match, f"no head of an answer: {data!r:.80}"
    assert int(match[1]) == status, f"{status} is logged, {match[1]!r} is said"
    fields = {name.lower(): value for name, value in FIELD.findall(match[2])}
    assert b"date" in fields, "no date"
    assert last or not (ends(request) or fields.get(b"connection") == b"close"), "more is said after the last answer"
    rest = data.removeprefix(CONTINUE)[match.end() :]
    if has_no_content(request, status) or (request is None and not rest):  # as for a HEAD that is refused
        return rest
    length = int(fields[b"content-length"])
    assert len(rest) >= length, "there is less content than Content-Length says"
    return rest[length:]


def ends(request: Request | None) -> bool:
    """Tell whether a connection must not persist after the answer (RFC 9112 §9.3)."""
    if request is None:
        return True
    options = {option.strip(" \t") for option in (request.field("Connection") or "").lower().split(",")}
    return "close" in options or (request.version == "HTTP/1.0" and "keep-alive" not in options)


def has_no_content(request: Request | None, status: int) -> bool:
    return (request is not None and request.method == "HEAD") or status in (204, 304)


def judge_with_h11(transcript: Transcript) -> None:
    """Check that an independent client reads the same answers."""
    rest = transcript.output
    for request, status in transcript.answered:
        refused = "HEAD" if rest.endswith(b"\r\n\r\n") else "GET"
        client = h11.Connection(h11.CLIENT)
        client.send(h11.Request(method=request.method if request else refused, target="/", headers=[("Host", "a")]))
        client.send(h11.EndOfMessage())
        client.receive_data(rest)
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            assert not isinstance(event, h11.Response) or event.status_code == status
        rest = client.trailing_data[0]
    assert rest in (b"", CONTINUE)
