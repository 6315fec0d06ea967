"""Tables for spreadsheets and programs."""

import csv
import json

import pytest

from http_contract.escaping import escape_formulas
from http_contract.grading.output import (
    MAX_REASON,
    Row,
    as_csv,
    as_json,
    cause_title,
    causes,
    failures,
    row_of,
    sentence_of,
)
from http_contract.grading.store import Result
from http_contract.rules.model import Diagnosis, Failure, Outcome
from tests.contract.grading.classes import outcome, result

MOST = 30
ANN = result(
    "ann", outcome("a"), outcome("b", "passed"), outcome("c", "skipped", counts=False), outcome("d", level="SHOULD")
)
BOB = result("bob", outcome("a"), outcome("b"))
CID = Result("cid", "", why="there is no command")
CAUSED = outcome(diagnosis=Diagnosis("no-date", Failure("field-missing")), text="more")
ROWS = [row_of(each, MOST) for each in (ANN, BOB, CID)]


def test_a_row() -> None:
    assert ROWS[0] == Row("ann", "", 10, 5, ((1, 5),), ("a",))
    assert ROWS[2] == Row("cid", "there is no command", MOST)


@pytest.mark.parametrize(
    ("failed", "why"),
    [
        ([outcome(text="it ends")], "it ends"),
        ([CAUSED, outcome(text="later")], "The program sends no Date."),
        ([outcome(text="x" * 999)], "x" * MAX_REASON),
        ([outcome()], ""),
        ([], ""),
    ],
    ids=["failure", "cause", "long", "nothing-known", "only-a-warning"],
)
def test_no_points_have_a_reason(failed: list[Outcome], why: str) -> None:
    warned = outcome("s", level="SHOULD", text="later")
    assert row_of(result("ann", warned, *failed), MOST).why == why
    passed = [outcome(f"{number}", "passed") for number in range(9)]
    assert row_of(result("ann", warned, *failed, *passed), MOST).why == ""


def test_causes_of_a_class() -> None:
    rows = [row_of(result(name, CAUSED, outcome("b", level="SHOULD")), MOST) for name in "ab"]
    assert [row.causes for row in rows] == [("no-date",), ("no-date",)]
    assert causes([*rows, *ROWS]) == [("no-date", 2)]
    assert cause_title("no-date") == "sends no Date"
    assert sentence_of("own") == ""


def test_what_is_failed_most_is_first() -> None:
    assert failures(ROWS) == [("a", 2), ("b", 1)]


def test_csv() -> None:
    assert list(csv.reader(as_csv(ROWS).splitlines())) == [
        ["submission", "1 Listen", "points", "of", "why not"],
        ["ann", "5", "5", "10", ""],
        ["bob", "0", "0", "10", ""],
        ["cid", "", "0", "30", "there is no command"],
    ]


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a,"b"\nc', "  =1", "\uff1d1", "\uff0b1", "\uff20a", "\u22121"],
    ids=ascii,
)
def test_no_formula_gets_into_a_spreadsheet(name: str) -> None:
    text = as_csv([Row(name, name, MOST)])
    [_, row] = csv.reader(text.splitlines(keepends=True))
    assert row[0] == row[-1] == escape_formulas(name)
    assert row[0][0] in "'a"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_nor_into_one_that_separates_cells_otherwise(separator: str) -> None:
    lines = as_csv([Row(f'a{separator}=1+1{separator}"', f"b{separator} \uff1d1", MOST)]).splitlines()
    cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
    unquoted = [cell for row in csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE) for cell in row]
    assert not [cell for cell in (*cells, *unquoted) if cell.strip().startswith(("=", "\uff1d"))]


def test_what_can_not_be_encoded() -> None:
    assert escape_formulas("caf\udce9") == "caf\\udce9"


def test_json() -> None:
    hostile = "</script>\u2028\udce9"
    loaded = json.loads(as_json([*ROWS, Row(hostile, hostile, MOST)]).encode())
    assert loaded["format"] == "contract/grades/v2"
    assert loaded["failures"] == {"a": 2, "b": 1}
    assert loaded["causes"] == {}
    assert loaded["submissions"][0] == {
        "submission": "ann",
        "points": 5,
        "max_points": 10,
        "why": "",
        "stages": {"1": 5},
        "failed": ["a"],
        "causes": [],
    }
    assert loaded["submissions"][-1]["submission"] == loaded["submissions"][-1]["why"] == hostile
