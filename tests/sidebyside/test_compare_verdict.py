"""The verdict as a sentence: a count, what differs in which response, and the status and the body first."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sidebyside.compare.diff import Comparison, compare_replies
from sidebyside.compare.request import Message
from sidebyside.compare.verdict import MAX_PLACES, summary
from tests.sidebyside.replies import replies, reply, response

MESSAGE = Message((b"GET / HTTP/1.1\r\n\r\n",))
DATES = [response(f"Date: Sat, 21 Nov 2026 10:00:0{second} GMT") for second in range(2)]
TEXT = "Content-Type: text/plain"


def compared(*received: bytes) -> Comparison:
    return compare_replies(MESSAGE, replies(*received))


def in_sequence(first: Sequence[bytes], second: Sequence[bytes]) -> Comparison:
    """Return the comparison of two servers that send these responses on one connection."""
    made = [[reply(each, number) for each in sent] for number, sent in enumerate((first, second))]
    joined = [replace(each[0], responses=tuple(one.responses[0] for one in each)) for each in made]
    return compare_replies(MESSAGE, joined)


SAME = compared(response(), response())
STATUS = compared(response(), response(status="404 Not Found"))
MANY = compared(
    response("A: 1", TEXT, body="a\nb"), response("A: 2", "B: 1", TEXT, body="c\nd\n", status="404 Not Found")
)
OK, GONE = response(), response(status="410 Gone")


@pytest.mark.parametrize(
    ("comparisons", "sentence"),
    [
        ([SAME], "Identical"),
        ([SAME, SAME], "Identical in all of 2 exchanges"),
        (
            [compared(*DATES)],
            "Identical, except for 1 expected difference: Date (the servers were asked at different times)",
        ),
        ([STATUS], "The responses differ in 1 place: status"),
        ([MANY], "The responses differ in 5 places: status, body (2 lines), A, B, Content-Length"),
        ([in_sequence([OK, OK, OK], [OK, GONE, OK])], "The responses differ in 1 place: response 2 of 3: status"),
        (
            [in_sequence([OK, OK], [GONE, GONE])],
            "The responses differ in 2 places: response 1 of 2: status; response 2 of 2: status",
        ),
        ([SAME, STATUS], "The responses differ in 1 place in 1 of 2 exchanges: exchange 2: status"),
        (
            [SAME, in_sequence([OK, OK], [OK, GONE])],
            "The responses differ in 1 place in 1 of 2 exchanges: exchange 2, response 2 of 2: status",
        ),
        (
            [compared(response("A\x1b[31m: 1"), response())],
            "The responses differ in 2 places: A\\x1b[31m, violation",
        ),
    ],
    ids=[
        "same",
        "all the same",
        "expected",
        "one",
        "many",
        "in order",
        "two",
        "exchange",
        "both",
        "control characters",
    ],
)
def test_a_verdict(comparisons: Sequence[Comparison], sentence: str) -> None:
    assert str(summary(comparisons)) == sentence


def test_a_long_verdict_is_cut() -> None:
    count = MAX_PLACES + 2
    sentence = str(summary([in_sequence([OK] * count, [GONE] * count)]))
    assert sentence.startswith(f"The responses differ in {count} places: response 1 of {count}: status; ")
    assert sentence.endswith("and 2 more responses")
    assert sentence.count("status") == MAX_PLACES
