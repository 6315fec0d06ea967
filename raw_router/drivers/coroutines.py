"""A coroutine for each connection, all in one thread, on asyncio's event loop."""

import asyncio
import logging
import socket
from asyncio import AbstractEventLoop, Task, Timeout
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from raw_router.drivers import (
    NO_ROOM,
    PAUSE,
    RECEIVE_SIZE,
    TIMEOUTS,
    Buffers,
    Connect,
    ServerConnection,
    Timeouts,
    reset_when_closed,
)
from raw_router.drivers.blocking import STEP, ready
from raw_router.forks import closed_in_children
from raw_router.listeners import close_all, turn_away

PART = 64 * 1024  # octets

logger = logging.getLogger("raw_router")


def serve(
    listeners: Sequence[socket.socket], connect: Connect, stop: socket.socket, timeouts: Timeouts = TIMEOUTS
) -> None:
    """Serve clients until stop is readable, then requests that have begun for at most timeouts.grace seconds."""
    for listener in listeners:
        listener.setblocking(False)
    server = Server(listeners, connect, timeouts)
    with closed_in_children(server.sockets):
        asyncio.run(server.run(stop))


class Server:
    """The open connections, each with the task that carries its bytes."""

    def __init__(self, listeners: Sequence[socket.socket], connect: Connect, timeouts: Timeouts) -> None:
        self.listeners = listeners
        self.connect = connect
        self.timeouts = timeouts
        self.connections: dict[Task[None], ServerConnection] = {}
        self.clients: set[socket.socket] = set()
        self.receiving: dict[Task[None], Timeout] = {}
        self.retired = False
        self.slots = asyncio.Semaphore(timeouts.connections)

    async def run(self, stop: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        loop.add_reader(stop, stopped.set)
        accepting = [asyncio.create_task(self.accept(loop, listener)) for listener in self.listeners]
        await stopped.wait()
        loop.remove_reader(stop)
        end = loop.time() + self.timeouts.grace
        self.retire()
        await self.drain(min(end, loop.time() + self.timeouts.last_request), end)
        for task in accepting:
            task.cancel()
        close_all(self.listeners)
        if self.connections:
            await asyncio.wait(self.connections, timeout=end - loop.time())

    async def accept(self, loop: AbstractEventLoop, listener: socket.socket) -> None:
        while True:
            await self.slots.acquire()
            try:
                client, address = await loop.sock_accept(listener)
            except OSError as error:  # usually the client is gone already
                self.slots.release()
                if error.errno in NO_ROOM:
                    logger.error("no room for another client, which waits now: %s", error.strerror)
                    await asyncio.sleep(PAUSE)
                continue
            connection = self.connect(address[0])
            if self.retired:
                connection.retire()
            task = asyncio.create_task(self.converse(client, connection))
            self.connections[task] = connection
            task.add_done_callback(self.forget)

    def forget(self, task: Task[None]) -> None:
        del self.connections[task]
        self.slots.release()

    def sockets(self) -> Iterable[socket.socket]:
        return [*self.listeners, *self.clients]

    def retire(self) -> None:
        """Turn new clients away. The next response of each client is the last; idle clients have a moment for it."""
        turn_away(self.listeners)
        self.retired = True
        self.timeouts = replace(self.timeouts, idle=min(self.timeouts.idle, self.timeouts.last_request))
        last = asyncio.get_running_loop().time() + self.timeouts.idle
        for task, connection in self.connections.items():
            connection.retire()
            if connection.waits_for == "idle" and (timeout := self.receiving.get(task)):
                timeout.reschedule(min(last, timeout.when() or last))

    async def drain(self, last: float, end: float) -> None:
        """Serve the clients that the kernel has accepted.

        If there are clients, others may be on their way to the queue, so the listeners are open for a moment.
        """
        loop = asyncio.get_running_loop()
        while loop.time() < end and (ready(0, *self.listeners) or (self.connections and loop.time() < last)):
            await asyncio.sleep(STEP)
        await asyncio.sleep(0)  # for the client that was accepted last

    async def converse(self, client: socket.socket, connection: ServerConnection) -> None:
        """Carry bytes both ways until the connection is closed or the client is gone."""
        self.clients.add(client)
        with client, suppress(OSError):
            try:
                await self.carry(client, connection)
            finally:
                connection.abandon()
                self.clients.discard(client)
            if connection.torn:
                reset_when_closed(client)
            else:
                await linger(client, self.timeouts.closed)

    async def carry(self, client: socket.socket, connection: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        wait, deadline = ("", -1), 0.0
        while connection.waits_for != "closed":
            if wait != (wait := (connection.waits_for, connection.served)):
                deadline = loop.time() + self.timeouts.seconds(connection.waits_for)
            answer, received = await self.next_answer(client, connection, deadline)
            if connection.waits_for == "body":
                deadline = self.timeouts.extended(deadline, received, loop.time())
            octets = answer if isinstance(answer, bytes) else b"".join(answer)
            for start in range(0, len(octets), PART):
                async with asyncio.timeout_at(loop.time() + self.timeouts.seconds("write")):
                    await loop.sock_sendall(client, octets[start : start + PART])
                connection.took(len(octets[start : start + PART]))

    async def next_answer(
        self, client: socket.socket, connection: ServerConnection, deadline: float
    ) -> tuple[Buffers, int]:
        """Wait until the connection can continue; return its response and how many octets were received.

        Other tasks have a turn before.
        """
        if connection.waits_for == "write":
            await asyncio.sleep(0)
            return connection.receive(b""), 0  # everything was sent before
        is_idle = connection.waits_for == "idle"
        try:
            data = await self.receive(client, deadline)
        except TimeoutError:
            if is_idle and self.retired:
                raise
            return connection.time_out(), 0
        return connection.receive(data) if data else connection.end_of_input(), len(data)

    async def receive(self, client: socket.socket, deadline: float) -> bytes:
        """Return the next bytes, which may be waited for until the deadline. Raises TimeoutError after it."""
        task = asyncio.current_task()
        assert task
        try:
            async with asyncio.timeout_at(deadline) as self.receiving[task]:
                await asyncio.sleep(0)  # bytes that have arrived are received without waiting, even after the deadline
                return await asyncio.get_running_loop().sock_recv(client, RECEIVE_SIZE)
        finally:
            del self.receiving[task]


async def linger(client: socket.socket, seconds: float) -> None:
    """Half-close, then read for some seconds, so that no reset destroys the last response (RFC 9112 §9.6)."""
    client.shutdown(socket.SHUT_WR)
    async with asyncio.timeout(seconds):
        while await asyncio.get_running_loop().sock_recv(client, RECEIVE_SIZE):
            pass
