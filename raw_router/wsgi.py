"""The gateway: makes a handler of any WSGI application (PEP 3333).

Request and response bodies are complete in memory; streaming is left out on purpose.
"""

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from wsgiref.util import is_hop_by_hop

from raw_router.messages import Fields, Handler, Request, Response
from raw_router.parser import CONTENT_LENGTH, TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

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
    """One call of the application: the head and the body that it produces."""

    def __init__(self) -> None:
        self.head: ApplicationHead | None = None
        self.body = bytearray()

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Set status and header fields; with exc_info they replace earlier ones, because nothing was sent yet."""
        if self.head and exc_info is None:
            raise ApplicationError("start_response was called twice")
        self.head = check_head(status, tuple((name, value) for name, value in headers))
        self.body.clear()
        return self.body.extend

    def run(self, application: "WSGIApplication", environ: "WSGIEnvironment") -> None:
        """Call the application, read its whole result, then close it, as PEP 3333 always requires."""
        result = application(environ, self.start_response)
        try:
            for piece in result:
                if self.head is None:
                    raise ApplicationError("a piece of the body came before start_response was called")
                self.body += piece
        finally:
            if hasattr(result, "close"):
                result.close()

    def response(self, method: str) -> Response:
        """Return the response. Raises ApplicationError if its Content-Length is wrong."""
        if self.head is None:
            raise ApplicationError("start_response was not called")
        status, headers, length = self.head
        if status == HTTPStatus.NO_CONTENT:
            return Response(status, headers)
        if status == HTTPStatus.RESET_CONTENT:  # which has no content, and a length of 0 (RFC 9110 §15.3.6)
            return Response(status, (*headers, ("Content-Length", "0")))
        if method == "HEAD" or status == HTTPStatus.NOT_MODIFIED:  # the length is that of the response to GET
            return Response(status, headers if length is None else (*headers, ("Content-Length", length)))
        actual = str(len(self.body))
        if length not in (None, actual):
            raise ApplicationError(f"Content-Length is {length}, the body has {actual} octets")
        return Response(status, (*headers, ("Content-Length", actual)), bytes(self.body))


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
            exchange.run(application, make_environ(request) | server)
        except SystemExit as error:
            raise ApplicationError("the application tried to end the server") from error
        return exchange.response(request.method)

    return handler


def make_environ(request: Request) -> dict[str, Any]:
    """Return the environment for a request, by PEP 3333 and, for keys in capitals, by CGI (RFC 3875 §4.1)."""
    name, port = split_host(request.host)
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
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
    }


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
