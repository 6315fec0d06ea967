"""The short report: at most sixty lines, and last what to do first."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from http_contract.client.server import Crash
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.http.params import Params
from http_contract.http.transcript import Transcript
from http_contract.reports.brief import MOST_CAUSES, MOST_LINES, show_brief
from http_contract.rules.model import Failure, Outcome, Skip
from http_contract.runner.report import Report
from tests.contract.reports.made import (
    EMPTY,
    HIDDEN,
    PERFECT,
    PUBLIC,
    REPORTS,
    SECRET,
    SLOW,
    STOPPED,
    WITH_HIDDEN,
    outcome,
    report,
)
from tests.contract.worded import odd

LONG = Transcript(
    sent=(b"GET / HTTP/1.1\r\n" + b"Name: value\r\n" * 50, b"\r\n"),
    received=b"HTTP/1.1 200 OK\r\n" + b"Name: a long value, longer than a line of a terminal can be shown\r\n" * 99,
    url="http://127.0.0.1:8000",
)
TRACEBACK = "".join(f"line {number}\n" for number in range(99)) + "IndexError: list index out of range\n"
DIED = diagnosed(
    outcome(
        "died",
        2,
        "failed",
        odd("the server did something that takes many words to describe, more than one line has", 200, LONG),
        Failure("ended", Params(kind="exit", number=1)),
        crash=Crash("exit", 1, TRACEBACK),
        transcripts=(LONG,),
    ),
    "python",
)
MANY = report(
    DIED,
    *(outcome(f"rule-{n}", n % 10 + 1, "failed", odd(f"number {n} is wrong")) for n in range(300)),
    *(outcome(f"off-{n}", 9, "skipped", skip=Skip("no-route", Params(route=f"/{n}")), counts=False) for n in range(9)),
    target="python3 server.py {port}",
)


def shown(made: Report, width: int = 0, again: str = "contract check") -> str:
    """Return what a terminal of this width gets, or a pipe."""
    console = Console(file=(file := io.StringIO()), width=width or 40, force_terminal=bool(width), color_system=None)
    show_brief(made, console, again)
    return file.getvalue()


@pytest.mark.parametrize("width", [0, 80, 120])
@pytest.mark.parametrize("made", [*REPORTS.values(), MANY], ids=[*REPORTS, "many"])
def test_it_fits_on_the_screen(made: Report, width: int) -> None:
    lines = shown(made, width).split("\n")
    assert len(lines) - 1 <= MOST_LINES
    assert [
        line for line in lines if width and len(line) > width and "curl" not in line and "python3" not in line
    ] == []


def test_the_first_failure_comes_last() -> None:
    text = shown(MANY, again="contract check --port 5000")
    assert text.index("Failures by cause:") < text.index("Start here:")
    assert text.count("died (MUST)") == 1
    assert text.rstrip().split("\n")[-1].strip() == "Check again: contract check --port 5000 --rule died"


def test_it_has_its_bytes_its_cause_and_what_to_do() -> None:
    text = shown(MANY, 80).split("Start here:")[1]
    for part in ("But the server did", "more line", "Cause:", "Hint:", "In Python:", "server | IndexError", "More:"):
        assert part in text
    assert "contract explain dies-of-error" in text


def test_the_caret_is_on_the_screen() -> None:
    made = report(outcome("wide", 2, "failed", odd("no", 190, Transcript(received=b"x" * 200))))
    [caret] = [line for line in shown(made, 80).split("\n") if "^" in line]
    assert len(caret) <= 80


def test_a_server_that_the_judge_started_is_started_by_hand_first() -> None:
    failure = odd("no", 0, replace(LONG, sent=(b"GET\r\n\r\n",)))
    one = diagnosed(outcome("repeatable", 3, "failed", failure))
    assert "     Start it: python3 server.py 8000\n" in shown(report(one, target="python3 server.py {port}"))
    assert "Start it:" not in shown(report(one, target="http://127.0.0.1:8000"))


def test_causes_are_listed_as_far_as_there_is_room() -> None:
    text = shown(MANY)
    listed = text.count(" is wrong (rule-") + text.count("(dies-of-error)")
    assert 5 < listed <= MOST_CAUSES
    assert f"  and {301 - listed} more; --all shows all failures\n" in text
    assert "What the score would gain" not in shown(PERFECT)


def test_why_rules_were_skipped() -> None:
    text = shown(MANY)
    assert text.count("1 rule skipped because there is no /") == 3
    assert "More rules were skipped for other reasons; --all shows them.\n" in text
    assert "1 rule skipped because there is no /form." in shown(PUBLIC)
    assert "needing" not in shown(PUBLIC)


@pytest.mark.parametrize("made", [PERFECT, EMPTY], ids=["perfect", "empty"])
def test_without_failures_nothing_is_to_be_done(made: Report) -> None:
    text = shown(made)
    assert "Failures" not in text
    assert "Start here" not in text


def test_an_early_end_and_hidden_rules() -> None:
    assert "Judging stopped early: it used more than 2048 MiB of memory\n" in shown(STOPPED)
    assert "3 hidden rules failed.\n" in shown(WITH_HIDDEN)
    assert SECRET not in shown(WITH_HIDDEN)
    crashed = replace(DIED, crash=Crash("exit", 1, SECRET))
    assert SECRET not in shown(report(crashed, *HIDDEN, hidden=WITH_HIDDEN.hidden))


def test_which_page_was_requested_and_how_slow_the_server_is() -> None:
    text = shown(SLOW)
    assert "/ responded 404, so rules about connections requested /time.\n" in text
    assert "add --route /test=/PAGE.\n" in text
    assert "Responses took up to 1.2 seconds each; the judge waited for them.\n" in text


def with_output(text: str) -> Outcome:
    return outcome("a", 1, "failed", Failure("start-ended", Params(command="x", kind="exit", number=1, output=text)))


Made = Callable[[], Outcome]


@pytest.mark.parametrize(
    ("made", "count"),
    [(lambda: with_output("words"), 0), (lambda: outcome("a", 1, "failed", output="words\n"), 1)],
    ids=["in-the-failure", "after"],
)
def test_the_last_words_are_shown_once(made: Made, count: int) -> None:
    text = shown(report(made()))
    assert text.count("words") == 1
    assert text.count("server | words") == count


def test_points_are_an_estimate_only_where_there_are_some() -> None:
    warned = outcome("warned", 3, "failed", odd("it is odd"), level="SHOULD")
    assert "estimate" not in shown(report(warned))
    assert "estimate" in shown(report(warned, outcome("broken", 3, "failed", odd("it is wrong"))))
