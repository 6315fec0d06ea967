"""What a terminal, or a pipe, shows of a report."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.http.params import Params
from http_contract.http.transcript import Transcript
from http_contract.reports.terminal import (
    OUTPUT_LINES,
    heading,
    indented,
    last_lines,
    progress,
    report_lines,
    show_exchanges,
    show_full,
    total,
    wrapped,
)
from http_contract.reports.text import WIDTH
from http_contract.rules.model import Skip
from http_contract.runner.report import Report, Score
from tests.contract.reports.made import (
    EMPTY,
    FAILED,
    HIDDEN,
    KEPT,
    OURS,
    PASSED,
    PERFECT,
    PUBLIC,
    REPORTS,
    SECRET,
    SKIPPED,
    STOPPED,
    WARNED,
    WITH_HIDDEN,
    outcome,
    report,
)
from tests.contract.worded import odd

SENT = Transcript(sent=(b"GET\r\n\r\n",), url="http://127.0.0.1:8000")
REPEATABLE = diagnosed(outcome("repeatable", 3, "failed", odd("no", 0, SENT)))

Show = Callable[[Report, Console], None]
both = pytest.mark.parametrize("face", [show_full, show_exchanges])


def shown(report: Report, face: Show = show_full) -> str:
    """Return what a narrow pipe gets."""
    face(report, Console(file=(file := io.StringIO()), width=40))
    return file.getvalue()


def said(report: Report) -> list[str]:
    return [line.plain for line in report_lines(report)]


@pytest.mark.parametrize(
    ("score", "line"),
    [
        (Score(1, 5, 5), " 1 Listen                          10/10 ██████████      5      0       0      0"),
        (Score(5, 1, 4, 10, 1), " 5 Parameters and representations   2/10 ██░░░░░░░░      1      1       2      0"),
        (Score(2, 0, 3, 20, 3, 9), " 2 Respond                          0/20 ░░░░░░░░░░      0      3       0      9"),
        (Score(10, 0, 0, 0), "10 Files and caching                0/0  ░░░░░░░░░░      0      0       0      0"),
    ],
    ids=["full", "in-part", "none", "nothing-counts"],
)
def test_a_stage_has_points_and_a_bar(score: Score, line: str) -> None:
    assert heading(score).plain == line


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (PERFECT, "20 of 20 points: all MUST rules passed; 0 SHOULD rules failed (seed 7, 2.5 s)"),
        (
            PUBLIC,
            "13 of 20 points: 2 MUST rules passed, 1 failed, 1 skipped; 1 SHOULD rule failed (seed 7, 2.5 s)",
        ),
        (EMPTY, "0 of 0 points: all MUST rules passed; 0 SHOULD rules failed (seed 7, 2.5 s)"),
        (
            report(replace(SKIPPED, skip=Skip("limit", Params(limit="tasks", value=9)))),
            "0 of 10 points: 0 MUST rules passed, 0 failed, 1 skipped; 0 SHOULD rules failed (seed 7, 2.5 s)",
        ),
    ],
    ids=["perfect", "public", "empty", "nothing-failed"],
)
def test_the_whole_is_one_line_with_its_seed(made: Report, line: str) -> None:
    assert [text.plain for text in total(made)] == [line]
    assert "".join(text.plain for text in total(made, 40)).replace("  ", " ") == line


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("  one two three", ["  one two", "    three"]),
        ("  averyverylongword two", ["  averyverylongword", "    two"]),
        ("one\ntwo three-four", ["one", "two", "  three-four"]),
    ],
)
def test_words_are_wrapped(text: str, lines: list[str]) -> None:
    assert wrapped(text, 12) == lines
    assert wrapped(text, 0) == text.split("\n")


def test_a_stage_its_failures_and_what_was_not_judged() -> None:
    told = said(PUBLIC)
    firsts = [line for line in told if re.match(r" ?\d| {3}\S", line)]
    assert [re.split("  |(?<=Route)", line.strip())[0] for line in firsts] == [
        "1 Listen",
        "3 Route",
        "broken (MUST): It is broken.",
        "wished (SHOULD): It is wished.",
        "1 rule skipped because broken failed.",
        "1 rule skipped because there is no /form.",
        "13 of 20 points: 2 MUST rules passed, 1 failed, 1 skipped; 1 SHOULD rule failed (seed 7, 2.5 s)",
    ]


def test_every_exchange_is_shown_where_that_is_wanted() -> None:
    text = shown(report(PASSED, KEPT, FAILED, SKIPPED), show_exchanges)
    assert [line for line in text.splitlines() if re.match("[a-z-]+: ", line)] == [
        *("kept: passed", "also-kept: passed", "broken: failed", "needing: skipped")
    ]
    assert r"         POST /a?x=1&y=&x=%20 HTTP/1.1\r\n" in text.split("also-kept:")[0]
    assert "received nothing in time" in text.split("also-kept:")[1].split("broken:")[0]
    assert text.endswith(shown(report(PASSED, KEPT, FAILED, SKIPPED)))


@both
def test_of_hidden_rules_no_more_than_how_many(face: Show) -> None:
    text = shown(WITH_HIDDEN, face)
    assert SECRET not in text
    assert text.count("   1 hidden rule failed.\n") == 1
    assert text.count("   2 hidden rules failed.\n") == 1


def test_hidden_rules_that_hold_are_not_spoken_of() -> None:
    made = report(*OURS, HIDDEN[1], hidden=frozenset({HIDDEN[1].rule.id}))
    assert "hidden" not in shown(made)


@both
@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_nothing_is_broken_or_padded_or_obeyed(made: Report, face: Show) -> None:
    text = shown(made, face)
    assert text.rstrip("\n").splitlines() == [line.rstrip() for line in text.rstrip("\n").split("\n")]
    assert all(character.isprintable() for character in text.replace("\n", "").replace("\ud800", ""))
    assert next(line.plain for line in total(made)) in text.split("\n")


def test_what_the_server_wrote_last() -> None:
    written = "".join(f"{number}\t\n" for number in range(100)) + "\r\n\x1b[2J\u2028end\r\n"
    told = said(replace(PUBLIC, output=written))
    at = told.index("Last lines of the server's output:")
    assert told[at + 1 : -1] == [
        *(f"server | {number}" for number in range(100 - OUTPUT_LINES + 2, 100)),
        "server |",
        "server | \\x1b[2J\u2028end",
    ]


@pytest.mark.parametrize("made", [PERFECT, EMPTY, WITH_HIDDEN], ids=["perfect", "empty", "hidden"])
def test_when_the_server_is_not_quoted(made: Report) -> None:
    assert "server's output" not in shown(made)


@pytest.mark.parametrize(
    ("made", "said_so"),
    [
        (report(REPEATABLE, target="python3 server.py {port}"), True),
        (report(REPEATABLE, target="http://127.0.0.1:8000"), False),
        (report(replace(FAILED, failures=()), target="python3 server.py {port}"), False),
        (report(PASSED, target="python3 server.py {port}"), False),
    ],
    ids=["command", "url", "nothing to repeat", "nothing failed"],
)
def test_a_server_that_the_judge_has_ended_is_to_be_started_before_a_line_is_tried(made: Report, said_so: bool) -> None:
    line = "To reproduce a failure, first start the server on the port in its line, for example: python3 server.py 8000"
    assert (line in said(made)) is said_so


def test_a_server_that_is_told_its_port_by_its_environment_is_started_so() -> None:
    line = (
        "To reproduce a failure, first start the server on the port in its line, for example: PORT=8000 node server.js"
    )
    assert line in said(report(REPEATABLE, target="node server.js"))


def test_a_long_line_of_the_server_is_cut() -> None:
    assert last_lines("a" * 1000) == ["a" * WIDTH + "..."]


def test_an_early_end_is_told_last_but_one() -> None:
    assert said(STOPPED)[-2] == "Judging stopped early: it used more than 2048 MiB of memory"


def test_a_complaint_of_many_lines_stays_below_its_stage() -> None:
    failure = odd("it did not start\nTraceback: \x1b[1m\n\n  File")
    told = shown(report(outcome("a", 1, "failed", failure))).splitlines()
    assert told[3:7] == ["     But it did not start", "   Traceback: \\x1b[1m", "", "     File"]
    assert indented("") == ""


@pytest.mark.parametrize(
    ("terminal", "volume", "seen"),
    [(True, None, True), (True, "verbose", True), (True, "quiet", False), (False, None, False)],
    ids=["terminal", "verbose", "quiet", "pipe"],
)
def test_progress_is_shown_on_a_terminal(
    terminal: bool, volume: str | None, seen: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1" if terminal else "")
    with progress(2, volume) as told:
        told(PASSED)
        told(WARNED)
    out, err = capsys.readouterr()
    assert out == ""
    assert bool(re.search(r"stage  3.*2/2", err)) == seen
    assert seen or err == ""
