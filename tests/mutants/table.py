"""All mutants, stage by stage."""

from itertools import chain

from tests.mutants import (
    bodies,
    caching,
    chunks,
    clock,
    concurrency,
    deadlines,
    delivery,
    files,
    framings,
    heads,
    hosts,
    listen,
    methods,
    parameters,
    persistence,
    preconditions,
    ranges,
    representations,
    respond,
    route,
    security,
    targets,
    traversal,
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
    concurrency,
    hosts,
    framings,
    chunks,
    heads,
    targets,
    deadlines,
    files,
    ranges,
    traversal,
    caching,
    preconditions,
    security,
)
MUTANTS: tuple[Mutant, ...] = tuple(chain.from_iterable(module.MUTANTS for module in MODULES))

# Rules that take about a second even on a correct server: only servers with that mistake are judged by them.
SLOW = {
    "respond-byte-by-byte",
    "route-time-moves",
    "listen-restarts",
    "persistence-thousand",
    "concurrency-slow-reader",
    "concurrency-hundred",
    "deadlines-head",
    "deadlines-head-drip",
    "deadlines-body",
    "deadlines-body-drip",
}
