"""Run the mutants against their rules, and write and read docs/mutants.md, the table of the results."""

import logging
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeAlias

from http_contract import BY_ID, RULES, Outcome, ResultCache, Rule, run
from http_contract.rules.registry import STAGES
from http_contract.runner.scheduler import Scheduler
from http_contract.runner.target import RemoteTarget
from tests.mutants.serving import TIMEOUT, Mutant, running
from tests.mutants.table import MUTANTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "mutants.md"
REGENERATE = "python -m tests.mutants"
BY_NAME = {mutant.id: mutant for mutant in MUTANTS}
# Rules that take a second or more on a good server too: only the mutants that break them run under them.
SLOW = {rule.id for rule in RULES if rule.slow} | {
    "respond-byte-by-byte",
    "time-moves",
    "listen-restarts",
    "persistence-thousand",
    "concurrency-slow-reader",
    "concurrency-hundred",
}
INTRODUCTION = """\
# Mutants

Made by `{regenerate}`, which runs all mutants; do not edit it.

A rule that never fails proves nothing. Therefore each rule has a mutant: a server that is broken in exactly one way, so
that it fails this rule. **{rate}** of the mutants, {caught} of {all}, fail the rules that they break. Together they
break {broken} of {rules} rules. {precise} mutants fail no other rule. The others are explained in the last column.
"""
ROW = re.compile(r"(?m)^\| ([\w.-]+) \| (\[.*\)) \| (yes|\*\*no\*\*) \| (\d*) \| (.*) \|$")


class Measured(NamedTuple):
    """The result of one mutant: whether it fails the rules that it breaks, and how many other rules it fails."""

    caught: bool
    others: int


Results: TypeAlias = Mapping[str, Measured]
"""The results of mutants, by their ids."""


def rules_for(mutant: Mutant) -> list[Rule]:
    return [rule for rule in RULES if rule.stage <= mutant.until and rule.id not in SLOW - set(mutant.breaks)]


def outcomes_of(mutant: Mutant, rules: Sequence[Rule]) -> Sequence[Outcome]:
    if mutant.mortal:
        return _outcomes_one_server_each(mutant, rules)
    with running(mutant) as server:
        return Scheduler(RemoteTarget(server), rules, RULES, lambda outcome: None, TIMEOUT).outcomes()


def _outcomes_one_server_each(mutant: Mutant, rules: Sequence[Rule]) -> list[Outcome]:
    with ExitStack() as stack:
        cache = ResultCache(lambda rule: run(rule, stack.enter_context(running(mutant))), RULES)
        return [cache.outcome(rule) for rule in rules]


def failed_rules(mutant: Mutant, rules: Sequence[Rule]) -> set[str]:
    """Return the ids of the rules that a mutant fails, in the first of its tries in which it fails any."""
    for _ in range(mutant.tries):
        if failed := {each.rule.id for each in outcomes_of(mutant, rules) if each.verdict == "failed"}:
            return failed
    return set()


def measured(name: str) -> Measured:
    """Run a mutant under all rules up to its last stage."""
    mutant = BY_NAME[name]
    failed = failed_rules(mutant, rules_for(mutant))
    return Measured(set(mutant.breaks) <= failed, len(failed - set(mutant.breaks)))


def measure(report: Callable[[str], None]) -> Results:
    """Run all mutants, several at a time, and report each that is done."""
    results = {}
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), initializer=logging.disable) as pool:
        for name, result in zip(BY_NAME, pool.map(measured, BY_NAME), strict=True):
            results[name] = result
            report(f"{len(results)}/{len(BY_NAME)} {name}: {'caught' if result.caught else 'MISSED'}")
    return results


def document(mutants: Collection[Mutant], results: Results) -> str:
    """Return the table of these mutants as Markdown."""
    return "\n".join([introduction(mutants, results), *chapters(mutants, results)])


def documented(text: str) -> Results:
    """Return the results in a table that document() made."""
    return {row[1]: Measured(row[3] == "yes", int(row[4] or 0)) for row in ROW.finditer(text)}


def introduction(mutants: Collection[Mutant], results: Results) -> str:
    caught = sum(results[mutant.id].caught for mutant in mutants)
    return INTRODUCTION.format(
        regenerate=REGENERATE,
        rate=f"{100 * caught / len(mutants):.4g} %",
        caught=caught,
        all=len(mutants),
        broken=len({id for mutant in mutants for id in mutant.breaks}),
        rules=len(RULES),
        precise=sum(results[mutant.id] == (True, 0) for mutant in mutants),
    )


def chapters(mutants: Collection[Mutant], results: Results) -> Iterator[str]:
    for stage, those in groupby(sorted(mutants, key=stage_of), key=stage_of):
        yield f"## Stage {stage}: {STAGES[stage]}\n"
        yield "| mutant | breaks | fails | other rules failed | because |\n|---|---|---|--:|---|"
        for mutant in those:
            broken = ", ".join(f"[{id}](contract.md#{id})" for id in mutant.breaks)
            caught, others = results[mutant.id]
            fails = "yes" if caught else "**no**"
            yield f"| {mutant.id} | {broken} | {fails} | {others or ''} | {mutant.inevitably} |"
        yield ""


def stage_of(mutant: Mutant) -> int:
    return BY_ID[mutant.breaks[0]].stage
