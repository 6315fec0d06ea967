"""The gateway: makes a handler of any WSGI application (PEP 3333).

The body of a request is complete in memory. What an application returns is pulled piece by piece, unless it is a list
or a tuple.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from wsgiref.util import FileWrapper, is_hop_by_hop

from raw_router.messages import Fields, Handler, Request, Response
from raw_router.parser import CONTENT_LENGTH, TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

NO_CONTENT = frozenset({204, 205, 304})  # statuses (RFC 9110 §15.3.5, §15.3.6, §15.4.5)
STATUS = re.compile(r"[2-5][0-9]{2} [\t -~\x80-\xff]*")
FIELD_VALUE = re.compile(r"[\t -~\x80-\xff]*")  # no CR or LF: nothing splits a response


class ApplicationHead(NamedTuple):
    """The status and the header fields that an application passes to start_response."""

    status: int
    headers: Fields  # without Date and Content-Length
    length: str | None


class ApplicationError(Exception):
    """The application violates PEP 3333; its response is not sent."""


class Exchange:
    """One call of the application: the head that it passes, and what it writes instead of returning it."""

    __slots__ = ("head", "is_sent", "written")

    def __init__(self) -> None:
        self.head: ApplicationHead | None = None
        self.written: list[bytes] = []
        self.is_sent = False  # the head; then an error cannot replace it

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Set status and header fields; with exc_info they replace earlier ones, or it is raised if they were sent."""
        if self.head and exc_info is None:
            raise ApplicationError("start_response was called twice")
        if self.is_sent and exc_info and exc_info[1]:
            raise exc_info[1]
        self.head = check_head(status, tuple((name, value) for name, value in headers))
        self.written.clear()
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
        """Return the response, in pieces if it has several. The result is closed if it is read or an error occurs."""
        pieces = Pieces(self, result)
        try:
            if isinstance(result, (list, tuple)):
                response = self.whole_response(b"".join([*self.written, *result]), method)
            elif pieces.has_begun(method):
                self.is_sent = True
                status, headers, length = self.checked_head()
                return Response(status, headers if length is None else (*headers, ("Content-Length", length)), pieces)
            else:
                response = self.whole_response(b"", method)
        except BaseException:
            pieces.close()
            raise
        pieces.close()
        return response

    def whole_response(self, body: bytes, method: str) -> Response:
        """Return a response with its whole body. Raises ApplicationError if its Content-Length is wrong."""
        status, headers, length = self.checked_head()
        if status == HTTPStatus.NO_CONTENT:
            return Response(status, headers)
        if status == HTTPStatus.RESET_CONTENT:  # which has no content, and a length of 0 (RFC 9110 §15.3.6)
            return Response(status, (*headers, ("Content-Length", "0")))
        if method == "HEAD" or status == HTTPStatus.NOT_MODIFIED:  # the length is that of the response to GET
            return Response(status, headers if length is None else (*headers, ("Content-Length", length)))
        actual = str(len(body))
        if length not in (None, actual):
            raise ApplicationError(f"Content-Length is {length}, the body has {actual} octets")
        return Response(status, (*headers, ("Content-Length", actual)), body)


class Pieces:
    """What an application returns, piece by piece, together with what it writes in between."""

    __slots__ = ("_exchange", "_first", "_iterator", "_result")

    def __init__(self, exchange: Exchange, result: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._result = result
        self._iterator: Iterator[bytes] = iter(())
        self._first = b""

    def has_begun(self, method: str) -> bool:
        """Pull up to the first piece that is not empty; return False if no piece is to be sent.

        If the response has no content, pull only until start_response was called.
        """
        self._iterator = iter(self._result)
        while self._exchange.head is None or not self.is_without_content(method):
            piece = next(self, None)
            if piece is None:
                return False
            if piece:
                self._first = piece
                return not self.is_without_content(method)
        return False

    def is_without_content(self, method: str) -> bool:
        return method == "HEAD" or self._exchange.checked_head().status in NO_CONTENT

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the first piece again, then the others; the last one may be written before the end."""
        if self._first:
            first, self._first = self._first, b""
            return first
        piece = next(self._iterator, None)
        written = self._exchange.take_written()
        if piece is None and not written:
            raise StopIteration
        self._exchange.checked_head()
        return written + (piece or b"") if written else piece or b""

    def close(self) -> None:
        """Close the result, as PEP 3333 always requires."""
        if hasattr(self._result, "close"):
            self._result.close()


@lru_cache(maxsize=256)
def check_head(status: str, headers: Fields) -> ApplicationHead:
    """Return the head without Date, which the writer adds.

    Raises ApplicationError if the head is not well-formed. Cached, because applications send the same heads again.
    """
    if not STATUS.fullmatch(status):
        raise ApplicationError(f"{status!r} is not a valid status")
    for name, value in headers:
        if not re.fullmatch(TOKEN, name) or not FIELD_VALUE.fullmatch(value) or is_hop_by_hop(name):
            raise ApplicationError(f"an application cannot set the header field {name!r}: {value!r}")
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if len(lengths) > 1 or not all(map(CONTENT_LENGTH.fullmatch, lengths)):
        raise ApplicationError(f"Content-Length is {lengths}, not one number")
    others = tuple(field for field in headers if field[0].lower() not in ("content-length", "date"))
    return ApplicationHead(int(status[:3]), others, next(iter(lengths), None))


def handler_for(application: "WSGIApplication", *, multithread: bool = True, multiprocess: bool = False) -> Handler:
    """Return a handler that calls a WSGI application and raises the application's exceptions.

    multithread and multiprocess are passed on to the application: whether several threads or processes call it at once.
    """
    server = {"wsgi.multithread": multithread, "wsgi.multiprocess": multiprocess}

    def handler(request: Request) -> Response:
        exchange = Exchange()
        try:
            result = application(make_environ(request) | server, exchange.start_response)
            return exchange.respond(result, request.method)
        except SystemExit as error:
            raise ApplicationError("the application tried to end the server") from error

    return handler


def make_environ(request: Request) -> dict[str, Any]:
    """Return the environment for a request, by PEP 3333 and, for keys in capitals, by CGI (RFC 3875 §4.1)."""
    name, port = split_host(request.host)
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode(errors="surrogateescape").decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": request.version,
        "REMOTE_ADDR": request.client,
        **cgi_variables(request.headers),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": file_wrapper,
    }


def file_wrapper(file: Any, block_size: int = 64 * 1024) -> FileWrapper:
    """Return the blocks of a file, so that an application need not read it whole (PEP 3333)."""
    return FileWrapper(file, block_size)


def cgi_variables(headers: Mapping[str, str]) -> dict[str, str]:
    """Return header fields under their CGI names.

    Names with underscores are dropped: X_Real_IP would become the same variable as X-Real-IP.
    """
    return {cgi_name(name): value for name, value in headers.items() if "_" not in name}


@lru_cache(maxsize=256)
def cgi_name(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def split_host(host: str) -> tuple[str, str]:
    """Return name and port of an authority, with the defaults that CGI requires."""
    name, _, port = host.rpartition(":") if re.search(r":[0-9]*\Z", host) else (host, "", "")
    return name or "localhost", port or "80"
