"""Values of options: what they become, and what is said of those that can't be meant."""

from pathlib import Path

import click
import pytest

from http_contract.cli.options import LONGEST, PATH, POINTS, REPORT, Pair, seconds


@pytest.mark.parametrize(
    ("pair", "text", "becomes"),
    [
        (POINTS, "7=20", (7, 20)),
        (POINTS, "10=0", (10, 0)),
        (PATH, "/test=/blog", ("/test", "/blog")),
        (PATH, "/hello/<name>=/greet/<who>", ("/hello/<name>", "/greet/<who>")),
        (PATH, "/=/?page=1", ("/", "/?page=1")),
        (REPORT, "json=new.json", ("json", Path("new.json"))),
        (REPORT, "har=a=b", ("har", Path("a=b"))),
        (REPORT, "junit=/dev/stdout", ("junit", Path("/dev/stdout"))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pair(pair: Pair, text: str, becomes: tuple[object, object]) -> None:
    assert pair.convert(text, None, None) == becomes


@pytest.mark.parametrize(
    ("pair", "text", "why"),
    [
        (POINTS, "7", "'7' is not a valid pair such as 7=20"),
        (POINTS, "=20", "'=20' is not a valid pair such as 7=20"),
        (POINTS, "7=", "'7=' is not a valid pair such as 7=20"),
        (POINTS, "11=20", "11 is not a valid stage"),
        (POINTS, "07=20", "07 is not a valid stage"),
        (POINTS, "7=-1", "-1 is not a valid number of points"),
        (POINTS, "7=1.5", "1.5 is not a valid number of points"),
        (PATH, "test=/blog", "test is not a valid path"),
        (PATH, "/test=blog", "blog is not a valid path"),
        (PATH, "/test=/my blog", "/my blog is not a valid path"),
        (PATH, "/test=/bløg", "/bløg is not a valid path"),
        (REPORT, "pdf=report.pdf", "the formats are json, junit, har, gradescope, classroom50, github"),
        (REPORT, "json=/nowhere/report.json", "the folder /nowhere does not exist"),
        (REPORT, "json=/dev", "/dev is a folder"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_pair(pair: Pair, text: str, why: str) -> None:
    with pytest.raises(click.BadParameter) as told:
        pair.convert(text, None, None)
    assert why in str(told.value)


@pytest.mark.parametrize(("text", "becomes"), [("5", 5.0), ("0.25", 0.25), (str(LONGEST), LONGEST)])
def test_seconds(text: str, becomes: float) -> None:
    assert seconds(text) == becomes


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e9", "soon", ""])
def test_no_seconds(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a valid number of seconds"):
        seconds(text)
