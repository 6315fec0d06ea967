"""The gateway: makes a handler of any WSGI application (PEP 3333).

The body of a request is complete in memory. What an application returns is pulled piece by piece, unless it is a list
or a tuple. What an application sets and must not is dropped with a warning if the response is clear without it.
"""

import logging
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from operator import length_hint
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from wsgiref.util import FileWrapper, is_hop_by_hop

from raw_router.messages import REASON_PHRASES, Fields, Request, Response
from raw_router.parser import CONTENT_LENGTH, TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Environ: TypeAlias = dict[str, Any]

NO_CONTENT = frozenset({204, 205, 304})  # statuses (RFC 9110 §15.3.5, §15.3.6, §15.4.5)
STATUS = re.compile(r"([2-9][0-9]{2})(?: ([\t -~\x80-\xff]*))?")
FIELD_VALUE = re.compile(r"[\t -~\x80-\xff]*")  # no CR or LF: nothing splits a response

BLOCK_SIZE = 256 * 1024  # octets of a file
MAX_KNOWN = 256  # environments; the limit of a head limits their sizes

logger = logging.getLogger("raw_router")


class ApplicationHead(NamedTuple):
    """What an application passes to start_response, as it is sent."""

    status: int
    reason: str | None  # None for the registered phrase
    headers: Fields  # with at most one Content-Length
    length: int | None  # the value of Content-Length
    dropped: Fields  # fields that only the server may set


class ApplicationError(Exception):
    """The application violates PEP 3333, or ASGI; its response is not sent."""


class Exchange:
    """One call of the application: the head that it passes, and what it writes instead of returning it."""

    __slots__ = ("head", "is_sent", "written")

    def __init__(self) -> None:
        self.head: ApplicationHead | None = None
        self.written: list[bytes] = []
        self.is_sent = False  # the head; then an error cannot replace it

    def start_response(
        self, status: str, response_headers: Iterable[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Set status and header fields; with exc_info they replace earlier ones, or it is raised if they were sent."""
        if self.head is not None:
            if not exc_info:
                raise ApplicationError("start_response was called twice")
            if self.is_sent:
                raise exc_info[1] or ApplicationError("start_response was called after the head was sent")
            self.written.clear()
        self.head = check_head(status, tuple(map(tuple, response_headers)))
        return self.written.append

    def take_written(self) -> bytes:
        written = b"".join(self.written)
        self.written.clear()
        return written

    def checked_head(self) -> ApplicationHead:
        if self.head is None:
            raise ApplicationError("start_response was not called before the body")
        return self.head

    def respond(self, result: Iterable[bytes], method: str) -> Response:
        """Return the response to a request with this method. If an error occurs, the result is closed."""
        if (type(result) is list or type(result) is tuple) and not self.written:
            return self.whole_response(b"".join(result), method, None)
        pieces = Pieces(self, result)
        try:
            if isinstance(result, (list, tuple)):
                return self.whole_response(self.take_written() + b"".join(result), method, pieces)
            return self.respond_in_pieces(pieces, method)
        except BaseException:
            pieces.close()
            raise

    def respond_in_pieces(self, pieces: "Pieces", method: str) -> Response:
        """Return the response with the whole body if the first piece is all of it; pulling on could take long."""
        first = pieces.begin(method)
        status, reason, headers, length, _ = self.checked_head()
        if first and length != len(first) and (length is not None or not pieces.is_last):
            pieces.first = first
            return Response(status, headers, pieces, reason)
        return self.whole_response(first, method, pieces)

    def whole_response(self, body: bytes, method: str, rest: "Pieces | None") -> Response:
        """Return a response with its whole body; rest is what is left to be pulled and closed after it."""
        status, reason, headers, length, _ = self.checked_head()
        self.is_sent = True
        if method == "HEAD" or status in NO_CONTENT:
            return Response(status, headers, b"", reason, rest)
        if length is None:
            return Response(status, (*headers, ("Content-Length", str(len(body)))), body, reason, rest)
        if length == len(body):
            return Response(status, headers, body, reason, rest)
        pieces = (body,) if body else ()  # the framing cuts them, or the connection ends after them
        return Response(status, headers, pieces, reason, rest)


class Pieces:
    """What an application returns, piece by piece, together with what it writes in between."""

    __slots__ = ("_exchange", "_iterator", "_result", "first")

    def __init__(self, exchange: Exchange, result: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._result = result
        self._iterator: Iterator[bytes] = iter(())
        self.first = b""  # a piece that is returned again

    def begin(self, method: str) -> bytes:
        """Return the first piece that is not empty, b"" without one.

        If the response has no content, pull only until start_response was called.
        """
        if isinstance(self._result, bytes):
            raise ApplicationError("the application returned bytes, not a list of bytes")
        self._iterator = iter(self._result)
        exchange = self._exchange
        while exchange.head is None or not (method == "HEAD" or exchange.head.status in NO_CONTENT):
            piece = next(self, None)
            if piece:
                exchange.is_sent = True
                return piece
            if piece is None:
                break
        else:
            self._iterator = iter(())
        return b""

    @property
    def is_last(self) -> bool:
        """Whether the iterator knows that nothing is left, as that of a list does."""
        return length_hint(self._iterator, 1) == 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the first piece again, then the others; the last one may be written before the end."""
        if self.first:
            first, self.first = self.first, b""
            return first
        piece = next(self._iterator, None)
        written = self._exchange.take_written() if self._exchange.written else b""
        if piece is None and not written:
            raise StopIteration
        self._exchange.checked_head()
        return written + (piece or b"") if written else piece or b""

    def close(self) -> None:
        """Close the result, as PEP 3333 always requires."""
        if hasattr(self._result, "close"):
            self._result.close()


def warn_once(dropped: Fields, warned: set[str]) -> None:
    """Warn about each field that is dropped, unless its name is among the fields that were warned about."""
    for name, value in dropped:
        if name.lower() not in warned:
            warned.add(name.lower())
            logger.warning("the application sets %s: %s, which only the server may set; it is dropped", name, value)


@lru_cache(maxsize=256)
def check_head(status: str, headers: tuple[tuple[Any, ...], ...]) -> ApplicationHead:
    """Return the head as it is sent. Raises ApplicationError if it is not well-formed.

    Cached, because applications send the same heads again.
    """
    match = STATUS.fullmatch(status) if isinstance(status, str) else None
    if match is None:
        raise ApplicationError(f"{status!r} is not a valid status of a response")
    code = int(match[1])
    reason = match[2] or ""
    fields = [check_field(*field) if len(field) == 2 else check_field(field, None) for field in headers]
    dropped = tuple(field for field in fields if is_for_the_server(field[0], code))
    length = content_length([value for name, value in fields if name.lower() == "content-length"], code)
    sent = [field for field in fields if field not in dropped and field[0].lower() != "content-length"]
    if any(name.lower() == "upgrade" for name, _ in sent):  # RFC 9110 §7.8
        sent.append(("Connection", "Upgrade"))
    if length is not None:
        sent.append(("Content-Length", str(length)))
    phrase = None if reason == REASON_PHRASES.get(code, "") else reason
    return ApplicationHead(code, phrase, tuple(sent), length, dropped)


def check_field(name: Any, value: Any) -> tuple[str, str]:
    """Return a header field. Raises ApplicationError if it is not two strings of the grammar."""
    if not (isinstance(name, str) and isinstance(value, str)):
        raise ApplicationError(f"a header field is not two strings: {name!r}, {value!r}")
    if not re.fullmatch(TOKEN, name) or not FIELD_VALUE.fullmatch(value):
        raise ApplicationError(f"an application cannot set the header field {name!r}: {value!r}")
    return name, value


def is_for_the_server(name: str, status: int) -> bool:
    """Whether only the server may set a field, because it is about the connection (RFC 9110 §7.6.1).

    Proxy-Authenticate is not (§11.7.1), though wsgiref lists it; Upgrade is part of a 426 (§15.5.22).
    """
    kept = ("proxy-authenticate", "upgrade") if status == HTTPStatus.UPGRADE_REQUIRED else ("proxy-authenticate",)
    return is_hop_by_hop(name) and name.lower() not in kept


def content_length(values: list[str], status: int) -> int | None:
    """Return the Content-Length of a response, as its status requires (§8.6). Equal values are one."""
    lengths = {value.strip(" \t") for value in values}
    if len(lengths) > 1 or not all(map(CONTENT_LENGTH.fullmatch, lengths)):
        raise ApplicationError(f"Content-Length is {values}, not one number")
    if status == HTTPStatus.NO_CONTENT:
        return None
    if status == HTTPStatus.RESET_CONTENT:
        return 0
    return int(lengths.pop()) if lengths else None


class Gateway:
    """A handler that calls a WSGI application and raises the application's exceptions."""

    def __init__(self, application: "WSGIApplication", constants: Environ) -> None:
        self._application = application
        self._constants = constants  # of all environments
        self._known: dict[int, tuple[Mapping[str, str], Environ]] = {}  # by the identity of the header fields
        self._warned: set[str] = set()  # fields

    def __call__(self, request: Request) -> Response:
        exchange = Exchange()
        try:
            result = self._application(self.environ(request), exchange.start_response)
            response = exchange.respond(result, request.method)
        except SystemExit as error:
            raise ApplicationError("the application tried to end the server") from error
        if exchange.head and exchange.head.dropped:
            warn_once(exchange.head.dropped, self._warned)
        return response

    def environ(self, request: Request) -> Environ:
        """Return the environment for a request, by PEP 3333 and, for keys in capitals, by CGI (RFC 3875 §4.1).

        REQUEST_URI, as Apache has it, and RAW_URI, as gunicorn has it, are the target before it was decoded.
        """
        method, target, version, headers, path, query, _, body, client, _ = request
        known = self._known.get(id(headers))
        environ = known[1].copy() if known is not None and known[0] is headers else self._learn(headers)
        environ["REQUEST_METHOD"] = method
        environ["REQUEST_URI"] = environ["RAW_URI"] = target
        environ["PATH_INFO"] = path if path.isascii() else octets_as_latin_1(path)
        environ["QUERY_STRING"] = query
        environ["SERVER_PROTOCOL"] = version
        environ["REMOTE_ADDR"] = client
        environ["wsgi.input"] = BytesIO(body)
        environ["wsgi.errors"] = sys.stderr
        return environ

    def _learn(self, headers: Mapping[str, str]) -> Environ:
        """Return the part of an environment that depends on nothing but the header fields, and remember a copy.

        The parser gives requests with equal fields the same mapping, so its identity is a key that costs nothing.
        """
        environ = self._constants.copy()
        for name, value in zip(cgi_names(tuple(headers)), headers.values(), strict=False):
            environ[name] = value
        environ.pop("", None)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[id(headers)] = headers, environ.copy()
        return environ


def handler_for(
    application: "WSGIApplication",
    server: tuple[str, int] = ("localhost", 80),
    *,
    multithread: bool = True,
    multiprocess: bool = False,
) -> Gateway:
    """Return a handler that calls a WSGI application.

    server is the name or address, and the port, that the server listens on. multithread and multiprocess are passed on
    to the application: whether several threads or processes call it at once.
    """
    name, port = server
    constants = {
        "SCRIPT_NAME": "",
        "SERVER_NAME": f"[{name}]" if ":" in name else name,  # RFC 3875 §4.1.14
        "SERVER_PORT": str(port),
        "SERVER_SOFTWARE": "raw_router",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input_terminated": True,
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": file_wrapper,
    }
    return Gateway(application, constants)


def octets_as_latin_1(path: str) -> str:
    """Return a path as PEP 3333 has it: one character for each octet."""
    return path.encode(errors="surrogateescape").decode("latin-1")


def file_wrapper(file: Any, block_size: int = BLOCK_SIZE) -> FileWrapper:
    """Return the blocks of a file, so that an application need not read it whole (PEP 3333).

    The blocks of a regular file are larger than an application suggests: Werkzeug's would need eight times as long.
    """
    return FileWrapper(file, max(block_size, BLOCK_SIZE) if is_regular(file) else block_size)


def is_regular(file: Any) -> bool:
    """Whether a file is on a disk: others may deliver less than a block, and later."""
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (AttributeError, OSError, ValueError):  # no number, or closed
        return False


@lru_cache(maxsize=256)
def cgi_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the CGI names of header fields, "" for those that are dropped.

    Names with underscores are dropped: X_Real_IP would become the same variable as X-Real-IP. Cached, because most
    clients send one of a few sets of fields.
    """
    return tuple(map(cgi_name, names))


def cgi_name(name: str) -> str:
    key = name.upper().replace("-", "_")
    return "" if "_" in name else key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
