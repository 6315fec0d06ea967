"""One run of the benchmark: what is measured, in which order, and what is told of it."""

import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import sched_getaffinity
from pathlib import Path

from sidebyside.bench.growth import SIZES, grow
from sidebyside.bench.machine import allow_open_files, cores, on_core, processor
from sidebyside.bench.measuring import Place, measure
from sidebyside.bench.peers import PEERS, Peer
from sidebyside.bench.results import About, Growth, Measurement, Results
from sidebyside.bench.workloads import IDLE_CONNECTIONS, WORKLOADS, Workload
from sidebyside.bench.wrk import CONNECTIONS
from sidebyside.installed import program_version

OPEN_FILES = IDLE_CONNECTIONS + 1_000
FRAMEWORK_WORKLOADS = ("same", "browser")  # the others tell of servers, not of what they run
SUITES = {
    "servers": ("servers",),
    "frameworks": ("flask", "django"),
    "routing": (),
    "all": ("servers", "flask", "django"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for; no workloads and no peers stand for all of the suite."""

    suite: str
    workloads: Sequence[str]
    peers: Sequence[str]
    rounds: int
    seconds: int

    def all_peers(self) -> list[Peer]:
        """Return the peers of the suite; those asked for bring what they are compared with."""
        wanted = {*self.peers, *(peer.baseline for peer in PEERS if peer.name in self.peers)}
        return [peer for peer in PEERS if peer.suite in SUITES[self.suite] and (not self.peers or peer.name in wanted)]

    def pairs(self) -> Iterator[tuple[Workload, list[Peer]]]:
        """Yield each workload, with the peers that are installed and measured under it."""
        present = [peer for peer in self.all_peers() if peer.version is not None]
        for workload in WORKLOADS:
            peers = [peer for peer in present if self.asks_for(workload, peer)]
            if peers:
                yield workload, peers

    def asks_for(self, workload: Workload, peer: Peer) -> bool:
        if self.workloads:
            return workload.name in self.workloads
        return peer.suite == "servers" or workload.name in FRAMEWORK_WORKLOADS

    @property
    def grows(self) -> bool:
        return self.suite in ("routing", "all")


def run(plan: Plan, tell: Callable[[str], None]) -> Results:
    """Measure all that is planned; tell is called with what comes next. Raises Unusable without our own server."""
    about = describe(plan)
    return Results(about, list(measure_all(plan, about, tell)), list(grow_all(plan, about, tell)))


def describe(plan: Plan) -> About:
    server_core, load_core = cores()
    peers = plan.all_peers()
    versions = {peer.name: peer.version for peer in peers} | {"wrk": program_version("wrk", "--version")}
    return About(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        processor=processor(),
        cores=len(sched_getaffinity(0)),
        server_core=server_core,
        load_core=load_core,
        rounds=plan.rounds,
        seconds=plan.seconds,
        connections=CONNECTIONS,
        versions={name: version for name, version in versions.items() if version},
        left_out={peer.name: peer.get for peer in peers if peer.version is None},
    )


def measure_all(plan: Plan, about: About, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Yield round by round, so that what slows the machine down for a while meets all."""
    allow_open_files(OPEN_FILES)
    pairs = list(plan.pairs())
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), about.server_core, about.load_core, about.seconds)
        for number in range(1, plan.rounds + 1):
            for workload, peers in pairs:
                yield from measure(peers, workload, number, place, tell)


def grow_all(plan: Plan, about: About, tell: Callable[[str], None]) -> Iterator[Growth]:
    if plan.grows:
        with on_core(about.server_core):
            yield from grow(SIZES, about.rounds, tell)
