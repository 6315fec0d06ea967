"""Tables for spreadsheets and programs."""

import csv
import json
from typing import Any

import pytest

from http_contract.grading.output import LONGEST, Row, as_csv, as_json, failures, no_formula, row_of
from http_contract.grading.store import Result
from tests.contract.grading.classes import result

MOST = 30
TOLD = "a (MUST): It starts.\n  But it ends: exit status 1\n    sent nothing\n"


def rule(id: str, verdict: str, level: str = "MUST", told: str = "") -> dict[str, Any]:
    return {"id": id, "level": level, "verdict": verdict, "told": told}


ANN = result("ann", rule("a", "failed"), rule("b", "passed"), rule("c", "skipped"), rule("d", "failed", "SHOULD"))
BOB = result("bob", rule("a", "failed"), rule("b", "failed"), points=0)
CID = Result("cid", "", why="there is no command")
ROWS = [row_of(each, MOST) for each in (ANN, BOB, CID)]


def test_a_row() -> None:
    assert ROWS[0] == Row("ann", "", 10, 5, ((1, 5),), ("a",))
    assert ROWS[2] == Row("cid", "there is no command", MOST)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([TOLD], "it ends: exit status 1"),
        ([TOLD + "  Cause: The port is another.\n  But more", "  But later"], "The port is another."),
        (["  But " + "x" * 999], "x" * LONGEST),
        ([""], ""),
        ([], ""),
    ],
    ids=["complaint", "cause", "long", "nothing-told", "only-skipped"],
)
def test_no_points_have_a_reason(told: list[str], why: str) -> None:
    rules = [rule("s", "failed", "SHOULD", "  But later"), *(rule("a", "failed", told=each) for each in told)]
    assert row_of(result("ann", *rules, points=0), MOST).why == why
    assert row_of(result("ann", *rules, points=1), MOST).why == ""


def test_what_is_failed_most_is_first() -> None:
    assert failures(ROWS) == [("a", 2), ("b", 1)]


def test_csv() -> None:
    assert list(csv.reader(as_csv(ROWS).splitlines())) == [
        ["submission", "1 Listen", "points", "of", "why not"],
        ["ann", "5", "5", "10", ""],
        ["bob", "0", "0", "10", ""],
        ["cid", "", "0", "30", "there is no command"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a,"b"\nc'])
def test_no_formula_gets_into_a_spreadsheet(name: str) -> None:
    text = as_csv([Row(name, name, MOST)])
    [_, row] = csv.reader(text.splitlines(keepends=True))
    assert row[0] == row[-1] == no_formula(name)
    assert row[0][0] in "'a"


def test_what_can_not_be_encoded() -> None:
    assert no_formula("caf\udce9") == "caf\\udce9"


def test_json() -> None:
    hostile = "</script>\u2028\udce9"
    loaded = json.loads(as_json([*ROWS, Row(hostile, hostile, MOST)]).encode())
    assert loaded["format"] == "contract/grades/v1"
    assert loaded["failures"] == {"a": 2, "b": 1}
    assert loaded["submissions"][0] == {
        "submission": "ann",
        "points": 5,
        "most": 10,
        "why": "",
        "stages": {"1": 5},
        "failed": ["a"],
    }
    assert loaded["submissions"][-1]["submission"] == loaded["submissions"][-1]["why"] == hostile
