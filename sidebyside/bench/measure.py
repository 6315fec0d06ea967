"""One run of the benchmark: each peer under each workload in each round, on a server started for it alone."""

import os
import platform
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from http_contract.sandbox.ports import free_port
from sidebyside.bench import guest_routers, routing
from sidebyside.bench.clients import Unusable, ask, check, check_open, idle_connections, repeating, responses
from sidebyside.bench.load import load
from sidebyside.bench.machine import (
    TICKS,
    allow_open_files,
    cores,
    cpu_seconds,
    on_core,
    peak_memory,
    processor,
    resident_memory,
    used_memory,
)
from sidebyside.bench.peers import PEERS, Peer
from sidebyside.bench.results import About, Growth, Measurement, Results
from sidebyside.bench.servers.constant import VARIABLE
from sidebyside.bench.workloads import CONNECTIONS, FRAMEWORKS, GUESTS, IDLE_CONNECTIONS, WORKLOADS, Workload
from sidebyside.launch.launcher import ServerFailed, check_runs, launch, wait_until_all_listen, watch
from sidebyside.launch.process import ServerProcess
from sidebyside.launch.requirements import program_version

OPEN_FILES = IDLE_CONNECTIONS + 1_000
MADE_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n"
SUITES = {
    "servers": ("servers",),
    "frameworks": FRAMEWORKS,
    "wsgi": ("wsgi",),
    "asgi": ("asgi",),
    GUESTS: (GUESTS,),
    "routing": (),
    "all": ("servers", *FRAMEWORKS, "wsgi", "asgi"),
}

ShowProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure; without workloads and peers, the whole suite."""

    suite: str
    workloads: Sequence[str]
    peers: Sequence[str]
    rounds: int
    seconds: int
    by_cpu: bool = False  # count responses per second of the server's CPU time

    def all_peers(self) -> list[Peer]:
        """Return the peers of the suite; each chosen one comes with its baseline."""
        names = {*self.peers, *(peer.baseline for peer in PEERS if peer.name in self.peers)}
        return [peer for peer in PEERS if peer.suite in SUITES[self.suite] and (not self.peers or peer.name in names)]

    def pairs(self) -> Iterator[tuple[Workload, list[Peer]]]:
        """Yield each workload with the installed peers that are measured under it."""
        present = [peer for peer in self.all_peers() if peer.version is not None]
        for workload in WORKLOADS:
            peers = [peer for peer in present if self.includes(workload, peer)]
            if peers:
                yield workload, peers

    def includes(self, workload: Workload, peer: Peer) -> bool:
        return peer.suite in workload.suites and (not self.workloads or workload.name in self.workloads)

    @property
    def includes_routing(self) -> bool:
        whole_suite = not self.workloads and not self.peers
        return self.suite in ("routing", "all") or (self.suite == GUESTS and whole_suite)

    @property
    def routers(self) -> Mapping[str, routing.Maker]:
        """The routers of the three; with the suite of guests, also those of their frameworks."""
        return {**routing.ROUTERS, **(guest_routers.installed() if self.suite == GUESTS else {})}


def run(plan: Plan, show_progress: ShowProgress) -> Results:
    """Measure everything that is planned. Raises Unusable if raw_router itself cannot be measured."""
    about = describe(plan)
    measurements = list(measure_all(plan, about, show_progress))
    return Results(about, measurements, list(measure_routing(plan, about, show_progress)))


def describe(plan: Plan) -> About:
    server_core, load_core = cores()
    peers = plan.all_peers()
    versions = {peer.name: peer.version for peer in peers} | {"wrk": program_version("wrk", "--version")}
    return About(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        processor=processor(),
        cores=len(os.sched_getaffinity(0)),
        server_core=server_core,
        load_core=load_core,
        rounds=plan.rounds,
        seconds=plan.seconds,
        connections=CONNECTIONS,
        by_cpu=plan.by_cpu,
        versions={name: version for name, version in versions.items() if version},
        left_out={peer.name: peer.install for peer in peers if peer.version is None},
    )


def measure_routing(plan: Plan, about: About, show_progress: ShowProgress) -> Iterator[Growth]:
    if plan.includes_routing:
        with on_core(about.server_core):
            yield from routing.measure(plan.routers, routing.SIZES, about.rounds, show_progress)


def measure_all(plan: Plan, about: About, show_progress: ShowProgress) -> Iterator[Measurement]:
    """Yield the measurements round by round, so that a slow minute of the machine affects all peers."""
    allow_open_files(OPEN_FILES)
    pairs = list(plan.pairs())
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), about.server_core, about.load_core, about.seconds, about.by_cpu)
        for number in range(1, plan.rounds + 1):
            for workload, peers in pairs:
                yield from measure_round(peers, workload, number, place, show_progress)


@dataclass(frozen=True, slots=True)
class Place:
    """The cores to measure on, the folder for files, and the seconds of each measurement."""

    folder: Path
    server_core: int
    load_core: int
    seconds: int
    by_cpu: bool = False

    @property
    def response(self) -> Path:
        """The file that contains the response that all peers send."""
        return self.folder / "response"


def measure_round(
    peers: Sequence[Peer], workload: Workload, number: int, place: Place, show_progress: ShowProgress
) -> Iterator[Measurement]:
    """Yield one round of one workload; the order of the peers differs from round to round."""
    os.environ[VARIABLE] = str(place.response)
    with on_core(place.load_core):
        place.response.write_bytes(expected_response(workload, place))
        for peer in random.Random(f"{number} {workload.name}").sample(peers, len(peers)):
            show_progress(f"round {number}: {workload.name} on {peer.name}")
            yield attempt(number, workload, peer, place)


def expected_response(workload: Workload, place: Place) -> bytes:
    """Return the response that all peers must send."""
    size = workload.response
    return MADE_HEAD.format(size).encode() + b"x" * size if size else real_response(workload, place)


def real_response(workload: Workload, place: Place) -> bytes:
    """Return the response of the real service. Raises Unusable if there is none."""
    with started(PEERS[0], workload, place) as process:
        return ask(process.spec.port, workload.request(process.spec.port))


def attempt(number: int, workload: Workload, peer: Peer, place: Place) -> Measurement:
    """Return the measurement of a peer, or the reason why there is none."""
    try:
        with started(peer, workload, place) as process:
            return measure(number, workload, process, place)
    except Unusable as unusable:
        return Measurement(number, workload.name, peer.name, fault=str(unusable))


@contextmanager
def started(peer: Peer, workload: Workload, place: Place) -> Iterator[ServerProcess]:
    """Run a server on its core until the block ends. Raises Unusable if it fails."""
    spec = peer.spec(free_port(), place.response, workload.pipelined)
    try:
        with ExitStack() as stack:
            with on_core(place.server_core):
                [process] = stack.enter_context(launch([spec]))
            wait_until_all_listen([process], watch([process]))
            yield process
    except ServerFailed as failed:
        raise Unusable(": ".join([failed.problem, *failed.last_lines[-1:]])) from failed


def measure(number: int, workload: Workload, process: ServerProcess, place: Place) -> Measurement:
    """Measure a server that listens. Raises Unusable if it does not send the expected responses."""
    port = process.spec.port
    before = used_memory(process.group)
    try:
        warm_up(port, workload, place.response.read_bytes())
        with idle_memory(process, workload) as memory, repeating(port, workload.sleepers, workload.sleep_request(port)):
            used = cpu_seconds(process.group)
            report = load(port, workload, place.seconds, place.folder)
            used = cpu_seconds(process.group) - used
    except Unusable:
        check_runs(process)  # its end is the better explanation
        raise
    peak = peak_memory(process.group) - before if workload.is_streamed else None
    rate = report.requests / max(used, 1 / TICKS) if place.by_cpu else report.rate
    return Measurement(number, workload.name, process.spec.name, rate, report.p50, report.p99, memory, peak_memory=peak)


def warm_up(port: int, workload: Workload, expected: bytes) -> None:
    """Send some requests. Raises Unusable if a response is not the one that all peers must send."""
    [response] = responses(expected)
    for number in range(workload.warm_ups):
        for each in responses(ask(port, workload.request(port, number), workload.pipelined)):
            check(each, response)


@contextmanager
def idle_memory(process: ServerProcess, workload: Workload) -> Iterator[float | None]:
    """Keep the workload's idle connections open; yields the octets of memory that each costs the server."""
    if not workload.idle:
        yield None
        return
    before = resident_memory(process.group)
    port = process.spec.port
    with idle_connections(port, workload.idle, workload.request(port)) as clients:
        yield (resident_memory(process.group) - before) / workload.idle
        check_open(clients)
