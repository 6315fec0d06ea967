"""The responder: a connection together with the handler that responds to its requests, as bytes in and bytes out."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

from raw_router.connection import Connection, State
from raw_router.limits import LIMITS, Limits
from raw_router.messages import Handler, Request, Response, plain_text
from raw_router.parser import METHODS

Log: TypeAlias = Callable[[str, Request | None, Response], None]  # client, request (None if it was refused), response

# The response to OPTIONS *, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", ", ".join(sorted(METHODS))), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to respond")

logger = logging.getLogger("raw_router")


class Responder:
    """Asks the handler for the response to each request of a connection, and writes the log.

    A driver passes the bytes that arrive to `receive` and sends the bytes that it returns. In between it waits for what
    waits_for names, as Connection documents it; in "write" it sends everything, then calls receive(b""). It never waits
    in "answer". served counts the responses, so that a driver can distinguish one wait from the next.
    """

    __slots__ = ("_client", "_connection", "_handler", "_log", "_unread")

    def __init__(self, handler: Handler, client: str = "", log: Log | None = None, limits: Limits = LIMITS) -> None:
        self._connection = Connection(client, limits)
        self._handler = handler
        self._client = client
        self._log = log
        self._unread = limits.unread

    @property
    def waits_for(self) -> State:
        return self._connection.waits_for

    @property
    def served(self) -> int:
        return self._connection.served

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it; both may be empty."""
        return self._respond(self._connection.receive(data))

    def end_of_input(self) -> bytes:
        """End the input, because the client will not send more; return the last responses."""
        return self._respond(self._connection.end_of_input())

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        return self._respond(self._connection.time_out())

    def retire(self) -> None:
        """Close after the request that has begun to arrive, or at once if none has."""
        self._connection.retire()

    def _respond(self, said: Request | bytes) -> bytes:
        """Respond to one complete request after another, until the client has to read or to send more."""
        answer = self._say(said) if isinstance(said, bytes) else self._answer(said)
        return answer if self._connection.waits_for != "write" else self._go_on(answer)

    def _go_on(self, answer: bytes) -> bytes:
        connection = self._connection
        answers = [answer]
        owed = len(answer)
        while connection.waits_for == "write" and owed <= self._unread:
            said = connection.receive(b"")
            answer = self._say(said) if isinstance(said, bytes) else self._answer(said)
            answers.append(answer)
            owed += len(answer)
        return b"".join(answers)

    def _say(self, said: bytes) -> bytes:
        """Return what the connection says itself; log a refusal."""
        if (refusal := self._connection.refusal) is not None:
            self._connection.refusal = None
            if self._log is not None:
                self._write_log(self._log, None, refusal)
        return said

    def _answer(self, request: Request) -> bytes:
        """Ask the handler. If it raises or its response is invalid, log that and respond with 500.

        BaseException is caught, too: what an application raises must not end the server.
        """
        try:
            response = SERVER_OPTIONS if request.path == "*" else self._handler(request)
            message = self._connection.respond(response)
        except BaseException:
            logger.exception("%s %s failed", request.method, request.target)
            response = FAILED
            message = self._connection.respond(response)
        if self._log is not None:
            self._write_log(self._log, request, response)
        return message

    def _write_log(self, log: Log, request: Request | None, response: Response) -> None:
        """Log a response. An error of the log does not prevent the response."""
        try:
            log(self._client, request, response)
        except Exception:
            logger.exception("the response to %s cannot be logged", self._client)
