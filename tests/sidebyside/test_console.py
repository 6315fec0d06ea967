"""What commands print: long lines are folded where a reader expects it, and no character takes over the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from http_contract.rules.registry import BY_ID
from sidebyside.compare.diff import compare_replies
from sidebyside.compare.request import Message
from sidebyside.compare.text import render
from sidebyside.console import print_lines
from sidebyside.launch.foreground import print_log
from sidebyside.launch.services import ServerSpec
from sidebyside.matrix.attribution import Matrix
from sidebyside.matrix.run import PairReport, all_pairs
from sidebyside.matrix.terminal import lines as matrix_lines
from sidebyside.route_tables.diff import differences
from sidebyside.route_tables.load import TABLES, Function, Route
from sidebyside.route_tables.render import lines as route_lines
from tests.sidebyside.replies import replies, response

WIDTHS = (80, 200)
BIDI = "a\u202eb\x1b[2Jc\u2066"
ESCAPED = "a\\u202eb\\x1b[2Jc\\u2066"


def terminal(width: int) -> Console:
    return Console(file=StringIO(), force_terminal=True, color_system=None, width=width, highlight=False)


def printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def shown(lines: Iterable[Text | Table], width: int = 80) -> list[str]:
    """Return the lines that a terminal of this width shows."""
    console = terminal(width)
    print_lines(console, lines)
    return printed(console).splitlines()


def routes() -> list[Text]:
    """The three tables, of which Flask's has an odd path, and one name for many functions."""
    tables = {name: table() for name, table in TABLES.items()}
    odd = Route(f"/{BIDI}", f"/{BIDI}", ("GET",) * 9, BIDI, (Function(BIDI, f"{'long/' * 20}views.py", 1),))
    tables["flask"] = (*tables["flask"], odd)
    return list(route_lines(tables, {"none": f"has no table: {BIDI}"}, differences(tables), {}))


def matrix() -> list[Text]:
    """All rules fail on gunicorn, and one is skipped for an odd reason."""
    failures = dict.fromkeys(BY_ID, "the status is 500")
    points = dict.fromkeys(range(1, 11), 10)
    reports = [
        PairReport(
            pair, points, dict.fromkeys(BY_ID, "failed" if pair.server == "gunicorn" else "passed"), failures, {}
        )
        for pair in all_pairs()
    ]
    odd = next(iter(BY_ID))
    reports[0] = replace(reports[0], verdicts={**reports[0].verdicts, odd: "skipped"}, skips={odd: BIDI})
    return list(matrix_lines(Matrix(reports, missing={"granian": BIDI})))


def comparison() -> list[Text | Table]:
    received = [
        response(f"A: {BIDI.encode().decode('latin-1')}", "Content-Type: text/plain", body=text) for text in (BIDI, "b")
    ]
    found = compare_replies(Message((b"GET / HTTP/1.1\r\n\r\n",)), replies(*received))
    return list(render([found], terminal(80)))  # type: ignore[arg-type]


TEXTS = {"routes": routes, "matrix": matrix}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TEXTS)
def test_lines_fit_the_terminal_and_nothing_is_lost(name: str, width: int) -> None:
    made: Sequence[Text] = TEXTS[name]()
    lines = shown(made, width)
    assert all(cell_len(line) <= width for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []
    words = " ".join(line.plain for line in made).replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")
    assert "".join(lines).replace(" ", "") == "".join(words.replace("\x1b", "\\x1b").split())


@pytest.mark.parametrize("make", [routes, matrix, comparison], ids=["routes", "matrix", "comparison"])
def test_no_character_takes_over_the_terminal(make: object) -> None:
    text = "\n".join(shown(make()))  # type: ignore[operator]
    assert not {"\u202e", "\u2066", "\x1b"} & set(text)
    assert ESCAPED in text.replace("\n", "").replace("    ", "")


def test_columns_are_aligned_for_wide_and_odd_characters() -> None:
    tables = {"raw": (Route("/\u4e16", "/\u4e16", ("GET",), "n", ()), Route(f"/{BIDI}", f"/{BIDI}", ("GET",), "n", ()))}
    headings = [line.plain for line in route_lines(tables, {}, (), {}) if line.plain.startswith("/")]
    assert len({cell_len(line[: line.rindex("GET")]) for line in headings}) == 1


def test_what_is_folded_is_indented_and_keeps_its_style() -> None:
    line = Text("  MUST  " + ", ".join(["rule"] * 30), "bold")
    assert [len(each) - len(each.lstrip()) for each in shown([line])] == [2, 6, 6]
    assert shown([Text("short")]) == ["short"]


def test_an_access_line_cannot_reverse_the_order_of_characters() -> None:
    console = terminal(80)
    print_log(ServerSpec("test", "red", "", "raw_router", 1, ()), ["GET /\u202e\x1b[31mred"], console)
    assert printed(console) == "test   GET /\\u202ered\n"
