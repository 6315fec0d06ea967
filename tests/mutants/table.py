"""All mutants, stage by stage."""

from itertools import chain

from tests.mutants import (
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
from tests.mutants.serving import Mutant, asking

UNBROKEN = Mutant(id="unbroken", breaks=(), serve=asking(lambda request: request))
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
MUTANTS: tuple[Mutant, ...] = tuple(chain.from_iterable(module.MUTANTS for module in MODULES))
