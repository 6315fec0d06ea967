"""How many of the mutants their rules catch, measured, and told as docs/mutants.md."""

import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from pathlib import Path

from http_contract import BY_ID, RULES
from http_contract.rules.registry import STAGES
from tests.mutants.serving import Mutant
from tests.mutants.table import MUTANTS
from tests.mutants.test_mutants import failures, outcomes_of, rules_for

DOCUMENT = Path(__file__).parents[2] / "docs" / "mutants.md"
REGENERATE = "python -m tests.mutants"
BY_NAME = {mutant.id: mutant for mutant in MUTANTS}
INTRODUCTION = """\
# Mutants

Made by `{regenerate}`, which runs them all; do not edit it.

A rule that was never seen to fail proves nothing. So each rule has a mutant: a server that is right but for one thing,
which breaks just that rule. **{rate}** of the mutants, {caught} of {all}, are caught by the rules that they break.
These are {broken} of {rules} rules. {precise} mutants fail no other rule. {inevitable} cannot but fail others, and
the table says why.
"""

Failed = Mapping[str, Collection[str]]
"""The names of mutants, and the ids of the rules that each has failed."""


def measure(told: Callable[[str], None]) -> Failed:
    """Judge all mutants, several at a time; tell of each that is done."""
    failed = {}
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), initializer=logging.disable) as pool:
        for name, found in zip(BY_NAME, pool.map(failed_by, BY_NAME), strict=True):
            failed[name] = found
            told(f"{len(failed)}/{len(BY_NAME)} {name}: {'caught' if is_caught(BY_NAME[name], failed) else 'MISSED'}")
    return failed


def failed_by(name: str) -> set[str]:
    """Return the ids of the rules that a mutant fails, in the first of its tries in which it fails any."""
    mutant = BY_NAME[name]
    attempts = (set(failures(outcomes_of(mutant, rules_for(mutant)))) for _ in range(mutant.tries))
    return next(filter(None, attempts), set())


def is_caught(mutant: Mutant, failed: Failed) -> bool:
    return set(mutant.breaks) <= set(failed[mutant.id])


def is_precise(mutant: Mutant, failed: Failed) -> bool:
    return set(mutant.breaks) == set(failed[mutant.id])


def document(mutants: Collection[Mutant], failed: Failed) -> str:
    """Return the page about these mutants."""
    return "\n".join([introduction(mutants, failed), *chapters(mutants, failed)])


def introduction(mutants: Collection[Mutant], failed: Failed) -> str:
    caught = sum(is_caught(mutant, failed) for mutant in mutants)
    return INTRODUCTION.format(
        regenerate=REGENERATE,
        rate=f"{100 * caught / len(mutants):.4g} %",
        caught=caught,
        all=len(mutants),
        broken=len({id for mutant in mutants for id in mutant.breaks}),
        rules=len(RULES),
        precise=sum(is_precise(mutant, failed) for mutant in mutants if not mutant.inevitably),
        inevitable=sum(bool(mutant.inevitably) for mutant in mutants),
    )


def chapters(mutants: Collection[Mutant], failed: Failed) -> Iterator[str]:
    for stage, those in groupby(sorted(mutants, key=stage_of), key=stage_of):
        yield f"## Stage {stage}: {STAGES[stage]}\n"
        yield "| mutant | breaks | caught | fails others, since |\n|---|---|---|---|"
        for mutant in those:
            broken = ", ".join(f"[{id}](contract.md#{id})" for id in mutant.breaks)
            caught = "yes" if is_caught(mutant, failed) else "**no**"
            yield f"| {mutant.id} | {broken} | {caught} | {mutant.inevitably} |"
        yield ""


def stage_of(mutant: Mutant) -> int:
    return BY_ID[mutant.breaks[0]].stage
