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

Log: TypeAlias = Callable[[str, Request | None, Response], None]  # client, its request if it was one, the answer

# What OPTIONS * is told, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", ", ".join(sorted(METHODS))), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to answer")

logger = logging.getLogger("raw_router")


class Connection:
    """What a server says to one client.

    A driver hands `receive` the bytes that come and sends the bytes that it returns. In between, waits_for tells
    what the driver waits for, and how long is its own to choose:

    "idle"    a request, none of which has come
    "head"    the rest of a request's head
    "body"    the rest of a request's body
    "write"   the client's reading: send everything, then call receive(b"")
    "closed"  nothing: send everything, half-close, read on for a while, close (RFC 9112 §9.6)

    served counts the answers, so that a driver can tell one wait from the next.
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
        self._waits: Iterator[State] | None = None  # of _answer_requests, None where nothing is unread

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it, both possibly none."""
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
        """Take note that the client will send no more, and return what is owed to it."""
        self._stream.ended = True
        self._waits = self._waits or self._answer_requests()
        return self._proceed()

    def time_out(self) -> bytes:
        """Give up waiting; return what there is to say of it, nothing where no request had begun."""
        if self.waits_for in ("head", "body"):
            self._refuse(RequestTimeout("the request did not come in time"))
        self.waits_for = "closed"
        return self._flush()

    def retire(self) -> None:
        """Answer the request that has begun to come, if one has, and none after it."""
        self._retired = True
        if self.waits_for == "idle":
            self.waits_for = "closed"

    def _whole_head(self, data: bytes) -> Head | None:
        """Return the head of a request without a body, where the bytes are just that, as they mostly are."""
        if len(data) > MAX_REMEMBERED:
            return None
        try:
            head = parse_head(data, self._client, self._limits)
        except HTTPError:
            return None  # for _answer_requests to say what is wrong with it, or to find two requests in it
        return head if head is not None and head[1].length == 0 else None

    def _proceed(self) -> bytes:
        """Answer what can be answered now, and note what is waited for then."""
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
        """Answer one request after another while the connection persists; yield what is waited for in between."""
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
        """Send 100 to a client that waits for it, but not if the body has begun (RFC 9110 §10.1.1); read the body."""
        request, framing = head
        self._method = request.method
        if framing.expects_continue and not self._stream.rest:
            self._send(CONTINUE)
        body = yield from read_body(self._stream, framing, self._limits)
        self._method = ""
        return complete(head, body)

    def _answer(self, request: Request, connection: str) -> bytes:
        """Ask the handler; what it raises, and what is no response, is logged here and shown nowhere else."""
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
        """Answer what is no request, for the last time: nobody knows where the next one would begin."""
        response = plain_text(error.status, str(error))
        self._send(generate_message(response, "close", self._refused_method()))
        self.served += 1
        if self._log is not None:
            self._write_log(self._log, None, response)

    def _refused_method(self) -> str:
        """Return HEAD for a refused HEAD, which must get no body even so."""
        begins_with_head = self._stream.rest.removeprefix(CRLF).startswith(b"HEAD ")
        return self._method or ("HEAD" if begins_with_head else "GET")

    def _send(self, message: bytes) -> None:
        self._answers.append(message)
        self._owed += len(message)

    def _write_log(self, log: Log, request: Request | None, response: Response) -> None:
        """Log an answer; that a log cannot be written is no reason not to answer."""
        try:
            log(self._client, request, response)
        except Exception:
            logger.exception("the answer to %s cannot be logged", self._client)
