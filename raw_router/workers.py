"""Workers: several processes that share one listening socket, and a supervisor that replaces dead ones.

A leash, a pair of connected sockets, joins the supervisor and a worker. The worker stops when the supervisor shuts
its end down; the system does so if the supervisor is killed.
"""

import logging
import multiprocessing
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import TypeAlias

Work: TypeAlias = Callable[[socket.socket], None]  # until the socket can be read

SIGNALS = (signal.SIGINT, signal.SIGTERM)  # that end the server
STEADY = 2.0  # seconds: a worker that dies sooner will probably die again; the delay of its replacement doubles
FIRST_DELAY = 0.1  # seconds
LAST_DELAY = 10.0  # seconds
MARGIN = 1.0  # seconds more than the workers' own grace, before they are killed

logger = logging.getLogger("raw_router")


def supervise(work: Work, count: int, stop: socket.socket, grace: float) -> int:
    """Run count workers until stop is readable, then let them end within grace seconds; return the exit status.

    It is 1 if workers had to be killed, because they took too long or stop became readable again, and else 0.
    """
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)  # the byte in the socket is enough, the second time, too
    supervisor = Supervisor(work)
    try:
        for _ in range(count):
            supervisor.hire()
        while supervisor.replace_dead(stop):
            pass
        return supervisor.dismiss(stop, grace)
    finally:
        supervisor.kill()


@dataclass(frozen=True)
class Worker:
    """One process, and the supervisor's end of its leash."""

    process: BaseProcess
    leash: socket.socket
    hired: float = field(default_factory=monotonic)

    @property
    def age(self) -> float:
        """Seconds since it was hired."""
        return monotonic() - self.hired


class Supervisor:
    """The workers, and the delay of the next replacement."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.workers: list[Worker] = []
        self.delay = 0.0  # seconds

    def hire(self) -> None:
        leash, stop = socket.socketpair()
        leashes = [leash, *(worker.leash for worker in self.workers)]
        process = multiprocessing.get_context("fork").Process(target=run, args=(self.work, stop, leashes))
        process.start()
        stop.close()
        self.workers.append(Worker(process, leash))

    def replace_dead(self, stop: socket.socket) -> bool:
        """Wait until a worker dies, and replace it. Return False if stop is readable."""
        ready = wait([stop, *(worker.process.sentinel for worker in self.workers)])
        for worker in self.ended(ready):
            self.bury(worker)
            if not wait([stop], self.delay):
                self.hire()
        return stop not in ready

    def ended(self, ready: Sequence[object]) -> list[Worker]:
        return [worker for worker in self.workers if worker.process.sentinel in ready]

    def remove(self, worker: Worker) -> None:
        worker.process.join()
        worker.leash.close()
        self.workers.remove(worker)

    def bury(self, worker: Worker) -> None:
        """Log how a worker ended, and set the delay of its replacement."""
        self.remove(worker)
        self.delay = 0.0 if worker.age > STEADY else min(max(FIRST_DELAY, self.delay * 2), LAST_DELAY)
        end = f"worker {worker.process.pid} ended after {worker.age:.1f} s, {how_it_ended(worker.process.exitcode)}"
        logger.error("%s; another takes its place%s", end, f" in {self.delay:.1f} s" if self.delay else "")

    def dismiss(self, stop: socket.socket, grace: float) -> int:
        """Shut down all leashes, and wait until the workers end, time is over or stop is readable again."""
        stop.recv(1)
        for worker in self.workers:
            worker.leash.shutdown(socket.SHUT_WR)
        deadline = monotonic() + grace + MARGIN
        while self.workers and monotonic() < deadline:
            ready = wait([stop, *(worker.process.sentinel for worker in self.workers)], deadline - monotonic())
            if stop in ready:
                break
            for worker in self.ended(ready):
                self.remove(worker)
        return 1 if self.workers else 0

    def kill(self) -> None:
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()


def how_it_ended(exitcode: int | None) -> str:
    """Return the signal or the exit status of a process that ended."""
    return f"by {signal.Signals(-exitcode).name}" if exitcode and exitcode < 0 else f"with status {exitcode}"


def run(work: Work, stop: socket.socket, leashes: list[socket.socket]) -> None:
    """Run in a worker process. Ctrl-C in a terminal reaches it, too, but only the supervisor stops it."""
    for leash in leashes:
        leash.close()
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    work(stop)
