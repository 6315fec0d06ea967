"""All rules, stage by stage; the choice of some of them; and rules loaded from a teacher's file."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.rules import (
    stage01_listen,
    stage02_respond,
    stage03_route,
    stage03_time,
    stage04_methods,
    stage05_parameters,
    stage05_representations,
    stage06_bodies,
    stage06_forms,
    stage07_persistence,
    stage08_concurrency,
    stage09_chunks,
    stage09_framing,
    stage09_headers,
    stage09_hosts,
    stage09_targets,
    stage09_timeouts,
    stage10_caching,
    stage10_files,
    stage10_preconditions,
    stage10_ranges,
    stage10_security,
    stage10_traversal,
)
from http_contract.rules.model import Rule

MODULES = (
    stage01_listen,
    stage02_respond,
    stage03_route,
    stage03_time,
    stage04_methods,
    stage05_parameters,
    stage05_representations,
    stage06_forms,
    stage06_bodies,
    stage07_persistence,
    stage08_concurrency,
    stage09_hosts,
    stage09_framing,
    stage09_chunks,
    stage09_headers,
    stage09_targets,
    stage09_timeouts,
    stage10_files,
    stage10_ranges,
    stage10_traversal,
    stage10_caching,
    stage10_preconditions,
    stage10_security,
)
STAGES = {
    1: "Listen",
    2: "Respond",
    3: "Route",
    4: "Methods",
    5: "Parameters and representations",
    6: "Bodies",
    7: "Persistence",
    8: "Concurrency",
    9: "Hostile input",
    10: "Files and caching",
}
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)
BY_ID = {rule.id: rule for rule in RULES}
LAST_STAGE = max(STAGES)
NEAR = 0.4  # similarity from which an id is suggested for an unknown one


@dataclass(frozen=True)
class Choice:
    """A choice of rules: some stages, the stages up to one, or named rules; by default all.

    Slow rules are chosen only by their names, or with `slow`.
    """

    stages: Sequence[int] = ()
    until: int | None = None
    ids: Sequence[str] = ()
    slow: bool = False

    def among(self, rules: Iterable[Rule] = RULES) -> list[Rule]:
        """Return the chosen rules in their order. CannotJudge if a named rule does not exist."""
        by_id = {rule.id: rule for rule in rules}
        for id in self.ids:
            if id not in by_id:
                raise CannotJudge(unknown(id, by_id))
        return [rule for rule in by_id.values() if self._takes(rule)]

    def _takes(self, rule: Rule) -> bool:
        if self.ids:
            return rule.id in self.ids
        if rule.slow and not self.slow:
            return False
        return rule.stage <= (self.until or LAST_STAGE) and (not self.stages or rule.stage in self.stages)


def unknown(id: str, known: Iterable[str]) -> str:
    """Return a message that there is no such rule, with similar ids."""
    near = get_close_matches(id, list(known), n=3, cutoff=NEAR)
    return f"there is no rule {id!r}" + (f"; perhaps {' or '.join(near)}" if near else "; `contract rules` lists them")


def rules_from(path: Path) -> tuple[Rule, ...]:
    """Run a Python file and return its RULES. CannotJudge if it fails, has none, or has rules that do not fit."""
    rules = _run(path)
    if not (isinstance(rules, (tuple, list)) and rules and all(isinstance(rule, Rule) for rule in rules)):
        raise CannotJudge(f"{path} defines no RULES, a tuple of http_contract.Rule")
    for failure in _misfits(rules):
        raise CannotJudge(f"{path}: {failure}")
    return tuple(rules)


def _run(path: Path) -> object:
    name = f"hidden_rules_{path.stem}"
    spec = spec_from_file_location(name, path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise CannotJudge(f"{path} is not a Python file")
    module = sys.modules[name] = module_from_spec(spec)  # dataclasses look up their module there
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no copy of hidden rules in __pycache__
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise CannotJudge(f"{path}: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = writes
    return getattr(module, "RULES", None)


def _misfits(rules: Sequence[Rule]) -> Iterator[str]:
    known = {*BY_ID, *(rule.id for rule in rules)}
    for rule in rules:
        if rule.id in BY_ID:
            yield f"{rule.id} is a rule of the contract already"
        if rule.stage not in STAGES:
            yield f"{rule.id}: there is no stage {rule.stage}"
        if not (rule.exchanges or rule.check):
            yield f"{rule.id} has neither exchanges nor a check"
        yield from (f"{rule.id} needs {id}, which does not exist" for id in rule.needs if id not in known)
    yield from (
        f"several rules have the id {id}" for id, times in Counter(rule.id for rule in rules).items() if times > 1
    )
