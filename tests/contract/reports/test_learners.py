"""What learners are told, and what no format of theirs may tell."""

from base64 import b64decode
from collections.abc import Callable

import pytest

from http_contract.http.params import Params
from http_contract.reports.files import FORMATS
from http_contract.reports.text import failures, overview, summary
from http_contract.rules.model import Outcome, Skip
from http_contract.runner.report import Report
from tests.contract.reports.made import (
    EMPTY,
    HIDDEN,
    KEPT,
    OURS,
    PASSED,
    PERFECT,
    PUBLIC,
    SECRET,
    STOPPED,
    WITH_HIDDEN,
    outcome,
    report,
)

READ: dict[str, Callable[[str], str]] = {
    "gradescope": str,
    "classroom50": str,
    "github": lambda text: b64decode(text).decode(),
}


@pytest.mark.parametrize("format", READ)
def test_nothing_of_a_hidden_rule_is_told(format: str) -> None:
    assert SECRET not in READ[format](FORMATS[format](WITH_HIDDEN))


@pytest.mark.parametrize("format", READ)
def test_how_many_hidden_rules_do_not_hold_is_told(format: str) -> None:
    assert "2 hidden rules failed." in READ[format](FORMATS[format](WITH_HIDDEN))


def hiding(*outcomes: Outcome) -> Report:
    return report(*outcomes, hidden=frozenset(each.rule.id for each in HIDDEN))


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        pytest.param(PERFECT, ["All rules passed."], id="perfect"),
        pytest.param(EMPTY, ["No rules make points here."], id="empty"),
        pytest.param(
            PUBLIC,
            [
                "1 of 3 rules passed, 1 failed, 1 skipped.",
                "1 rule skipped because broken failed.",
                "1 rule skipped because there is no /form.",
            ],
            id="public",
        ),
        pytest.param(hiding(PASSED, HIDDEN[0]), ["All public rules passed.", "1 hidden rule failed."], id="one"),
        pytest.param(hiding(PASSED, HIDDEN[1]), ["All public rules passed."], id="hidden-hold"),
        pytest.param(
            hiding(PASSED, KEPT, *HIDDEN),
            ["All public rules passed.", "2 hidden rules failed."],
            id="hidden-skipped-does-not-hold",
        ),
        pytest.param(hiding(HIDDEN[1]), ["No public rules make points here."], id="only-hidden"),
        pytest.param(
            report(*(outcome(str(number), 1, "skipped", skip=Skip("needs", Params(rule="0"))) for number in range(3))),
            ["0 of 3 rules passed, 0 failed, 3 skipped.", "3 rules skipped because 0 failed."],
            id="skipped-together",
        ),
        pytest.param(
            report(outcome("a", 1, "skipped", skip=Skip("needs", Params(rule="route-index")))),
            [
                "0 of 1 rules passed, 0 failed, 1 skipped.",
                "1 rule skipped because route-index failed (`--rule route-index` shows why).",
            ],
            id="skipped-for-another-stage",
        ),
    ],
)
def test_summary(made: Report, lines: list[str]) -> None:
    assert summary(made, made.scores[-1].stage if made.scores else 1).splitlines() == lines


def test_failures_are_public_and_warnings_come_last() -> None:
    [broken] = [each for each in OURS if each.rule.id == "broken"]
    warned = outcome("first", 3, "failed", level="SHOULD")
    made = report(warned, broken, *HIDDEN, hidden=WITH_HIDDEN.hidden)
    assert failures(made, 3) == [broken, warned]


def test_overview() -> None:
    lines = overview(STOPPED).splitlines()
    assert lines[0] == "0 of 10 points."
    assert "Judging stopped early: it used more than 2048 MiB of memory" in lines
    assert "The seed of the random data was 7." in lines
    assert "Last lines of the server's output:" in lines


def test_what_the_server_wrote_could_tell_of_hidden_rules() -> None:
    assert "Last lines of the server's output:" not in overview(WITH_HIDDEN)
