"""What is kept of a report."""

import pytest

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.grading.store import CUT, brief, shortened
from http_contract.reports.json import render
from http_contract.reports.text import format_failure
from tests.contract.reports.made import FAILED, HEARD, PUBLIC, outcome, report
from tests.contract.worded import odd


@pytest.mark.parametrize(
    ("text", "short"),
    [("", ""), ("abcd", "abcd"), ("abcde", f"ab{CUT}de"), ("abcdefghi", f"ab{CUT}hi")],
    ids=["nothing", "fits", "one-too-many", "long"],
)
def test_beginning_and_end(text: str, short: str) -> None:
    assert shortened(text, 4) == short


def test_what_is_shown_of_a_report_stays() -> None:
    many = outcome("many", 3, "failed", *(odd(f"{number}", 7, HEARD) for number in range(20)), transcripts=(HEARD,))
    crashed = diagnosed(FAILED)
    explained = diagnosed(outcome("length", 3, "failed", odd("it is odd"), odd("later", 3, HEARD)))
    made = report(many, crashed, explained, *PUBLIC.outcomes, output="left out")
    kept = brief(made)
    assert list(map(format_failure, kept.outcomes)) == list(map(format_failure, made.outcomes))
    assert (kept.scores, kept.output) == (made.scores, "")
    assert [len(each.transcripts) for each in kept.outcomes] == [0] * len(kept.outcomes)
    assert sum(failure.transcript is not None for failure in kept.outcomes[0].failures) == 3
    assert len(render(kept)) < len(render(made))
