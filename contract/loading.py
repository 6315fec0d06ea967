"""A teacher's own rules, from a file of theirs."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from contract.errors import CannotJudge
from contract.model import Rule
from contract.rules import BY_ID, STAGES


def rules_from(path: Path) -> tuple[Rule, ...]:
    """Return the RULES of a Python file, which is run for that. CannotJudge where it has none, fails, or misfits."""
    rules = _run(path)
    if not (isinstance(rules, (tuple, list)) and rules and all(isinstance(rule, Rule) for rule in rules)):
        raise CannotJudge(f"{path} defines no RULES, a tuple of contract.Rule")
    for complaint in _misfits(rules):
        raise CannotJudge(f"{path}: {complaint}")
    return tuple(rules)


def _run(path: Path) -> object:
    name = f"hidden_rules_{path.stem}"
    spec = spec_from_file_location(name, path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise CannotJudge(f"{path} is no file of Python code")
    module = sys.modules[name] = module_from_spec(spec)  # there, since dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CannotJudge(f"{path}: {type(error).__name__}: {error}") from error
    return getattr(module, "RULES", None)


def _misfits(rules: Sequence[Rule]) -> Iterator[str]:
    known = {*BY_ID, *(rule.id for rule in rules)}
    for rule in rules:
        if rule.id in BY_ID:
            yield f"{rule.id} is a rule of the contract already"
        if rule.stage not in STAGES:
            yield f"{rule.id}: there is no stage {rule.stage}"
        if not (rule.exchanges or rule.check):
            yield f"{rule.id} judges nothing: it has neither exchanges nor a check"
        yield from (f"{rule.id} needs {id}, which is not there" for id in rule.needs if id not in known)
    yield from (f"there are several {id}" for id, times in Counter(rule.id for rule in rules).items() if times > 1)
