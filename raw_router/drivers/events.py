"""All connections in one thread: sockets that never block, watched by a selector."""

import logging
import selectors
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable
from time import monotonic

from raw_router.drivers import RECEIVE_SIZE, TIME_LIMITS, Connect, Conversation

errors = logging.getLogger("raw_router")


def serve(listener: socket.socket, connect: Connect, stop: socket.socket) -> None:
    """Serve clients until stop can be read, then close them all."""
    with selectors.DefaultSelector() as selector:
        loop = Loop(selector, listener, connect)
        selector.register(stop, selectors.EVENT_READ)
        while stop not in (ready := [key.fileobj for key, _ in selector.select(loop.patience())]):
            loop.step(ready)
            loop.expire()
        loop.close()


class Client:
    """One client: its socket, what is still to be sent to it, and what it is waited for."""

    __slots__ = ("connection", "socket", "unsent", "wait")

    def __init__(self, client: socket.socket, connection: Conversation) -> None:
        self.socket = client
        self.connection = connection
        self.unsent = memoryview(b"")
        self.wait = ("", -1)

    @property
    def waits_for(self) -> str:
        return "write" if self.unsent else self.connection.waits_for

    def step(self) -> bool:
        """Do what the socket is ready for; False once the client is done with. Raises OSError where it is gone."""
        if self.unsent:
            self.flush()
            return True
        data = self.socket.recv(RECEIVE_SIZE)
        if self.connection.waits_for == "closed":
            return bool(data)  # read on, so that no reset overtakes the last answer (RFC 9112 §9.6)
        self.send(self.connection.receive(data) if data else self.connection.end_of_input())
        return True

    def time_out(self) -> bool:
        """Give up waiting: say so where a request is late; a client that does not read is done with."""
        if self.waits_for in ("write", "closed"):
            return False
        self.send(self.connection.time_out())
        return True

    def send(self, answer: bytes) -> None:
        self.unsent = memoryview(answer)
        self.flush()

    def flush(self) -> None:
        """Send as much as the client takes now; a connection that waited for that goes on."""
        while self.unsent:
            try:
                self.unsent = self.unsent[self.socket.send(self.unsent) :]
            except BlockingIOError:
                return
            if not self.unsent and self.connection.waits_for == "write":
                self.unsent = memoryview(self.connection.receive(b""))


class Loop:
    """The clients, and for each kind of wait those that wait, in the order in which their time runs out.

    A kind of wait has one time limit, so who began it last runs out last: keeping the order costs O(1).
    """

    def __init__(self, selector: selectors.BaseSelector, listener: socket.socket, connect: Connect) -> None:
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ)
        self.selector = selector
        self.listener = listener
        self.connect = connect
        self.clients: dict[object, Client] = {}
        self.waiting: dict[str, OrderedDict[Client, float]] = {wait: OrderedDict() for wait in TIME_LIMITS}

    def step(self, ready: Iterable[object]) -> None:
        """Do what the sockets are ready for."""
        for sock in ready:
            if sock is self.listener:
                self.accept()
            else:
                client = self.clients[sock]
                self.let(client, client.step)

    def accept(self) -> None:
        try:
            sock, address = self.listener.accept()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:  # the client is gone already
            return
        client = self.clients[sock] = Client(sock, self.connect(address[0]))
        self.selector.register(sock, selectors.EVENT_READ)
        self.watch(client)

    def let(self, client: Client, act: Callable[[], bool]) -> None:
        """Let a client act, and watch it further, or drop it where it is done with or gone."""
        try:
            if act():
                self.watch(client)
            else:
                self.drop(client)
        except OSError:
            self.drop(client)
        except Exception:  # a defect of ours must not cost the other clients their server
            errors.exception("a connection failed")
            self.drop(client)

    def watch(self, client: Client) -> None:
        """Take note of what a client is waited for now, and how long it may take."""
        before, client.wait = client.wait, (client.waits_for, client.connection.served)
        if client.wait == before:
            return
        self.forget(client, before[0])
        kind = client.wait[0]
        self.waiting[kind][client] = monotonic() + TIME_LIMITS[kind]
        self.selector.modify(client.socket, selectors.EVENT_WRITE if kind == "write" else selectors.EVENT_READ)
        if kind == "closed":
            client.socket.shutdown(socket.SHUT_WR)

    def forget(self, client: Client, kind: str) -> None:
        if kind:
            del self.waiting[kind][client]

    def drop(self, client: Client) -> None:
        self.forget(client, client.wait[0])
        self.selector.unregister(client.socket)
        del self.clients[client.socket]
        client.socket.close()

    def patience(self) -> float | None:
        """Return the seconds until the first client's time runs out, None where nobody waits."""
        first = [next(iter(clients.values())) for clients in self.waiting.values() if clients]
        return max(0.0, min(first) - monotonic()) if first else None

    def expire(self) -> None:
        """Time out the clients whose time has run out."""
        now = monotonic()
        for clients in self.waiting.values():
            while clients and next(iter(clients.values())) <= now:
                client = next(iter(clients))
                self.let(client, client.time_out)

    def close(self) -> None:
        for client in self.clients.values():
            client.socket.close()
