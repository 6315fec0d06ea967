"""The loop of events with stand-ins: if a view holds up the thread that runs the loop, another one takes the loop over.

The lock of the loop belongs to the thread that runs it. The thread lets go of the lock while it asks the application,
and usually takes it again at once. If it does not come back in time, a stand-in takes the lock, and goes on with the
queues of the loop. A thread that comes back late hands its answer over, wakes the loop, and becomes a stand-in.
"""

import socket
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from time import sleep

from raw_router.buffers import Buffers, size_of
from raw_router.drivers import TIMEOUTS, Connect, Timeouts
from raw_router.drivers.client import READ, Client
from raw_router.drivers.events import BATCH, Loop
from raw_router.forks import closed_in_children

PATIENCE = 0.004  # seconds in which a thread has to come back from the application; at worst it is twice as long
IMPATIENCE = 0.0005  # the same, while other threads are held up already
NAP = 1.0  # seconds after which Python's handlers of signals run, if the system gave a signal to another thread
MARGIN = 0.5  # seconds more than the grace, in which responses that are not complete are closed


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then requests that have begun for at most timeouts.grace seconds.

    This thread never asks the application, so that it can return while views go on; they end with the process.
    """
    pool = Pool(listeners, connect, stop, timeouts)
    with closed_in_children(pool.sockets):
        pool.hire()
        while not pool.retired.wait(NAP):
            pass
        pool.ended.wait(timeouts.grace + MARGIN)
    if pool.error:
        raise pool.error


class TakenOver(Exception):
    """Another thread runs the loop now."""


class Pool(Loop):
    """A loop, and the threads that may run it. Only the thread that has the lock changes the loop."""

    def __init__(
        self, listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts
    ) -> None:
        super().__init__(listeners, connect, stop, timeouts)
        self.lock = Lock()
        self.threads = self.spare = 0  # spare threads do nothing
        self.asked = 0  # how often the application was asked
        self.seat = Lock()  # of the stand-in that watches; the others wait for it
        self.dozes = False  # the stand-in that watches, because nothing was asked for some time
        self.bell = Event()  # wakes it
        self.late: deque[tuple[Client, Buffers | None]] = deque()
        self.woken, self.wake = socket.socketpair()
        self.wake.setblocking(False)
        self.sources[self.woken.fileno()] = self.take_late
        self.poll.register(self.woken, READ)
        self.retired, self.ended = Event(), Event()
        self.error: BaseException | None = None  # of the loop itself

    def work(self) -> None:
        """Stand in, then run the loop, until the loop is over or taken over; a thread does that again and again."""
        while self.stand_in():
            try:
                self.send_answers()
                self.run()
            except TakenOver:
                continue
            except BaseException as error:
                self.error = error
            self.close()

    def stand_in(self) -> bool:
        """Wait until the thread that runs the loop is held up, and take its lock. Return False if the loop is over."""
        with self.seat:
            while not self.ended.is_set():
                asked = self.asked
                sleep(IMPATIENCE if self.threads > self.spare + 1 else PATIENCE)
                if self.asked != asked:
                    continue
                if self.lock.acquire(False):
                    self.spare -= 1
                    return True
                self.doze(asked)
        return False

    def doze(self, asked: int) -> None:
        """Wait until the application is asked again. The bell may ring once too often, but not once too few."""
        self.dozes = True
        if self.asked == asked and not self.ended.is_set():
            self.bell.wait()
        self.bell.clear()
        self.dozes = False

    def hire(self) -> bool:
        """Start another thread, if there may be one more: one runs the loop while the others are held up."""
        if self.threads > self.timeouts.threads:
            return False
        self.threads += 1
        self.spare += 1
        try:
            Thread(target=self.work, daemon=True).start()
        except RuntimeError:  # the system has no room for it
            self.threads -= 1
            self.spare -= 1
        return self.spare > 0

    def can_ask(self) -> bool:
        """Return whether there is a stand-in. The last thread never asks the application, but runs the loop."""
        return self.spare > 0 or self.hire()

    def ask(self) -> None:
        """Ask the application for the clients that wait for it. Raises TakenOver in a thread that comes back late."""
        owed = 0
        while self.asking and owed < BATCH and self.can_ask():
            client = self.asking.popleft()
            self.asked += 1
            if self.dozes:
                self.dozes = False
                self.bell.set()
            has_room = self.budget.allows_response(owed)
            self.lock.release()
            answer = client.ask(has_room=has_room)
            if not self.lock.acquire(False):
                self.hand_over(client, answer)
                raise TakenOver
            self.answers.append((client, answer))
            owed += size_of(answer or b"")

    def hand_over(self, client: Client, answer: Buffers | None) -> None:
        self.late.append((client, answer))
        if self.ended.is_set():
            self.abandon_late()
        else:
            with suppress(OSError):  # full of bytes that wake the loop, or closed
                self.wake.send(b"!")

    def take_late(self) -> None:
        """Queue the answers of the threads that came back late; they are stand-ins now."""
        self.woken.recv(4096)
        while self.late:
            self.answers.append(self.late.popleft())
            self.spare += 1

    def abandon_late(self) -> None:
        while self.late:
            self.late.popleft()[0].ask(has_room=True)

    def sockets(self) -> Iterable[socket.socket]:
        return [*super().sockets(), self.woken, self.wake]

    def retire(self) -> None:
        super().retire()
        self.retired.set()

    def close(self) -> None:
        """Close what is open, and keep the lock, so that nobody runs the loop again."""
        super().close()
        self.retired.set()
        self.ended.set()
        self.abandon_late()
        self.bell.set()
        self.woken.close()
        self.wake.close()
