"""The rules, a module or two a stage."""

from importlib import import_module

from contract.model import Rule

MODULES = (
    "listen",
    "respond",
    "route",
    "clock",
    "methods",
    "parameters",
    "representations",
    "bodies",
    "delivery",
    "persistence",
    "concurrency",
    "hosts",
    "framings",
    "chunks",
    "heads",
    "targets",
    "deadlines",
)
RULES: tuple[Rule, ...] = tuple(rule for stage in MODULES for rule in import_module(f"contract.rules.{stage}").RULES)
BY_ID = {rule.id: rule for rule in RULES}
