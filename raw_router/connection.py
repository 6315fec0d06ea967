"""One connection, as a function from bytes to bytes: persistence, pipelining and refusals (RFC 9112 §9)."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Literal, TypeAlias

from raw_router.framing import Reader, Stream, read_body, read_head
from raw_router.messages import Handler, HTTPError, Request, RequestTimeout, Response, plain_text
from raw_router.parser import METHODS, Head
from raw_router.writer import CLOSE, CONTINUE, PERSIST, PERSIST_1_0, generate_message

MAX_WAITING = 256 * 1024  # octets of answers to pipelined requests, before the next one is looked at

State: TypeAlias = Literal["idle", "head", "body", "write", "closed"]
Log: TypeAlias = Callable[[str, Request | None, Response], None]  # client, its request if it was one, the answer

# What OPTIONS * is told, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", ", ".join(sorted(METHODS))), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to answer")

errors = logging.getLogger("raw_router")


def no_log(client: str, request: Request | None, response: Response) -> None:
    """Log nothing."""


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

    def __init__(self, handler: Handler, client: str = "", log: Log = no_log) -> None:
        self.served = 0
        self._phase: State = "head"
        self._handler = handler
        self._client = client
        self._method = ""  # of the request whose body is awaited
        self._log = log
        self._stream = Stream()
        self._answers: list[bytes] = []
        self._owed = 0  # octets of them
        self._conversation = self._converse()

    @property
    def waits_for(self) -> State:
        return "idle" if self._phase == "head" and not self._stream.buffer else self._phase

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it, both possibly none."""
        self._stream.buffer += data
        return self._proceed()

    def end_of_input(self) -> bytes:
        """Take note that the client will send no more, and return what is owed to it."""
        self._stream.ended = True
        return self._proceed()

    def time_out(self) -> bytes:
        """Give up waiting; return what there is to say of it, nothing where no request had begun."""
        if self.waits_for in ("head", "body"):
            self._refuse(RequestTimeout("the request did not come in time"))
        self._phase = "closed"
        return self._flush()

    def _proceed(self) -> bytes:
        if self._phase != "closed":
            try:
                next(self._conversation)
            except HTTPError as error:
                self._refuse(error)
            except StopIteration:
                self._phase = "closed"
        return self._flush()

    def _flush(self) -> bytes:
        answers = b"".join(self._answers)
        self._answers.clear()
        self._owed = 0
        return answers

    def _converse(self) -> Reader[None]:
        """Answer one request after another, for as long as the connection persists."""
        while (head := (yield from read_head(self._stream))) is not None:
            self._phase, self._method = "body", head.request.method
            self._encourage(head)
            body = yield from read_body(self._stream, head)
            self._answer(head, head.complete(body, self._client))
            if not head.persistent:
                return
            yield from self._let_client_read()
            self._phase = "head"

    def _encourage(self, head: Head) -> None:
        """Send 100 to a client that waits for it, but for no body, or one that has begun (RFC 9110 §10.1.1)."""
        if head.expects_continue and head.has_body and not self._stream.buffer:
            self._send(CONTINUE)

    def _answer(self, head: Head, request: Request) -> None:
        """Ask the handler; what it raises, and what is no response, is logged here and shown nowhere else."""
        persistence = persistence_line(head)
        try:
            response = SERVER_OPTIONS if request.path == "*" else self._handler(request)
            message = generate_message(response, persistence, request.method)
        except Exception:
            errors.exception("%s %s failed", request.method, request.target)
            response = FAILED
            message = generate_message(response, persistence, request.method)
        self._conclude(request, response, message)

    def _refuse(self, error: HTTPError) -> None:
        """Answer what is no request, for the last time: nobody knows where the next one would begin."""
        response = plain_text(error.status, str(error))
        self._conclude(None, response, generate_message(response, CLOSE, self._refused_method()))
        self._phase = "closed"

    def _refused_method(self) -> str:
        """Return HEAD for a refused HEAD, which must get no body even so."""
        if self._phase == "body":
            return self._method
        return "HEAD" if self._stream.buffer.startswith(b"HEAD ") else "GET"

    def _conclude(self, request: Request | None, response: Response, message: bytes) -> None:
        """Send an answer, and log it; that a log cannot be written is no reason not to answer."""
        self._send(message)
        self.served += 1
        try:
            self._log(self._client, request, response)
        except Exception:
            errors.exception("the answer to %s cannot be logged", self._client)

    def _send(self, message: bytes) -> None:
        self._answers.append(message)
        self._owed += len(message)

    def _let_client_read(self) -> Reader[None]:
        """Look at no further request while the client has much to read."""
        if self._owed > MAX_WAITING:
            self._phase = "write"
            yield


def persistence_line(head: Head) -> bytes:
    """Return what the answer says of the connection (RFC 9112 §9.3)."""
    if not head.persistent:
        return CLOSE
    return PERSIST_1_0 if head.request.version == "HTTP/1.0" else PERSIST
