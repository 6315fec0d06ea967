"""Replies are compared value by value, row by row, and line by line."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from http_contract.http.parser import read_response
from http_contract.reports.messages import SILENCE
from sidebyside.compare.diff import (
    AUTHORITY,
    CLOCK,
    LENGTH,
    MAX_ALIGNED,
    Expected,
    Row,
    Verdict,
    align,
    compare_replies,
    compare_values,
    first_difference,
    overall_verdict,
    worst_verdict,
)
from sidebyside.compare.request import Message
from sidebyside.compare.send import Reply
from tests.sidebyside.replies import replies, reply, response

MESSAGE = Message((b"GET / HTTP/1.1\r\n\r\n",))
HTML, JSON, TEXT = (f"Content-Type: {kind}" for kind in ("text/html", "application/json", "text/plain"))
DATE = "Date: Sat, 21 Nov 2026 10:00:0%d GMT"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: %d\r\n\r\n"
DATES = ("Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:01 GMT", "Sat, 21 Nov 2026 10:00:09 GMT")


# -- values


@pytest.mark.parametrize(
    ("values", "expected", "verdict"),
    [
        (("a", "a"), (), "same"),
        ((None, None), (), "same"),
        (("a", "b"), (), "differs"),
        (("a", None), (AUTHORITY, CLOCK), "differs"),
        (("x 127.0.0.1:8001/", "x 127.0.0.1:8002/"), (), "differs"),
        (("x 127.0.0.1:8001/", "x 127.0.0.1:8002/"), (AUTHORITY,), "may"),
        (("at 127.0.0.1:8001.", "at 127.0.0.1:8002."), (AUTHORITY,), "may"),
        (("127.0.0.1:8001", "127.0.0.1:8001 "), (AUTHORITY,), "differs"),
        (("127.0.0.1:8002", "127.0.0.1:8001"), (AUTHORITY,), "differs"),
        (("127.0.0.1:80010", "127.0.0.1:80020"), (AUTHORITY,), "differs"),
        (("1127.0.0.1:8001", "1127.0.0.1:8002"), (AUTHORITY,), "differs"),
        (DATES[:2], (AUTHORITY,), "differs"),
        (DATES[:2], (AUTHORITY, CLOCK), "may"),
        ((DATES[0], DATES[2]), (CLOCK,), "differs"),
        ((DATES[0], "now"), (CLOCK,), "differs"),
        (("a 10:00:59 21.11.2026 b", "a 10:01:00 21.11.2026 b"), (CLOCK,), "may"),
        (("2026-11-21T10:00:59+00:00", "2026-11-21T10:01:00+00:00"), (CLOCK,), "may"),
        (("2026-11-21T10:00:59+00:00", "2026-11-21T10:01:00+01:00"), (CLOCK,), "differs"),
        (("2026-02-31T10:00:00", "2026-02-31T10:00:01"), (CLOCK,), "may"),
        (("127.0.0.1:8001 10:00:00 21.11.2026", "127.0.0.1:8002 10:00:01 21.11.2026"), (CLOCK,), "may"),
        (("10:00:00 21.11.2026 is 10:00:00 21.11.2026", "10:00:00 21.11.2026"), (CLOCK,), "differs"),
        (("10", "11"), (LENGTH,), "may"),
        (("10", None), (LENGTH,), "differs"),
    ],
    ids=[
        "same",
        "none has it",
        "different",
        "one lacks it",
        "authority without that excuse",
        "own authority",
        "own authority at the end of a sentence",
        "and a space",
        "the other's authority",
        "authority within a longer port",
        "authority within a longer host",
        "time without that excuse",
        "a second apart",
        "nine seconds apart",
        "one is not a time",
        "local time",
        "ISO 8601",
        "another zone",
        "no such day",
        "authority and time",
        "one more time",
        "length",
        "no length",
    ],
)
def test_two_values(values: tuple[str | None, ...], expected: tuple[Expected, ...], verdict: Verdict) -> None:
    found = compare_values(values, replies(b"", b""), *expected)
    assert found.verdict == verdict
    assert bool(found.reason) is (verdict == "may")


def test_one_of_three_that_differs() -> None:
    assert compare_values(("a", "a", "b"), replies(b"", b"", b""), AUTHORITY).verdict == "differs"


def test_times_may_be_as_far_apart_as_the_requests() -> None:
    """The sixth server was asked half a second after the first; with rounding, that makes one second and six tenths."""
    asked = [reply(b"", 0), reply(b"", 5)]
    assert compare_values(DATES[:2], asked, CLOCK).verdict == "may"
    later = ("Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:02 GMT")
    assert compare_values(later, asked, CLOCK).verdict == "differs"


def test_an_authority_in_ipv6() -> None:
    asked = [reply(b"", 0, host="::1"), reply(b"", 1, host="::1")]
    assert compare_values(("http://[::1]:8001/", "http://[::1]:8002/"), asked, AUTHORITY).verdict == "may"


@pytest.mark.parametrize(
    ("bodies", "place"),
    [([b"abc", b"abd"], 2), ([b"abc", b"abc", b"ab"], 2), ([b"", b"a"], 0), ([b"a", b"a"], 0)],
    ids=["one octet", "shorter", "empty", "the same"],
)
def test_first_difference(bodies: list[bytes], place: int) -> None:
    assert first_difference(bodies) == place


# -- rows


def rows(*asked: Reply) -> Sequence[Row]:
    return compare_replies(MESSAGE, asked).responses[0]


def labels(found: Sequence[Row], verdict: Verdict) -> list[str]:
    return [row.label or "body" for row in found if row.verdict == verdict]


@pytest.mark.parametrize(
    ("first", "second", "differing", "expected"),
    [
        (response("A: 1", body="a"), response("A: 1", body="a"), [], []),
        (response(status="200 OK"), response(status="200 Okay"), ["status"], []),
        (response(), response().replace(b"1.1", b"1.0"), ["status"], []),
        (response("A: 1"), response("A: 2"), ["A"], []),
        (response("A: 1"), response(), ["A"], []),
        (response("A: 1"), response("a: 1"), [], []),
        (response("A: 1", "B: 2"), response("B: 2", "A: 1"), [], []),
        (response("A: 1", "A: 2"), response("A: 2", "A: 1"), ["A", "A"], []),
        (response("A: 1", "A: 2"), response("A: 1"), ["A"], []),
        (response(DATE % 0), response(DATE % 1), [], ["Date"]),
        (response(DATE % 0), response(DATE % 9), ["Date"], []),
        (response(DATE % 0), response(), ["Date"], []),
        (response("Last-" + DATE % 0), response("Last-" + DATE % 1), ["Last-Date"], []),
        (response("Connection: close"), response("Keep-Alive: 5"), ["Connection", "Keep-Alive", "violation"], []),
        (response("Upgrade: h2c"), response(), ["Upgrade"], []),
        (response("Location: http://127.0.0.1:8001/"), response("Location: http://127.0.0.1:8002/"), [], ["Location"]),
        (response(body="a"), response(body="b"), ["body"], []),
        (response(body="a"), response(body="ab"), ["Content-Length", "body"], []),
        (response(JSON, body="[1]"), response(JSON, body="[2]"), ["body"], []),
        (response(JSON, body="[1]"), response(JSON, body="[ 1"), ["body"] * 3, []),
        (response(JSON, body="[1,2]"), response(JSON, body="[1, 2]"), ["Content-Length", "body"], []),
        (response(HTML, body="<p>a"), response(HTML, body="<b>a"), ["body"], []),
        (response(TEXT, body="a\nb"), response(TEXT, body="a\rb"), ["body"], []),
        (response(body="127.0.0.1:8001"), response(body="127.0.0.1:8002"), [], ["body"]),
        (response(HTML, body="<p>127.0.0.1:8001"), response(HTML, body="<b>127.0.0.1:8002"), ["body"], []),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + response(), response(), [], ["interim"]),
        (CHUNKED % 1, CHUNKED % 2, ["trailers"], []),
        (response("A: 1"), response("A: 1").replace(b"A: 1\r\n", b"A: 1\n"), ["violation"], []),
        (b"<h1>hi", b"<h1>hi", [], []),
        (response(), b"<h1>hi", ["status", "Content-Length", "body", "violation"], []),
    ],
    ids=[
        "the same",
        "phrase",
        "version",
        "value of a field",
        "field that one lacks",
        "letter case of a name",
        "order of fields",
        "order of one field's values",
        "one value less",
        "date",
        "date that is wrong",
        "no date",
        "another time",
        "connection",
        "upgrade",
        "own authority in a redirect",
        "body",
        "length",
        "JSON",
        "no JSON",
        "white space in JSON",
        "markup",
        "ends of lines",
        "own authority in a body",
        "own authority and markup",
        "interim answer",
        "trailers",
        "bare LF",
        "the same nonsense",
        "nonsense",
    ],
)
def test_two_responses(first: bytes, second: bytes, differing: list[str], expected: list[str]) -> None:
    found = rows(with_interim(reply(first, 0)), with_interim(reply(second, 1)))
    assert (labels(found, "differs"), labels(found, "may")) == (differing, expected)


def with_interim(given: Reply) -> Reply:
    """Return it as the client reads it: an interim answer belongs to the final one."""
    [first] = given.responses
    if not first.is_interim:
        return given
    final = read_response(given.transcript.received, first.end, "GET", "closed")
    return replace(given, responses=(replace(final, interim=(first,)),))


def test_a_length_may_differ_with_the_body() -> None:
    asked = [
        reply(response(body="at 127.0.0.1:8001"), 0),
        reply(response(body="at long.example:8002"), 1, host="long.example"),
    ]
    found = rows(*asked)
    assert (labels(found, "differs"), labels(found, "may")) == ([], ["Content-Length", "body"])


def test_a_server_without_a_response_has_only_a_status() -> None:
    found = rows(reply(response("A: 1"), 0), reply(b"", 1, ended="timeout"), reply(response("A: 1"), 2))
    assert found[0].cells == ["HTTP/1.1 200 OK", f"no response: {SILENCE['timeout']}", "HTTP/1.1 200 OK"]
    assert labels(found, "differs") == ["status"]
    assert found[1].cells == ["1", None, "1"]


@pytest.mark.parametrize(("ended", "silent"), [("closed", False), ("reset", False), ("timeout", True), ("open", True)])
def test_servers_that_are_all_silent_are_the_same(ended: str, silent: bool) -> None:
    comparison = compare_replies(MESSAGE, [reply(b"", 0, ended), reply(b"", 1, ended)])
    assert (comparison.verdict, comparison.is_silent) == ("same", silent)


def test_a_field_may_have_any_name() -> None:
    found = rows(*replies(response("body: a", body="b"), response("body: a", body="b")))
    assert [(row.label, row.is_body) for row in found[1:]] == [
        ("body", False),
        ("Content-Length", False),
        ("body", True),
        ("end", False),
    ]


CLOSING = response("Connection: close")


@pytest.mark.parametrize(
    ("one", "two", "differing", "broken"),
    [
        (reply(response(), 0), reply(response(), 1), [], []),
        (reply(response(), 0), reply(response(), 1, before="closed"), ["end"], []),
        (reply(response(), 0), reply(response(), 1, ended="reset"), ["end"], []),
        (reply(response(), 0), reply(response(), 1, before="timeout"), ["end"], []),
        (reply(CLOSING, 0, before="closed"), reply(CLOSING, 1, before="closed"), [], []),
        (reply(CLOSING, 0, before="closed"), reply(CLOSING, 1), ["end", "violation"], [False, True]),
        (reply(CLOSING, 0), reply(CLOSING, 1), [], [True, True]),
    ],
    ids=["kept", "one closes", "one resets", "one sends half", "both close", "one only announces", "both announce"],
)
def test_how_the_connection_ends_is_a_row(one: Reply, two: Reply, differing: list[str], broken: list[bool]) -> None:
    found = rows(one, two)
    assert labels(found, "differs") == differing
    assert [mark for row in found for mark in row.breaks if any(row.breaks)] == broken


def test_only_what_breaks_the_protocol_is_marked_as_broken() -> None:
    """One correct refusal beside two servers that accept a request without Host."""
    found = rows(*replies(response(status="400 Bad Request"), response(), response()))
    assert labels(found, "differs") == ["status"]
    assert not any(mark for row in found for mark in row.breaks)
    bare = response("A: 1").replace(b"A: 1\r\n", b"A: 1\n")
    found = rows(*replies(bare, response("A: 1"), bare))
    assert [row.breaks for row in found if any(row.breaks)] == [(True, False, True)]


@pytest.mark.parametrize(
    ("servers", "values", "reason"),
    [
        (("raw_router", "gunicorn", "gunicorn"), ("close", "keep-alive", "keep-alive"), "raw_router, gunicorn"),
        (("raw_router", "gunicorn", "gunicorn"), ("close", "close", "keep-alive"), ""),
        (("raw_router", "raw_router", "raw_router"), ("close", "keep-alive", "keep-alive"), ""),
        (("", "", ""), ("close", "keep-alive", "keep-alive"), ""),
        (("raw_router", "raw_router", ""), ("close", "close", "keep-alive"), "raw_router, c"),
    ],
    ids=["two servers", "one server, two values", "one server", "unknown servers", "one unknown server"],
)
@pytest.mark.parametrize("name", ["Connection", "Server"])
def test_what_a_server_adds_is_named_as_its_own(
    servers: tuple[str, ...], values: tuple[str, ...], reason: str, name: str
) -> None:
    pairs = enumerate(zip(servers, values, strict=True))
    asked = [reply(response(f"{name}: {value}"), number, runs_on=server) for number, (server, value) in pairs]
    [row] = [row for row in rows(*asked) if row.label == name]
    assert (row.verdict, row.reason) == ("differs", reason and f"caused by the servers: {reason}")


def test_a_field_of_the_application_is_not_the_servers() -> None:
    asked = [reply(response(f"Vary: {number}"), number, runs_on="ab"[number]) for number in range(2)]
    assert [row.reason for row in rows(*asked) if row.label == "Vary"] == [""]


def test_every_response_is_compared() -> None:
    first, second = replies(response(), response())
    comparison = compare_replies(MESSAGE, [replace(first, responses=first.responses * 2), second])
    assert [worst_verdict(answer) for answer in comparison.responses] == ["same", "differs"]
    assert comparison.responses[1][0].cells == ["HTTP/1.1 200 OK", f"no response: {SILENCE['closed']}"]


def test_lines_with_the_time_of_another_line_may_differ() -> None:
    """The second line of the first body is the first line of the second body, but they do not correspond."""
    times = [f"10:00:0{second} 21.11.2026" for second in range(3)]
    found = rows(
        *replies(response(TEXT, body="\n".join([*times[:2], ""])), response(TEXT, body="\n".join([*times[1:], ""])))
    )
    assert (labels(found, "differs"), labels(found, "may")) == ([], ["body", "body"])


def test_a_violation_is_reported_once() -> None:
    bare = response("A: 1", "B: 2").replace(b"A: 1\r\nB: 2\r\n", b"A: 1\nB: 2\n")
    found = rows(*replies(bare, bare))
    [broken] = [row for row in found if row.label == "violation"]
    assert broken.cells == ["a line ends with a bare LF (`\\n`) instead of CRLF (`\\r\\n`)"] * 2
    assert labels(found, "differs") == []


def test_binary_content_is_dumped_around_the_difference() -> None:
    zeros = "\0" * 100
    found = rows(*replies(response(TEXT, body=zeros + "a"), response(TEXT, body=zeros + "b")))
    assert ["from byte 88:"] * 2 in [list(row.cells) for row in found]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [(["same", "may"], "may"), (["may", "differs", "same"], "differs"), (["same"], "same"), ([], "same")],
    ids=str,
)
def test_the_worst_verdict_counts(verdicts: list[str], expected: Verdict) -> None:
    made = {
        "same": replies(response(), response()),
        "may": replies(response(DATE % 0), response(DATE % 1)),
        "differs": replies(response("A: 1"), response("A: 2")),
    }
    assert overall_verdict([compare_replies(MESSAGE, made[verdict]) for verdict in verdicts]) == expected


# -- the lines of several texts


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (["ab", "ab"], ["aa", "bb"]),
        (["ab", "axb"], ["aa", "-x", "bb"]),
        (["axb", "ab"], ["aa", "x-", "bb"]),
        (["ab", "xab"], ["-x", "aa", "bb"]),
        (["ab", "abx"], ["aa", "bb", "-x"]),
        (["ab", "aXY"], ["aa", "bX", "-Y"]),
        (["abc", "aX"], ["aa", "bX", "c-"]),
        (["ab", "axb", "ab"], ["aaa", "-x-", "bbb"]),
        (["ab", "axb", "ayb"], ["aaa", "-xy", "bbb"]),
        (["", "a", ""], ["-a-"]),
        (["", ""], []),
        (["a"], ["a"]),
    ],
    ids=lambda each: " ".join(each),
)
def test_align(texts: list[str], lines: list[str]) -> None:
    assert ["".join(line or "-" for line in row) for row in align(texts)] == lines


def test_long_texts_are_not_aligned() -> None:
    assert align([["a"] * (MAX_ALIGNED + 1), ["b", "a"]])[:3] == [("a", "b"), ("a", "a"), ("a", None)]


def test_the_lines_after_the_limit_become_one_line() -> None:
    long = ["a"] * MAX_ALIGNED
    assert align([[*long, "b", "c"], [*long, "b"], ["a"]])[MAX_ALIGNED - 1 :] == [("a", "a", None), ("b c", "b", None)]
