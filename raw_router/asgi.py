"""The gateway for ASGI applications, which are awaited (https://asgi.readthedocs.io, version 3).

The body of a request is complete in memory. A response is sent as the application makes it, and `send` waits until the
client has taken what was sent before.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import Any, Protocol

from raw_router import forks
from raw_router.asgi_messages import ASGICallable, Message, application_head, field_lines, make_scope, octets_of
from raw_router.connection import Connection
from raw_router.deliveries import Deliveries, Log
from raw_router.lifespan import Lifespan
from raw_router.limits import LIMITS, Limits
from raw_router.messages import Request, Response
from raw_router.responder import FAILED, SERVER_OPTIONS, log_length
from raw_router.writer import has_content
from raw_router.wsgi import ApplicationError, ApplicationHead, warn_once

CUT = "is cut, because it is longer than"
LAST = 0.3  # seconds for the shutdown of an application if the grace is over

logger = logging.getLogger("raw_router")


class ClientWriter(Protocol):
    """The part of a client that an application's messages need; raw_router.drivers.asyncio_clients documents it."""

    @property
    def address(self) -> tuple[str, int]: ...
    @property
    def server_address(self) -> tuple[str, int]: ...
    def send(self, answer: bytes) -> None: ...
    async def drain(self) -> None: ...
    def await_end(self) -> None: ...
    @property
    def has_room(self) -> bool: ...


class ClientDisconnected(OSError):
    """Nobody takes what the application sends: the client is gone, or the response has no more content."""


class AsgiApplication:
    """An ASGI application with its lifespan, and the calls of it that have not ended."""

    def __init__(self, application: ASGICallable, log: Log | None = None, limits: Limits = LIMITS) -> None:
        self.call = application
        self.log = log
        self.limits = limits
        self.state: dict[str, Any] = {}
        self._lifespan = Lifespan(application, self.state)
        self.warned: set[str] = set()  # fields
        self.tasks: set[asyncio.Task[None]] = set()  # the calls that have not ended

    def connect(self, address: str, client: ClientWriter) -> "AsgiResponder":
        return AsgiResponder(self, address, client)

    async def start(self) -> None:
        """Start the application. Raises StartupFailed."""
        await self._lifespan.start()

    async def finish(self, deadline: float) -> None:
        """Wait for the calls that go on until the loop's time is the deadline, cancel them, and end the lifespan."""
        left = deadline - asyncio.get_running_loop().time()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=max(0.0, left))
            for task in late:
                task.cancel()
            await asyncio.sleep(0)
        left = deadline - asyncio.get_running_loop().time()
        await self._lifespan.finish(max(LAST, left))


class AsgiResponder:
    """A connection together with the ASGI application that responds to its requests.

    It is to drivers what raw_router.responder.Responder is, and waits for one state more: "answer", the application's
    response. This is sent by the client's method send, as far as the application has made it.
    """

    __slots__ = ("_exchange", "application", "client", "connection", "deliveries", "ends", "is_gone")

    def __init__(self, application: AsgiApplication, address: str, client: ClientWriter) -> None:
        self.application = application
        self.client = client
        self.connection = Connection(address, application.limits)
        self.deliveries = None if application.log is None else Deliveries(application.log, address)
        self.ends = {"client": client.address, "server": client.server_address}  # of the connection
        self.is_gone = False  # the client
        self._exchange: Exchange | None = None  # whose response is awaited

    @property
    def waits_for(self) -> str:
        state = self.connection.waits_for
        return "answer" if state == "piece" else state

    @property
    def torn(self) -> bool:
        return self.connection.torn

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client; return what the connection itself responds, and call the application."""
        return self._take(self.connection.receive(data))

    def feed(self, data: bytes) -> bytes:
        """Take bytes without calling the application. If waits_for is "answer" then, turn_down has to follow."""
        said = self.connection.receive(data)
        return self._take(said) if isinstance(said, bytes) else b""

    def end_of_input(self) -> bytes:
        """End the input. The client may still take responses, so this does not end the application's call."""
        return self._take(self.connection.end_of_input())

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        return self._take(self.connection.time_out())

    def turn_down(self) -> bytes:
        """Return 503 for the request that has begun, because the server has no room for it."""
        return self._take(self.connection.turn_down())

    def retire(self) -> None:
        """Close after the request that has begun to arrive, or at once if none has."""
        self.connection.retire()

    def abandon(self) -> None:
        """Let the application see that the client is gone."""
        self.is_gone = True
        if self._exchange is not None:
            self._exchange.leave()
        if self.deliveries is not None:
            self.deliveries.give_up()

    def took(self, octets: int) -> None:
        """Note that the socket took octets of what was sent."""
        if self.deliveries is not None:
            self.deliveries.take(octets)

    def end_exchange(self) -> None:
        """Let the next request begin, whatever the application still does."""
        self._exchange = None

    def give(self, message: bytes) -> bytes:
        """Note octets for the client."""
        if self.deliveries is not None:
            self.deliveries.give(len(message))
        return message

    def deliver(self, request: Request | None, response: Response, message: bytes, octets: int) -> bytes:
        """Note a complete response, of whose body the message contains some octets."""
        if self.deliveries is not None:
            self.deliveries.begin(request, response, len(message) - octets)
            self.deliveries.give(len(message))
            self.deliveries.end(octets)
        return message

    def _take(self, said: Request | bytes) -> bytes:
        if isinstance(said, bytes):
            if (refusal := self.connection.refusal) is not None:
                self.connection.refusal = None
                return self.deliver(None, refusal, said, len(refusal.content))
            return self.give(said)
        if said.path == "*":
            return self.deliver(said, SERVER_OPTIONS, self.connection.respond(SERVER_OPTIONS), 0)
        self._exchange = Exchange(self, said)
        return b""


class Exchange:
    """One call of the application, in a task of its own: what it has sent of its response."""

    __slots__ = (
        "_connection",
        "_fault",
        "_head",
        "_is_ended",
        "_is_open",
        "_is_received",
        "_over",
        "_request",
        "_responder",
        "_response",
        "_task",
    )

    def __init__(self, responder: AsgiResponder, request: Request) -> None:
        self._responder = responder
        self._connection = responder.connection
        self._request = request
        self._head: ApplicationHead | None = None
        self._response: Response | None = None  # that has begun to be sent
        self._is_open = True  # the response ends here, or with the connection
        self._is_ended = False  # by the application's last message
        self._is_received = False  # the request
        self._fault = ""  # of the body
        self._over: asyncio.Event | None = None  # what waits for the end
        self._task = asyncio.get_running_loop().create_task(self._run())
        responder.application.tasks.add(self._task)

    async def _run(self) -> None:
        """Call the application. What it raises must not end the server, therefore BaseException is caught."""
        responder = self._responder
        forked = forks.count
        try:
            if not (responder.client.has_room or responder.is_gone):
                self._turn_down()
                return
            scope = make_scope(self._request, responder.ends, responder.application.state)
            await responder.application.call(scope, self.receive, self.send)
        except BaseException as error:
            self._end_child(forked)
            self._fail(error)
        else:
            self._end_child(forked)
            if self._is_open:
                self._fail(ApplicationError("the application returned before the end of its response"))
        responder.application.tasks.discard(self._task)

    def _end_child(self, forked: int) -> None:
        """End this process if the application has forked it."""
        if forks.count != forked:
            forks.end_child(f"{self._request.method} {self._request.target}")

    async def receive(self) -> Message:
        """Return the request; after it, wait until the response has been sent or the client is gone."""
        if not self._is_received:
            self._is_received = True
            if body := self._request.body:
                self._request = self._request._replace(body=b"")  # it may be large
            return {"type": "http.request", "body": body, "more_body": False}
        if self._is_open:
            self._responder.client.await_end()
            self._over = self._over or asyncio.Event()
            await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a message of the response. If more follow, wait until the client has taken it.

        Raises ApplicationError if the message is not valid, ClientDisconnected if nobody takes it.
        """
        kind = message["type"]
        if self._responder.is_gone:
            raise ClientDisconnected("the client is gone")
        if self._is_ended:
            raise ApplicationError(f"{kind} was sent after the end of the response")
        if kind == "http.response.start":
            if self._head is not None:
                raise ApplicationError(f"{kind} was sent twice")
            self._head = application_head(message["status"], field_lines(message.get("headers", ())))
        elif kind == "http.response.body":
            more = bool(message.get("more_body", False))
            self._send_body(octets_of(message.get("body", b"")), more)
            if more:
                await self._responder.client.drain()
        else:
            raise ApplicationError(f"{kind!r} is not a message of a response")

    def _turn_down(self) -> None:
        data = self._responder.turn_down()
        self._end()
        self._responder.client.send(data)

    def leave(self) -> None:
        """End the response, because the client is gone; the application may go on."""
        if self._response is not None:
            self._tear()
        self._close()

    def _tear(self) -> None:
        if self._responder.deliveries is not None:
            self._responder.deliveries.tear(self._connection.octets_sent)
        self._connection.tear()

    def _send_body(self, body: bytes, more: bool) -> None:
        if self._head is None:
            raise ApplicationError("http.response.body was sent before http.response.start")
        if self._response is None:
            data = self._begin(self._head, body, more)
        elif self._is_open:
            data = self._continue(body, more)
        elif more:
            raise ClientDisconnected("the response has no more content")
        else:
            data = b""
        self._responder.client.send(data)
        if self._fault:
            raise ApplicationError(self._fault)
        self._is_ended = not more

    def _begin(self, head: ApplicationHead, body: bytes, more: bool) -> bytes:
        """Return the head with the first piece of the body. If it is the only one, its length is the Content-Length."""
        status, _, fields, length, dropped = head
        if dropped:
            warn_once(dropped, self._responder.application.warned)
        if not has_content(self._request.method, status) or status == HTTPStatus.RESET_CONTENT:
            return self._respond(Response(status, fields), 0)
        if not more and length is None:
            fields = (*fields, ("Content-Length", str(len(body))))
            length = len(body)
        if not more and length == len(body):
            return self._respond(Response(status, fields, body), length)
        response = Response(status, fields, ())
        data = self._connection.respond(response)
        self._response = response
        if self._responder.deliveries is not None:
            self._responder.deliveries.begin(self._request, response, len(data))
        return self._responder.give(data) + self._continue(body, more)

    def _respond(self, response: Response, octets: int) -> bytes:
        """Return a whole response."""
        data = self._responder.deliver(self._request, response, self._connection.respond(response), octets)
        self._response = response
        self._end()
        return data

    def _continue(self, body: bytes, more: bool) -> bytes:
        """Return the next piece of the body, and what ends it. Note if the body is too short."""
        connection = self._connection
        if connection.octets_missing == 0 and body and more:
            log_length(self._request, CUT)
            raise ClientDisconnected("the body is longer than its Content-Length")
        before = connection.octets_sent
        data = self._responder.give(connection.send_piece(body))
        octets = connection.octets_sent
        if octets - before < len(body):
            log_length(self._request, CUT)
        if more:
            return data
        try:
            data += self._responder.give(connection.finish())
        except ValueError as error:
            self._fault = str(error)
        else:
            if self._responder.deliveries is not None:
                self._responder.deliveries.end(octets)
            self._end()
        return data

    def _end(self) -> None:
        self._responder.end_exchange()
        self._close()

    def _close(self) -> None:
        self._is_open = False
        if self._over is not None:
            self._over.set()

    def _fail(self, error: BaseException) -> None:
        """Log what the application raised. Respond with 500, or end the connection in the middle of the response."""
        request = self._request
        if not self._is_open:
            if not is_caused_by_disconnect(error):
                logger.error("%s %s failed after its response", request.method, request.target, exc_info=error)
            return
        if self._response is None:
            logger.error("%s %s failed", request.method, request.target, exc_info=error)
            data = self._respond(FAILED, len(FAILED.content) if has_content(request.method, FAILED.status) else 0)
        else:
            logger.error("%s %s failed after its response had begun", request.method, request.target, exc_info=error)
            self._tear()
            self._end()
            data = b""
        self._responder.client.send(data)


def is_caused_by_disconnect(error: BaseException | None) -> bool:
    """Whether an error follows from sending to a client that is gone, or from the end of the server."""
    while error is not None:
        if isinstance(error, ClientDisconnected | asyncio.CancelledError):
            return True
        error = error.__cause__ or error.__context__
    return False
