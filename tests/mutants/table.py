"""All mutants, stage by stage."""

from itertools import chain

from tests.mutants import (
    bodies,
    clock,
    delivery,
    listen,
    methods,
    parameters,
    persistence,
    representations,
    respond,
    route,
)
from tests.mutants.serving import Mutant, asking

UNBROKEN = Mutant(id="unbroken", breaks=(), serve=asking(lambda request: request))
MODULES = (
    listen,
    respond,
    route,
    clock,
    methods,
    parameters,
    representations,
    bodies,
    delivery,
    persistence,
)
MUTANTS: tuple[Mutant, ...] = tuple(chain.from_iterable(module.MUTANTS for module in MODULES))
