"""The responder: a connection together with the handler that responds to its requests, as bytes in and bytes out."""

import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TypeAlias

from raw_router.connection import Connection, State
from raw_router.limits import LIMITS, Limits
from raw_router.messages import Handler, Request, Response, plain_text
from raw_router.writer import has_content

# client, request (None if it was refused), response, octets of the body that were sent
Log: TypeAlias = Callable[[str, Request | None, Response, int], None]

# The response to OPTIONS *, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", "GET, HEAD, OPTIONS, POST"), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to respond")

END = object()  # of an iterable

logger = logging.getLogger("raw_router")


class Pieces:
    """The body of a response, pulled piece by piece."""

    __slots__ = ("_iterator", "request", "response")

    def __init__(self, request: Request, response: Response) -> None:
        self.request = request
        self.response = response
        self._iterator: Iterator[object] | None = None

    def pull(self) -> bytes | None:
        """Return the next piece, None at the end. Raises what the iterable raises, or TypeError."""
        if self._iterator is None:
            self._iterator = iter(self.response.body)
        piece = next(self._iterator, END)
        if piece is END:
            return None
        if not isinstance(piece, bytes):
            raise TypeError(f"a piece of a body is {type(piece).__name__}, not bytes")
        return piece

    def is_whole(self, piece: bytes) -> bool:
        """Whether a piece is as long as the Content-Length."""
        fields = ((name.lower(), value) for name, value in self.response.headers)
        return ("content-length", str(len(piece))) in fields

    def close(self) -> None:
        """Close the iterable. Its error is only logged, because the response has been made."""
        try:
            if hasattr(self.response.body, "close"):
                self.response.body.close()
        except BaseException:
            logger.exception("%s %s: the body cannot be closed", self.request.method, self.request.target)


class Responder:
    """Asks the handler for the response to each request of a connection, pulls the pieces of bodies, writes the log.

    A driver passes the bytes that arrive to `receive` and sends the bytes that it returns. In between it waits for what
    waits_for names: "idle", "head" and "body" as Connection documents them, and

    "write"   room in the client's buffers: send everything, then call receive(b"")
    "closed"  nothing: send everything, half-close, read for some time, close (RFC 9112 §9.6); or reset if torn

    served counts the responses and the pieces, so that a driver can distinguish one wait from the next. If the client
    leaves or its time is up, the driver calls abandon.
    """

    __slots__ = ("_client", "_connection", "_handler", "_log", "_pieces", "_pulled", "_unread")

    def __init__(self, handler: Handler, client: str = "", log: Log | None = None, limits: Limits = LIMITS) -> None:
        self._connection = Connection(client, limits)
        self._handler = handler
        self._client = client
        self._log = log
        self._unread = limits.unread
        self._pieces: Pieces | None = None
        self._pulled = 0  # pieces

    @property
    def waits_for(self) -> State:
        state = self._connection.waits_for
        return "write" if state == "piece" else state

    @property
    def served(self) -> int:
        return self._connection.served + self._pulled

    @property
    def torn(self) -> bool:
        return self._connection.torn

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it; both may be empty."""
        if self._pieces is not None:
            return self._send_next(self._pieces)
        return self._respond(self._connection.receive(data))

    def end_of_input(self) -> bytes:
        """End the input, because the client will not send more; return the last responses."""
        return self._respond(self._connection.end_of_input())

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        self.abandon()
        return self._respond(self._connection.time_out())

    def retire(self) -> None:
        """Close after the request that has begun to arrive, or at once if none has."""
        self._connection.retire()

    def abandon(self) -> None:
        """Stop sending, because the client is gone."""
        if self._pieces is not None:
            self._break_off(self._pieces)

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
            self._write_log(None, refusal, len(refusal.content))
        return said

    def _answer(self, request: Request) -> bytes:
        """Ask the handler. If it raises or its response is invalid, log that and respond with 500.

        BaseException is caught, too: what an application raises must not end the server.
        """
        try:
            response = SERVER_OPTIONS if request.path == "*" else self._handler(request)
            if not isinstance(response.body, bytes):
                return self._begin(Pieces(request, response))
            message = self._connection.respond(response)
        except BaseException:
            logger.exception("%s %s failed", request.method, request.target)
            response = FAILED
            message = self._connection.respond(response)
        if self._log is not None:
            self._write_log(request, response, 0 if request.method == "HEAD" else len(response.content))
        return message

    def _begin(self, pieces: Pieces) -> bytes:
        """Begin a response in pieces. The first is pulled before the head is made, so that its error becomes a 500."""
        request, response = pieces.request, pieces.response
        try:
            if has_content(request.method, response.status):
                first = pieces.pull()
                if first is not None and not pieces.is_whole(first):
                    message = self._connection.respond(response) + self._connection.send_piece(first)
                    self._pieces = pieces
                    return message
                response = whole_response(response, first)
                if first and pieces.pull():
                    log_longer(request)
            message = self._connection.respond(response)
        except BaseException:
            pieces.close()
            raise
        pieces.close()
        self._write_log(request, response, len(response.body) if isinstance(response.body, bytes) else 0)
        return message

    def _send_next(self, pieces: Pieces) -> bytes:
        """Return the next piece, or the end of the response. After an error the connection ends without that end."""
        connection = self._connection
        self._pulled += 1
        is_full = connection.is_full
        try:
            piece = pieces.pull()
            if piece is not None and not is_full:
                return connection.send_piece(piece)
            if piece:
                log_longer(pieces.request)
            octets = connection.octets_sent
            end = connection.finish()
        except BaseException:
            logger.exception("%s %s failed after its response had begun", pieces.request.method, pieces.request.target)
            self._break_off(pieces)
            return b""
        self._end_pieces(pieces, octets)
        return end

    def _break_off(self, pieces: Pieces) -> None:
        octets = self._connection.octets_sent
        self._connection.tear()
        self._end_pieces(pieces, octets)

    def _end_pieces(self, pieces: Pieces, octets: int) -> None:
        self._pieces = None
        pieces.close()
        self._write_log(pieces.request, pieces.response, octets)

    def _write_log(self, request: Request | None, response: Response, octets: int) -> None:
        """Log a response. An error of the log does not prevent the response."""
        try:
            if self._log is not None:
                self._log(self._client, request, response, octets)
        except Exception:
            logger.exception("the response to %s cannot be logged", self._client)


def whole_response(response: Response, body: bytes | None) -> Response:
    """Return a response whose iterable was exhausted by its first piece; without a piece its length is 0."""
    if body is not None or any(name.lower() == "content-length" for name, _ in response.headers):
        return Response(response.status, response.headers, body or b"")
    return Response(response.status, (*response.headers, ("Content-Length", "0")))


def log_longer(request: Request) -> None:
    logger.warning(
        "%s %s: the body is cut, because it is longer than its Content-Length", request.method, request.target
    )
