"""Measuring: each peer under each workload in each round, on a server that is started for it alone."""

import os
import random
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from sidebyside.bench import idle, wrk
from sidebyside.bench.answers import Answer, Unusable, ask, check
from sidebyside.bench.constant import VARIABLE
from sidebyside.bench.machine import on_core, resident_memory
from sidebyside.bench.peers import PEERS, Peer
from sidebyside.bench.results import Measurement
from sidebyside.bench.workloads import Workload
from sidebyside.children import Child, end, ending
from sidebyside.services import HOST

START = 30.0  # seconds until a server listens, on a slow machine that has everything to compile
LOOK = 0.02  # seconds between looks
WARMING = 100  # requests before measuring, so that all is loaded and compiled


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is measured: the cores, and a folder for what is passed on."""

    folder: Path
    server_core: int
    load_core: int
    seconds: int

    @property
    def answer(self) -> Path:
        return self.folder / "answer"


def measure(
    peers: Sequence[Peer], workload: Workload, number: int, place: Place, tell: Callable[[str], None]
) -> Iterator[Measurement]:
    """Yield one round of one workload: peers follow each other closely, and in an order of its own."""
    os.environ[VARIABLE] = str(place.answer)
    with on_core(place.load_core):
        place.answer.write_bytes(real_answer(workload, place).octets)
        for peer in random.Random(f"{number} {workload.name}").sample(peers, len(peers)):
            tell(f"round {number}: {workload.name} on {peer.name}")
            yield attempt(number, workload, peer, place)


def real_answer(workload: Workload, place: Place) -> Answer:
    """Return what the real service answers. Raises Unusable where it does not."""
    with started(PEERS[0], workload, place) as child:
        return ask(child.job.port, workload.request(child.job.port))[0]


def attempt(number: int, workload: Workload, peer: Peer, place: Place) -> Measurement:
    """Measure, or tell why not."""
    try:
        with started(peer, workload, place) as child:
            return measure_child(number, workload, child, place)
    except Unusable as unusable:
        return Measurement(number, workload.name, peer.name, fault=str(unusable))


def measure_child(number: int, workload: Workload, child: Child, place: Place) -> Measurement:
    """Measure a server that listens. Raises Unusable where it does not do what all do."""
    port = child.job.port
    try:
        warm(port, workload, Answer(place.answer.read_bytes()))
        with holding(child, workload) as memory:
            report = wrk.load(port, workload, place.seconds, place.folder)
    except Unusable:
        check_alive(child)  # the better reason
        raise
    return Measurement(number, workload.name, child.job.name, report.rate, report.p50, report.p99, memory)


def warm(port: int, workload: Workload, wanted: Answer) -> None:
    """Ask a few times. Raises Unusable where an answer is not the one that all give."""
    for number in range(WARMING):
        for answer in ask(port, workload.request(port, number), workload.pipelined):
            check(answer, wanted)


@contextmanager
def holding(child: Child, workload: Workload) -> Iterator[float | None]:
    """Hold the workload's idle connections open; yields the octets that each costs the server."""
    if not workload.idle:
        yield None
        return
    before = resident_memory(child.group)
    with idle.held(child.job.port, workload.idle, workload.request(child.job.port)) as clients:
        yield (resident_memory(child.group) - before) / workload.idle
        idle.check_held(clients)


@contextmanager
def started(peer: Peer, workload: Workload, place: Place) -> Iterator[Child]:
    """Run a server on its core until the block ends. Raises Unusable where it does not listen."""
    with on_core(place.server_core):
        child = Child(peer.job(free_port(), place.answer, workload.pipelined))
    try:
        wait_until_listens(child)
        yield child
    finally:
        end([child])


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_listens(child: Child) -> None:
    deadline = monotonic() + START
    while not child.listens():
        check_alive(child)
        if monotonic() > deadline:
            raise Unusable(f"does not listen after {START:.0f} seconds{last_word(child)}")
        child.wait(monotonic() + LOOK)


def check_alive(child: Child) -> None:
    if child.exit_status is not None:
        raise Unusable(f"has ended ({ending(child.exit_status)}){last_word(child)}")


def last_word(child: Child) -> str:
    """Return the last line that the server has written, after a colon."""
    child.read_to_the_end()
    return f": {child.last_words[-1]}" if child.last_words else ""
