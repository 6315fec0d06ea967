"""All connections in one thread, on asyncio's event loop, which also runs applications that are awaited."""

import asyncio
import logging
import socket
from asyncio import Future
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from raw_router.drivers import NO_ROOM, PAUSE, TIMEOUTS, Connect, Timeouts
from raw_router.drivers.asyncio_clients import Client, Clients, ConnectClient, Conversation
from raw_router.drivers.blocking import STEP, ready
from raw_router.drivers.event_loop import StopEvent, ends_first, run_loop
from raw_router.forks import closed_in_children
from raw_router.listeners import accept, close_all, turn_away

QUEUE = 1024  # clients that are accepted in one turn: as many as the listener's queue contains

logger = logging.getLogger("raw_router")


class Application(Protocol):
    """An application that is awaited; raw_router.asgi documents it."""

    def connect(self, address: str, client: Client) -> Conversation: ...
    async def start(self) -> None: ...
    async def finish(self, deadline: float) -> None: ...


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then requests that have begun for at most timeouts.grace seconds."""

    async def run() -> None:
        with StopEvent(stop) as stopped:
            await Server(listeners, lambda address, client: connect(address), timeouts).run(stopped)

    run_loop(run())


def serve_application(
    listeners: Sequence[socket.socket], application: Application, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Start an application that is awaited, serve its clients as serve does, then let it finish within the grace.

    Raises what application.start raises.
    """

    async def run() -> None:
        with StopEvent(stop) as stopped:
            if await ends_first(application.start(), stopped):
                deadline = await Server(listeners, application.connect, timeouts).run(stopped)
                await application.finish(deadline)

    run_loop(run())


class Server:
    """The listeners, and the clients that it accepts from them."""

    def __init__(self, listeners: Sequence[socket.socket], connect: ConnectClient, timeouts: Timeouts) -> None:
        self.loop = asyncio.get_running_loop()
        self.clients = Clients(connect, timeouts, self._note_gone)
        self.timeouts = timeouts
        self._listeners = listeners
        self._accepted = 0  # clients that are not gone yet
        self._welcomes: set[Future[Any]] = set()  # of clients without a transport yet
        self._is_accepting = self._is_stopped = False
        self._gone = asyncio.Event()  # all clients, after the server has stopped

    async def run(self, stopped: asyncio.Event) -> float:
        """Serve until the event is set, then for the grace; return the time when it ends."""
        with closed_in_children(self.sockets):
            return await self._run(stopped)

    def sockets(self) -> Iterable[socket.socket]:
        return [*self._listeners, *(client.socket for client in self.clients)]

    async def _run(self, stopped: asyncio.Event) -> float:
        for listener in self._listeners:
            listener.setblocking(False)
        self.resume()
        await stopped.wait()
        end = self.loop.time() + self.timeouts.grace
        turn_away(self._listeners)
        self.clients.retire()
        await self._drain(min(end, self.loop.time() + self.timeouts.last_request), end)
        self._stop_accepting()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await self._gone.wait()
        for client in self.clients:
            client.transport.abort()
        await asyncio.sleep(0)  # in which the connections of these clients are abandoned
        return end

    def resume(self) -> None:
        """Accept clients, if the server has not stopped."""
        if not self._is_stopped and not self._is_accepting and self._accepted < self.timeouts.connections:
            self._is_accepting = True
            for listener in self._listeners:
                self.loop.add_reader(listener, self.accept, listener)

    def pause(self) -> None:
        """Leave new clients in the listeners' queues."""
        self._is_accepting = False
        for listener in self._listeners:
            self.loop.remove_reader(listener)

    def accept(self, listener: socket.socket) -> None:
        """Accept the clients in a listener's queue, as far as there is room."""
        for _ in range(QUEUE):
            try:
                client, address = accept(listener)
            except BlockingIOError:
                return
            except OSError as error:  # usually the client is gone already
                if error.errno in NO_ROOM:
                    logger.error("no room for another client, which waits now: %s", error.strerror)
                    self.pause()
                    self.loop.call_later(PAUSE, self.resume)
                    return
                continue
            self._accepted += 1
            make_client = partial(Client, self.clients, client, address[:2])
            welcome = self.loop.create_task(self.loop.connect_accepted_socket(make_client, client))
            self._welcomes.add(welcome)
            welcome.add_done_callback(self._welcomes.discard)
            if self._accepted >= self.timeouts.connections and not self._is_stopped:
                self.pause()
                return

    def _note_gone(self) -> None:
        """Make room for another client."""
        self._accepted -= 1
        if self._is_stopped and not self._accepted:
            self._gone.set()
        self.resume()

    async def _drain(self, last: float, end: float) -> None:
        """Serve the clients that the kernel has accepted.

        If there are clients, others may be on their way to the queue, so the listeners are open for a moment.
        """
        while self.loop.time() < end and (ready(0, *self._listeners) or (self._accepted and self.loop.time() < last)):
            await asyncio.sleep(STEP)

    def _stop_accepting(self) -> None:
        self.pause()
        self._is_stopped = True
        close_all(self._listeners)
        if not self._accepted:
            self._gone.set()
