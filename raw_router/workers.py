"""Workers: several processes that share one listening socket, and a supervisor that replaces dead ones.

A leash, a pair of connected sockets, joins the supervisor and a worker. The worker stops when the supervisor shuts
its end down; the system does so if the supervisor is killed.
"""

import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import TypeAlias

from raw_router.forks import closed_in_children
from raw_router.listeners import close_all, turn_away
from raw_router.signals import LEAVING, delay, deliver, do_nothing, end_within, handle

Work: TypeAlias = Callable[[socket.socket], None]  # until the socket can be read

NOT_STARTED = os.EX_CONFIG  # exit status if the application does not start
STEADY = 2.0  # seconds: a worker that dies sooner will probably die again; the delay of its replacement doubles
FIRST_DELAY = 0.1  # seconds
LAST_DELAY = 10.0  # seconds
MARGIN = 1.0  # seconds more than the workers' own grace, before they are killed

logger = logging.getLogger("raw_router")


def supervise(
    work: Work, count: int, stop: socket.socket, grace: float, listeners: Sequence[socket.socket] = ()
) -> int:
    """Run count workers until stop is readable, then let them end within grace seconds; return the exit status.

    It is 1 if workers had to be killed, because they took too long or stop became readable again, NOT_STARTED if the
    application of one of the first workers did not start, and else 0.
    """
    handle(do_nothing)  # the number in the socket is enough, the second time, too
    supervisor = Supervisor(work, count)
    try:
        while supervisor.replace_dead(stop):
            pass
        turn_away(listeners)
        close_all(listeners)  # the workers still serve their clients
        return supervisor.dismiss(stop, grace)
    except NotStarted:
        return NOT_STARTED
    finally:
        supervisor.kill()
        end_within(LEAVING)  # whatever threads the application started when it was imported


class NotStarted(Exception):
    """The application does not start."""


@dataclass(frozen=True)
class Worker:
    """One process, and the supervisor's end of its leash."""

    process: BaseProcess
    leash: socket.socket
    is_first: bool  # it replaces no other worker
    hired: float = field(default_factory=monotonic)

    @property
    def age(self) -> float:
        """Seconds since it was hired."""
        return monotonic() - self.hired


class Supervisor:
    """The workers, how many there should be, and when the next one may start."""

    def __init__(self, work: Work, count: int) -> None:
        self.work = work
        self.count = count
        self.workers: list[Worker] = []
        self.hires = 0
        self.delay = 0.0  # seconds
        self.resumes = monotonic()

    def replace_dead(self, stop: socket.socket) -> bool:
        """Start missing workers, then wait until one dies or may start. Return False if stop is readable."""
        while len(self.workers) < self.count and monotonic() >= self.resumes:
            self.try_to_hire()
        patience = None if len(self.workers) == self.count else max(0.0, self.resumes - monotonic())
        ready = wait([stop, *(worker.process.sentinel for worker in self.workers)], patience)
        for worker in self.ended(ready):
            self.bury(worker)
        return stop not in ready

    def try_to_hire(self) -> None:
        try:
            self.hire()
        except OSError as error:  # too many processes, or no memory for another
            self.postpone(max(FIRST_DELAY, self.delay * 2))
            logger.error("cannot start a worker: %s; trying again in %.1f s", error.strerror, self.delay)

    def hire(self) -> None:
        with ExitStack() as stack:
            leash, stop = map(stack.enter_context, socket.socketpair())
            leashes = [leash, *(worker.leash for worker in self.workers)]
            process = multiprocessing.get_context("fork").Process(target=run, args=(self.work, stop, leashes))
            delay()
            try:
                process.start()
            finally:
                deliver()
            self.workers.append(Worker(process, leash, self.hires < self.count))
            self.hires += 1
            stack.pop_all()
        stop.close()

    def postpone(self, delay: float) -> None:
        self.delay = min(delay, LAST_DELAY)
        self.resumes = monotonic() + self.delay

    def ended(self, ready: Sequence[object]) -> list[Worker]:
        return [worker for worker in self.workers if worker.process.sentinel in ready]

    def remove(self, worker: Worker) -> None:
        worker.process.join()
        worker.leash.close()
        self.workers.remove(worker)

    def bury(self, worker: Worker) -> None:
        """Log how a worker ended, and set the delay of its replacement. Raises NotStarted if there must be none."""
        self.remove(worker)
        if worker.is_first and worker.process.exitcode == NOT_STARTED:
            raise NotStarted
        self.postpone(0.0 if worker.age > STEADY else max(FIRST_DELAY, self.delay * 2))
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
            if stop in ready and stop.recv(1) != bytes([signal.SIGHUP]):
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
    handle(do_nothing)
    deliver()
    with closed_in_children(lambda: (stop,)):
        work(stop)
