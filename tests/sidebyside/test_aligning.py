"""Lines put beside those that they correspond to."""

import pytest

from sidebyside.compare.aligning import MOST, aligned


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
def test_aligned(texts: list[str], lines: list[str]) -> None:
    assert ["".join(line or "-" for line in row) for row in aligned(texts)] == lines


def test_long_texts_stand_side_by_side_as_they_are() -> None:
    assert aligned([["a"] * (MOST + 1), ["b", "a"]])[:3] == [("a", "b"), ("a", "a"), ("a", None)]


def test_what_is_past_the_most_lines_is_one() -> None:
    long = ["a"] * MOST
    assert aligned([[*long, "b", "c"], [*long, "b"], ["a"]])[MOST - 1 :] == [("a", "a", None), ("b c", "b", None)]
