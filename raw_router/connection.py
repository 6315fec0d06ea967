"""One connection, as a function from bytes to bytes: persistence, pipelining and refusals (RFC 9112 §9)."""

import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TypeAlias

from raw_router.framing import Reader, State, Stream, read_body, take_head
from raw_router.limits import LIMITS, Limits
from raw_router.messages import Handler, HTTPError, Request, RequestTimeout, Response, plain_text
from raw_router.parser import CRLF, MAX_REMEMBERED, METHODS, Head, complete, parse_head
from raw_router.writer import CONTINUE, generate_message

Log: TypeAlias = Callable[[str, Request | None, Response], None]  # client, request (None if it was refused), response

# The response to OPTIONS *, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", ", ".join(sorted(METHODS))), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to respond")

logger = logging.getLogger("raw_router")


class Connection:
    """The server's side of one connection.

    A driver passes the bytes that arrive to `receive` and sends the bytes that it returns. In between it waits for what
    waits_for names, as long as the driver decides:

    "idle"    a request, of which nothing has arrived
    "head"    the rest of a request's head
    "body"    the rest of a request's body
    "write"   room in the client's buffers: send everything, then call receive(b"")
    "closed"  nothing: send everything, half-close, read for some time, close (RFC 9112 §9.6)

    served counts the responses, so that a driver can distinguish one wait from the next.
    """

    __slots__ = (
        "_answers",
        "_client",
        "_handler",
        "_limits",
        "_log",
        "_method",
        "_owed",
        "_retired",
        "_stream",
        "_waits",
        "served",
        "waits_for",
    )

    def __init__(self, handler: Handler, client: str = "", log: Log | None = None, limits: Limits = LIMITS) -> None:
        self.waits_for: State = "idle"
        self.served = 0
        self._handler = handler
        self._client = client
        self._log = log
        self._limits = limits
        self._retired = False
        self._method = ""  # of the request whose body is awaited
        self._answers: list[bytes] = []
        self._owed = 0  # octets of them
        self._stream = Stream()
        self._waits: Iterator[State] | None = None  # of _answer_requests, None if all input was read

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it; both may be empty."""
        if self.waits_for == "closed":
            return b""
        if self._waits is None:
            if whole := self._whole_head(data):
                request, framing = whole
                return self._answer(request, framing.connection)
            self._waits = self._answer_requests()
        self._stream.feed(data)
        return self._proceed()

    def end_of_input(self) -> bytes:
        """End the input, because the client will not send more; return the last responses."""
        self._stream.ended = True
        self._waits = self._waits or self._answer_requests()
        return self._proceed()

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        if self.waits_for in ("head", "body"):
            self._refuse(RequestTimeout("the request did not come in time"))
        self.waits_for = "closed"
        return self._flush()

    def retire(self) -> None:
        """Close after the request that has begun to arrive, or at once if none has."""
        self._retired = True
        if self.waits_for == "idle":
            self.waits_for = "closed"

    def _whole_head(self, data: bytes) -> Head | None:
        """Return the head if the bytes are one request without a body, as they usually are."""
        if len(data) > MAX_REMEMBERED:
            return None
        try:
            head = parse_head(data, self._client, self._limits)
        except HTTPError:
            return None  # _answer_requests finds the error, or several requests
        return head if head is not None and head[1].length == 0 else None

    def _proceed(self) -> bytes:
        """Respond to all requests that are complete, and update waits_for."""
        if self._waits is not None and self.waits_for != "closed":
            self.waits_for = next(self._waits, "closed")
            if self.waits_for == "idle" and not self._stream.rest:
                self._waits = None
        return self._flush()

    def _flush(self) -> bytes:
        answers = b"".join(self._answers)
        self._answers.clear()
        self._owed = 0
        return answers

    def _answer_requests(self) -> Iterator[State]:
        """Respond to one request after another while the connection persists; yield the states that it waits in."""
        try:
            while True:
                while (head := take_head(self._stream, self._client, self._limits)) is None:
                    if self._stream.ended or (self._retired and not self._stream.has_begun):
                        return
                    yield "head" if self._stream.has_begun else "idle"
                request, framing = head
                if framing.length != 0:
                    request = yield from self._receive_body(head)
                self._send(self._answer(request, framing.connection))
                if self.waits_for == "closed":
                    return
                if self._owed > self._limits.unread:
                    yield "write"
        except HTTPError as error:
            self._refuse(error)

    def _receive_body(self, head: Head) -> Reader[Request]:
        """Read the body; send 100 first if the client waits for it and the body has not begun (RFC 9110 §10.1.1)."""
        request, framing = head
        self._method = request.method
        if framing.expects_continue and not self._stream.rest:
            self._send(CONTINUE)
        body = yield from read_body(self._stream, framing, self._limits)
        self._method = ""
        return complete(head, body)

    def _answer(self, request: Request, connection: str) -> bytes:
        """Call the handler. If it raises or its response is invalid, log that and respond with 500."""
        if self._retired:
            connection = "close"
        try:
            response = SERVER_OPTIONS if request.path == "*" else self._handler(request)
            message = generate_message(response, connection, request.method)
        except Exception:
            logger.exception("%s %s failed", request.method, request.target)
            response = FAILED
            message = generate_message(response, connection, request.method)
        if connection == "close":
            self.waits_for = "closed"
        self.served += 1
        if self._log is not None:
            self._write_log(self._log, request, response)
        return message

    def _refuse(self, error: HTTPError) -> None:
        """Send the last response: after an invalid request nobody knows where the next one begins."""
        response = plain_text(error.status, str(error))
        self._send(generate_message(response, "close", self._refused_method()))
        self.served += 1
        if self._log is not None:
            self._write_log(self._log, None, response)

    def _refused_method(self) -> str:
        """Return the method of a refused request as far as it matters: a response to HEAD has no body."""
        begins_with_head = self._stream.rest.removeprefix(CRLF).startswith(b"HEAD ")
        return self._method or ("HEAD" if begins_with_head else "GET")

    def _send(self, message: bytes) -> None:
        self._answers.append(message)
        self._owed += len(message)

    def _write_log(self, log: Log, request: Request | None, response: Response) -> None:
        """Log a response. An error of the log does not prevent the response."""
        try:
            log(self._client, request, response)
        except Exception:
            logger.exception("the response to %s cannot be logged", self._client)
