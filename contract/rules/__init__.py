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
    "files",
    "ranges",
    "traversal",
    "caching",
    "preconditions",
    "security",
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
RULES: tuple[Rule, ...] = tuple(rule for stage in MODULES for rule in import_module(f"contract.rules.{stage}").RULES)
BY_ID = {rule.id: rule for rule in RULES}
