"""A learner's server, judged: started by its file, with an eye on how it ends."""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from http_contract import RULES, Outcome, Rule
from http_contract.runner.scheduler import Scheduler
from http_contract.sandbox.launcher import LocalTarget

HERE = Path(__file__).parent
TIMEOUT = 0.8  # seconds that the judge waits for what a naive server never says
# Rules that take long, and find nothing in these servers that others do not.
SLOW = {"respond-byte-by-byte", "time-moves", "persistence-thousand", "concurrency-hundred"}
STAGES = (1, 2, 3, 4, 7, 8, 9)


def outcomes(name: str, only: Iterable[str]) -> tuple[Outcome, ...]:
    """Return what comes of the rules of the stages that the core can keep, or of those named alone."""
    chosen = set(only)
    rules = [rule for rule in RULES if fits(rule, chosen)]
    with LocalTarget(shlex.join([sys.executable, str(HERE / f"{name}.py")]) + " {port}") as launched:
        return Scheduler(launched, rules, RULES, lambda outcome: None, TIMEOUT).outcomes()


def fits(rule: Rule, chosen: set[str]) -> bool:
    if chosen:
        return rule.id in chosen
    return rule.stage in STAGES and rule.id not in SLOW and not rule.id.startswith("timeouts-")
