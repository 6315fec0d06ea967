"""One connection: bytes in, requests out; responses in, bytes out (RFC 9112 §9). It calls nobody."""

from typing import Literal, TypeAlias

from raw_router.framing import Reader, Stream, read_body, take_head
from raw_router.limits import LIMITS, Limits
from raw_router.memo import head_cache
from raw_router.messages import HTTPError, Request, RequestTimeout, Response, ServiceUnavailable, plain_text
from raw_router.parser import CRLF, Head, complete
from raw_router.writer import CONTINUE, PieceFramer, generate_message, has_content

MAX_REMEMBERED = 1024  # octets of a head that each connection remembers; it takes several times as much memory

State: TypeAlias = Literal["idle", "head", "body", "answer", "piece", "write", "closed"]


class Connection:
    """The server's side of one connection: persistence, pipelining, 100 Continue and refusals.

    `receive` takes the bytes that arrive. It returns a request, which `respond` turns the response to into bytes; or
    else it returns bytes of the connection's own, maybe none. In between the connection waits for what waits_for names:

    "idle"    a request, of which nothing has arrived
    "head"    the rest of a request's head
    "body"    the rest of a request's body
    "answer"  the response to the request that was returned: call respond
    "piece"   the next piece of the response's body: call send_piece, finish or tear
    "write"   its turn, because more has arrived than one request: call receive(b"")
    "closed"  nothing: send everything, half-close, read for some time, close (RFC 9112 §9.6)

    torn: the body ends where the connection does, and is not complete; only a reset shows that. refusal is the response
    to an invalid request; the responder logs it and clears it.
    """

    __slots__ = (
        "_body",
        "_cache",
        "_client",
        "_closes",
        "_framer",
        "_head",
        "_known",
        "_limits",
        "_retired",
        "_stream",
        "refusal",
        "torn",
        "waits_for",
    )

    def __init__(self, client: str = "", limits: Limits = LIMITS) -> None:
        self.waits_for: State = "idle"
        self.torn = False
        self.refusal: Response | None = None
        self._client = client
        self._limits = limits
        self._cache = head_cache(limits)
        self._retired = False
        self._stream = Stream()
        self._head: Head | None = None  # of the request whose body or response is awaited
        self._body: Reader[bytes] | None = None
        self._framer: PieceFramer | None = None  # of the response that is being sent in pieces
        self._closes = False  # after that response
        self._known: tuple[bytes, Head] | None = None  # the last head without query and body; it may come again

    def receive(self, data: bytes) -> Request | bytes:
        """Take bytes from the client; return a complete request, or bytes for the client."""
        if (known := self._known) and data == known[0] and self.waits_for == "idle" and not self._stream.data:
            self._head = head = known[1]
            self.waits_for = "answer"
            return head[0]
        if self.waits_for == "closed":
            return b""
        if data:
            self._stream.feed(data)
        return self._proceed()

    def end_of_input(self) -> Request | bytes:
        """End the input, because the client will not send more; return what receive returns."""
        self._stream.ended = True
        return self._proceed()

    def respond(self, response: Response) -> bytes:
        """Return the response to the request as bytes; only its head, if its body is to be sent in pieces.

        Raises ValueError, and changes nothing, if the response is not valid.
        """
        assert self._head is not None, "a request waits for its response"
        request, framing = self._head
        option = "close" if self._retired else framing.connection
        if isinstance(response.body, bytes) or not has_content(request.method, response.status):
            message = generate_message(response, option, request.method)
            self._end_response(option == "close")
        else:
            self._framer = framer = PieceFramer(response, option, request.version)
            message = framer.head
            self.waits_for = "piece"
            self._closes = option == "close" or framer.closes
        return message

    def send_piece(self, piece: bytes) -> bytes:
        """Return a piece of the body as it is sent. It is cut where the body is longer than its Content-Length."""
        assert self._framer is not None, "a body is sent in pieces"
        return self._framer.frame(piece)

    def finish(self) -> bytes:
        """Return what ends the body. Raises ValueError, and changes nothing, if the body is too short."""
        assert self._framer is not None, "a body is sent in pieces"
        end = self._framer.end()
        self._framer = None
        self._end_response(self._closes or self._retired)
        return end

    def tear(self) -> None:
        """End the connection without the end of the body, so that the client sees that it is not complete."""
        assert self._framer is not None, "a body is sent in pieces"
        self.torn = self._framer.closes
        self._framer = None
        self._close()

    @property
    def octets_sent(self) -> int:
        """How much of the body in pieces was framed."""
        return 0 if self._framer is None else self._framer.sent

    @property
    def octets_missing(self) -> int | None:
        """How much of the body in pieces is missing from its Content-Length, None without one."""
        return None if self._framer is None else self._framer.missing

    def _end_response(self, closes: bool) -> None:
        self._head = None
        if closes:
            self._close()
        else:
            self.waits_for = "write" if self._stream.data or self._stream.ended else "idle"

    def time_out(self) -> bytes:
        """Stop waiting; return 408, or nothing if no request had begun."""
        if self.waits_for in ("head", "body"):
            return self._refuse(RequestTimeout("the request did not come in time"))
        self._close()
        return b""

    def turn_down(self) -> bytes:
        """Return 503 for the request that has begun, because the server has no room for it."""
        return self._refuse(ServiceUnavailable("the server has no room for the request now"))

    def retire(self) -> None:
        """Close after the next response. The driver decides how long to wait for a request that has not begun."""
        self._retired = True

    def _proceed(self) -> Request | bytes:
        """Read what has arrived, up to the end of a request."""
        if self.waits_for in ("answer", "piece", "closed"):
            return b""
        try:
            return self._read_head() if self._body is None else self._read_body(self._body)
        except HTTPError as error:
            return self._refuse(error)

    def _read_head(self) -> Request | bytes:
        octets = b"" if self._stream.position else self._stream.data
        self._head = head = take_head(self._stream, self._cache, self._client)
        if head is None:
            self._await_head()
            return b""
        request, framing = head
        if framing.length == 0:
            self.waits_for = "answer"
            if not request.query and not self._stream.data and 0 < len(octets) <= MAX_REMEMBERED:
                self._known = octets, head
            return request
        self._body = read_body(self._stream, framing, self._limits)
        if framing.expects_continue and not self._stream.data and not self._stream.ended:  # RFC 9110 §10.1.1
            self.waits_for = "body"
            return CONTINUE
        return self._read_body(self._body)

    def _await_head(self) -> None:
        begun = self._stream.has_begun
        if self._stream.ended or (self._retired and not begun):
            self._close()
        else:
            self.waits_for = "head" if begun else "idle"

    def _read_body(self, body: Reader[bytes]) -> Request | bytes:
        try:
            next(body)
        except StopIteration as end:
            assert self._head is not None, "a body follows its head"
            self._body = None
            self.waits_for = "answer"
            return complete(self._head, end.value)
        self.waits_for = "body"
        return b""

    def _refuse(self, error: HTTPError) -> bytes:
        """Return the last response: after an invalid request nobody knows where the next one begins."""
        self.refusal = plain_text(error.status, str(error), error.fields)
        message = generate_message(self.refusal, "close", self._refused_method())
        self._close()
        return message

    def _refused_method(self) -> str:
        """Return the method of a refused request as far as it matters: a response to HEAD has no body."""
        if self._head is not None:
            return self._head[0].method
        return "HEAD" if self._stream.rest.removeprefix(CRLF).startswith(b"HEAD ") else "GET"

    def _close(self) -> None:
        """Wait for nothing more, and let go of what has arrived."""
        self.waits_for = "closed"
        self._head = self._body = None
        self._stream = Stream()
