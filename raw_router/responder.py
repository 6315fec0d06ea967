"""The responder: a connection together with the handler that responds to its requests, as bytes in and bytes out."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain

from raw_router import forks
from raw_router.buffers import Buffers, joined, size_of
from raw_router.connection import Connection, State
from raw_router.deliveries import Deliveries, Log
from raw_router.limits import LIMITS, Limits
from raw_router.messages import Handler, Request, Response, plain_text
from raw_router.writer import has_content

# The response to OPTIONS *, which asks about the server and not about a page (RFC 9110 §9.3.7).
SERVER_OPTIONS = Response(
    HTTPStatus.NO_CONTENT, (("Allow", "GET, HEAD, OPTIONS, POST"), ("X-Content-Type-Options", "nosniff"))
)

FAILED = plain_text(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to respond")

END = object()  # of an iterable

JOINED = 32 * 1024  # octets of a body or a piece that is copied behind its head, which is quicker than two buffers

logger = logging.getLogger("raw_router")


class Pieces:
    """What is left of a response after its first message: pieces of its body, and its rest."""

    __slots__ = ("_first", "_iterator", "has_ended", "request", "response")

    def __init__(self, request: Request, response: Response) -> None:
        self.request = request
        self.response = response
        self.has_ended = False
        self._first: bytes | None = None
        is_whole = isinstance(response.body, bytes) or not has_content(request.method, response.status)
        self._iterator: Iterator[object] = chain(() if is_whole else response.body, response.rest or ())

    def pull(self) -> bytes | None:
        """Return the next piece, None at the end. Raises what the iterable raises, or TypeError."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        piece = END if self.has_ended else self._pull()
        if piece is END:
            self.has_ended = True
            return None
        if not isinstance(piece, bytes):
            raise TypeError(f"a piece of a body is {type(piece).__name__}, not bytes")
        return piece

    def _pull(self) -> object:
        forked = forks.count
        try:
            return next(self._iterator, END)
        finally:
            if forks.count != forked:
                forks.end_child(f"{self.request.method} {self.request.target}")

    def put_back(self, piece: bytes) -> None:
        """Let the next pull return a piece again."""
        self._first = piece

    def close(self) -> None:
        """Close the iterables. Their errors are only logged, because the response has been made."""
        forked = forks.count
        for each in (self.response.body, self.response.rest):
            close = getattr(each, "close", None)
            try:
                if close is not None:
                    close()
            except BaseException:
                logger.exception("%s %s: the body cannot be closed", self.request.method, self.request.target)
        if forks.count != forked:
            forks.end_child(f"{self.request.method} {self.request.target}")


class Responder:
    """Asks the handler for the response to each request of a connection, pulls the pieces of bodies, writes the log.

    A driver passes the bytes that arrive to `receive` and sends the bytes that it returns. In between it waits for what
    waits_for names: "idle", "head" and "body" as Connection documents them, and

    "answer"  the handler, after feed or feed_end: call answer
    "write"   room in the client's buffers: send everything, then call answer, or receive(b"")
    "closed"  nothing: send everything, half-close, read for some time, close (RFC 9112 §9.6); or reset if torn

    If the client leaves or its time is up, the driver calls abandon.
    """

    __slots__ = ("_connection", "_deliveries", "_handler", "_pieces", "_request", "_unread")

    def __init__(self, handler: Handler, client: str = "", log: Log | None = None, limits: Limits = LIMITS) -> None:
        self._connection = Connection(client, limits)
        self._handler = handler
        self._deliveries = None if log is None else Deliveries(log, client)
        self._unread = limits.unread
        self._request: Request | None = None  # that the handler is to be asked for
        self._pieces: Pieces | None = None

    @property
    def waits_for(self) -> State:
        state = self._connection.waits_for
        return "write" if self._pieces is not None else state

    @property
    def torn(self) -> bool:
        return self._connection.torn

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the client without asking the handler; return what the connection says itself."""
        return self._keep(self._connection.receive(data))

    def feed_end(self) -> bytes:
        """End the input, because the client will not send more, without asking the handler."""
        return self._keep(self._connection.end_of_input())

    def answer(self) -> Buffers:
        """Ask the handler, and return the responses to the requests that have arrived, or the next piece of one.

        A large body is not copied, but a buffer of its own.
        """
        if self._pieces is not None:
            return self._send_next(self._pieces)
        request, self._request = self._request, None
        if request is None:
            return self._respond(self._connection.receive(b""))
        answer = self._answer(request)
        return answer if self._connection.waits_for != "write" else self._go_on(answer)

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return bytes for it; both may be empty. This is feed and answer in one."""
        if self._pieces is not None:
            return joined(self._send_next(self._pieces))
        return joined(self._respond(self._connection.receive(data)))

    def end_of_input(self) -> bytes:
        """End the input, because the client will not send more; return the last responses."""
        if self._connection.waits_for != "piece":
            self._drop_pieces()  # that are only to be closed
        return joined(self._respond(self._connection.end_of_input()))

    def _keep(self, said: Request | bytes) -> bytes:
        if isinstance(said, bytes):
            return self._say(said) if said else said
        self._request = said
        return b""

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        self._drop_pieces()
        return joined(self._respond(self._connection.time_out()))

    def turn_down(self) -> bytes:
        """Return 503 for the request that has begun, because the server has no room for it."""
        self._request = None
        return self._say(self._connection.turn_down())

    def retire(self) -> None:
        """Close after the next response."""
        self._connection.retire()

    def abandon(self) -> None:
        """Stop sending, because the client is gone."""
        self._drop_pieces()
        if self._deliveries is not None:
            self._deliveries.give_up()

    def _drop_pieces(self) -> None:
        if self._pieces is not None:
            self._break_off(self._pieces)

    def took(self, octets: int) -> None:
        """Note that the socket took octets of what was returned."""
        if self._deliveries is not None:
            self._deliveries.take(octets)

    def _respond(self, said: Request | bytes) -> Buffers:
        """Respond to one complete request after another, until the client has to read or to send more."""
        answer = self._say(said) if isinstance(said, bytes) else self._answer(said)
        return answer if self._connection.waits_for != "write" else self._go_on(answer)

    def _go_on(self, answer: Buffers) -> Buffers:
        connection = self._connection
        answers: list[bytes] = []
        owed = 0
        while True:
            if isinstance(answer, tuple):
                return (b"".join(answers) + answer[0], *answer[1:])
            answers.append(answer)
            owed += len(answer)
            if connection.waits_for != "write" or self._pieces is not None or owed > self._unread:
                return b"".join(answers)
            said = connection.receive(b"")
            answer = self._say(said) if isinstance(said, bytes) else self._answer(said)

    def _say(self, said: bytes) -> bytes:
        """Return what the connection says itself; log a refusal."""
        if (refusal := self._connection.refusal) is not None:
            self._connection.refusal = None
            return self._deliver(None, refusal, said, len(refusal.content))
        return self._give(said)

    def _answer(self, request: Request) -> Buffers:
        """Ask the handler. If it raises or its response is invalid, log that and respond with 500.

        BaseException is caught, too: what an application raises must not end the server.
        """
        try:
            response = SERVER_OPTIONS if request.path == "*" else self._ask(request)
            if not isinstance(response.body, bytes) or response.rest is not None:
                return self._begin(Pieces(request, response))
            if len(response.body) > JOINED:
                return self._begin(Pieces(request, response._replace(body=(response.body,))))
            message = self._connection.respond(response)
        except BaseException:
            logger.exception("%s %s failed", request.method, request.target)
            response = FAILED
            message = self._connection.respond(response)
        if self._deliveries is None:
            return message
        return self._deliver(request, response, message, 0 if request.method == "HEAD" else len(response.content))

    def _ask(self, request: Request) -> Response:
        forked = forks.count
        try:
            return self._handler(request)
        finally:
            if forks.count != forked:
                forks.end_child(f"{request.method} {request.target}")

    def _begin(self, pieces: Pieces) -> Buffers:
        """Begin a response that does not end with its first message. An error in making that becomes a 500."""
        request, response = pieces.request, pieces.response
        try:
            message = self._first_message(request, response, pieces)
        except BaseException:
            pieces.close()
            raise
        self._pieces = pieces
        if self._connection.waits_for != "piece":
            is_sent = isinstance(response.body, bytes) and has_content(request.method, response.status)
            return self._deliver(request, response, joined(message), len(response.content) if is_sent else 0)
        if self._deliveries is not None:
            self._deliveries.begin(request, response, size_of(message) - self._connection.octets_sent)
            self._deliveries.give(size_of(message))
        return message

    def _first_message(self, request: Request, response: Response, pieces: Pieces) -> Buffers:
        """Return the head with a whole body or a first piece; it is not copied behind the head if it is large."""
        if isinstance(response.body, bytes) or not has_content(request.method, response.status):
            return self._connection.respond(response)
        first = pieces.pull()
        if first is None:
            return self._connection.respond(empty_response(response))
        head, piece = self._connection.respond(response), self._send_piece(pieces, first)
        return head + piece if len(piece) <= JOINED else (head, piece)

    def _send_next(self, pieces: Pieces) -> Buffers:
        """Return the next piece, or the end of the response. After an error the connection ends without that end."""
        connection = self._connection
        if connection.waits_for != "piece":
            return self._finish(pieces)
        missing = connection.octets_missing
        try:
            piece = pieces.pull()
        except BaseException:
            logger.exception("%s %s failed after its response had begun", pieces.request.method, pieces.request.target)
            self._break_off(pieces)
            return b""
        if piece is not None and missing != 0:
            return self._give(self._send_piece(pieces, piece))
        if missing:
            log_length(pieces.request, f"ends {missing} octets too early, because it is shorter than")
            self._break_off(pieces)
            return b""
        return self._end_body(pieces, piece)

    def _send_piece(self, pieces: Pieces, piece: bytes) -> bytes:
        """Return a piece as it is sent. It is the last one if the body is longer than its Content-Length."""
        missing = self._connection.octets_missing
        if missing is not None and len(piece) > missing:
            log_length(pieces.request, "is cut, because it is longer than")
            pieces.has_ended = True
        return self._connection.send_piece(piece)

    def _end_body(self, pieces: Pieces, surplus: bytes | None) -> Buffers:
        """End a body. Pieces are closed after its end has been sent, because closing may be slow."""
        octets = self._connection.octets_sent
        end = self._give(self._connection.finish())
        if self._deliveries is not None:
            self._deliveries.end(octets)
        if surplus:
            pieces.put_back(surplus)
        return end or self._finish(pieces)

    def _finish(self, pieces: Pieces) -> Buffers:
        """Pull on after the body was sent, then close the pieces, and continue with the next request."""
        try:
            surplus = pieces.pull()
        except BaseException:
            logger.exception("%s %s failed after its response was sent", pieces.request.method, pieces.request.target)
            surplus = None
        if surplus == b"":
            return b""
        if surplus:
            log_length(pieces.request, "is cut, because it is longer than")
        self._pieces = None
        pieces.close()
        return self._go_on(b"")

    def _break_off(self, pieces: Pieces) -> None:
        self._pieces = None
        if self._connection.waits_for == "piece":
            if self._deliveries is not None:
                self._deliveries.tear(self._connection.octets_sent)
            self._connection.tear()
        pieces.close()

    def _give(self, message: bytes) -> bytes:
        if self._deliveries is not None:
            self._deliveries.give(len(message))
        return message

    def _deliver(self, request: Request | None, response: Response, message: bytes, octets: int) -> bytes:
        """Note a complete response, of whose body the message contains some octets."""
        if self._deliveries is not None:
            self._deliveries.begin(request, response, len(message) - octets)
            self._deliveries.give(len(message))
            self._deliveries.end(octets)
        return message


def empty_response(response: Response) -> Response:
    """Return a response whose iterable has no piece; its length is 0."""
    fields = response.headers
    if not any(name.lower() == "content-length" for name, _ in fields):
        fields = (*fields, ("Content-Length", "0"))
    return response._replace(headers=fields, body=b"")


def log_length(request: Request, problem: str) -> None:
    logger.warning("%s %s: the body %s its Content-Length", request.method, request.target, problem)
