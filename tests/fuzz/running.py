"""Many cases one after another: judged, counted, and the first failure told so that it can be run again."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fuzz.judging import judge, judge_with_h11
from tests.fuzz.streams import Case, make_case

SAMPLE = 20  # one case in so many is read by h11, too


@dataclass(slots=True)
class Report:
    """What came of some cases: how many, which statuses were answered, and the first failure."""

    count: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failure: str = ""

    def add(self, other: "Report") -> None:
        self.count += other.count
        self.statuses.update(other.statuses)
        self.failure = self.failure or other.failure


def run(seed: int, numbers: Iterable[int]) -> Report:
    """Judge the cases of a seed that have these numbers, until one fails."""
    report = Report()
    with broken_views_unlogged():
        for number in numbers:
            case = make_case(seed, number)
            report.count += 1
            try:
                run_case(case, number, report)
            except Exception as error:
                report.failure = describe(seed, number, case, error)
                break
    return report


def run_case(case: Case, number: int, report: Report) -> None:
    transcript = judge(case)
    if number % SAMPLE == 0:
        judge_with_h11(transcript)
    report.statuses.update(int(status) for _, status in transcript.answered)


@contextmanager
def broken_views_unlogged() -> Iterator[None]:
    """Leave out the tracebacks of views that raise, which they often do here."""
    errors = logging.getLogger("raw_router")
    before, errors.disabled = errors.disabled, True
    try:
        yield
    finally:
        errors.disabled = before


def describe(seed: int, number: int, case: Case, error: Exception) -> str:
    """Say what failed, on which bytes, and how to see it again."""
    again = f"make fuzz ARGS='--seed {seed} --first {number} --count 1'"
    return f"{type(error).__name__}: {error}\n{case}\nagain: {again}"
