"""What each learner gets back: points by stage, and what does not hold; of hidden rules only how many do not."""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from contract.display import before_again
from contract.grading.jobs import Result
from contract.output import harmless
from contract.reports import write_whole
from contract.reports.learners import broken_rules, not_judged
from contract.rules import STAGES
from contract.telling import AGAIN

NAME = "feedback.txt"


def write_feedback(folder: Path, results: Iterable[Result], most: int) -> None:
    """Write the feedback of each submission into a folder of its name; results are looked at one after the other.

    That of others, from an earlier time, is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for result in results:
        own = folder / result.name
        own.mkdir(exist_ok=True)
        write_whole(own / NAME, feedback(result, most).encode("utf-8", "replace"))
        written.add(result.name)
    for name in set(os.listdir(folder)) - written:
        remove_feedback(folder / name)


def remove_feedback(folder: Path) -> None:
    """Remove a folder that holds feedback, and nothing else."""
    if folder.is_dir() and not folder.is_symlink() and os.listdir(folder) == [NAME]:
        (folder / NAME).unlink()
        folder.rmdir()


def feedback(result: Result, most: int) -> str:
    """Return what a learner is told; without a report, why none of the most points were made."""
    return harmless("\n".join(_lines(result, most)) + "\n")


def _lines(result: Result, most: int) -> Iterator[str]:
    report = result.report
    if report is None:
        yield from (f"0 of {most} points", "", f"This could not be judged: {result.why}")
        return
    yield f"{report['points']} of {report['most']} points"
    if report["stopped"]:
        yield f"Judging ended early: {report['stopped']}"
    asked = {rule["id"] for rule in report["rules"]}
    for stage in report["stages"]:
        number = stage["stage"]
        yield from ("", "", f"Stage {number}, {STAGES[number]}: {stage['points']} of {stage['worth']} points")
        yield from _of_stage([rule for rule in report["rules"] if rule["stage"] == number], asked)
    if any(f"\n{AGAIN}" in rule["told"] for rule in report["rules"] if not rule["hidden"]):
        yield from ("", "", before_again(report["target"]))


def _of_stage(rules: Iterable[dict[str, Any]], asked: Collection[str]) -> Iterator[str]:
    public = [rule for rule in rules if not rule["hidden"]]
    hidden = [rule for rule in rules if rule["hidden"]]
    for rule in public:
        if rule["told"]:
            yield from ("", rule["told"])
    if broken := sum(map(_is_broken, hidden)):
        yield from ("", f"{broken_rules(broken, 'hidden')}.")
    for line in not_judged((rule["reason"] for rule in public if rule["verdict"] == "skipped"), asked):
        yield from ("", line)


def _is_broken(rule: dict[str, Any]) -> bool:
    return bool(rule["counts"] and rule["level"] == "MUST" and rule["verdict"] != "passed")
