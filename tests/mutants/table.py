"""All mutants, stage by stage."""

from importlib import import_module
from itertools import chain

from http_contract.rules import registry
from tests.mutants.serving import Mutant, asking

UNBROKEN = Mutant(id="unbroken", breaks=(), serve=asking(lambda request: request))
# Each module of rules has a module of mutants with the same name.
MODULES = [import_module(f"tests.mutants.{module.__name__.rpartition('.')[2]}") for module in registry.MODULES]
MUTANTS: tuple[Mutant, ...] = tuple(chain.from_iterable(module.MUTANTS for module in MODULES))
