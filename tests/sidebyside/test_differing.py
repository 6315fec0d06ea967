"""What is the same, what differs, and what differs only because it must."""

import pytest

from sidebyside.compare.differing import AUTHORITY, CLOCK, HOP, LENGTH, Excuse, Verdict, finding
from tests.sidebyside.heard import heard, several

DATES = ("Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:01 GMT", "Sat, 21 Nov 2026 10:00:09 GMT")


@pytest.mark.parametrize(
    ("values", "excuses", "verdict"),
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
        (("close", None), (HOP,), "may"),
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
        "one is no time",
        "local time",
        "ISO 8601",
        "another zone",
        "no such day",
        "authority and time",
        "one more time",
        "hop by hop",
        "length",
        "no length",
    ],
)
def test_two_values(values: tuple[str | None, ...], excuses: tuple[Excuse, ...], verdict: Verdict) -> None:
    found = finding(values, several(b"", b""), *excuses)
    assert found.verdict == verdict
    assert bool(found.reason) is (verdict == "may")


def test_one_of_three_that_differs() -> None:
    assert finding(("a", "a", "b"), several(b"", b"", b""), AUTHORITY).verdict == "differs"


def test_times_may_be_as_far_apart_as_the_questions() -> None:
    """The sixth server was asked half a second after the first; with rounding, that makes one second and six tenths."""
    asked = [heard(b"", 0), heard(b"", 5)]
    assert finding(DATES[:2], asked, CLOCK).verdict == "may"
    later = ("Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:02 GMT")
    assert finding(later, asked, CLOCK).verdict == "differs"


def test_an_authority_in_ipv6() -> None:
    asked = [heard(b"", 0, host="::1"), heard(b"", 1, host="::1")]
    assert finding(("http://[::1]:8001/", "http://[::1]:8002/"), asked, AUTHORITY).verdict == "may"
