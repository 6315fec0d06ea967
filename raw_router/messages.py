"""Request and Response, the two messages, and HTTPError, why bytes are no request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, NamedTuple, TypeAlias

Fields: TypeAlias = tuple[tuple[str, str], ...]  # of a response: names and values

# IANA's registry of status codes; http.HTTPStatus has the older phrases of four codes before Python 3.13.
REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


class Request(NamedTuple):
    """One complete request.

    target is what the request line said; path is its percent-decoded path, query its raw query. headers maps names in
    lower case to values, repeated lines joined with a comma (RFC 9110 §5.3), cookies with a semicolon. host is the
    authority the request is for: that of an absolute-form target, else the Host field, else "".
    """

    method: str
    target: str
    version: str
    headers: Mapping[str, str]  # read-only, for requests share it; values as Latin-1 text (RFC 9110 §5.5)
    path: str
    query: str = ""
    host: str = ""
    body: bytes = b""
    client: str = ""

    def field(self, name: str) -> str | None:
        """Return the value of a header field, or None."""
        return self.headers.get(name.lower())


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, with the Content-Length that its status wants; Date and Connection are the writer's to add."""

    status: int
    headers: Fields = ()
    body: bytes = b""


Handler: TypeAlias = Callable[[Request], Response]


class HTTPError(Exception):
    """Bytes that the connection answers itself; the message says why in plain words."""

    status: ClassVar[HTTPStatus]


class BadRequest(HTTPError):
    status = HTTPStatus(400)


class RequestTimeout(HTTPError):
    status = HTTPStatus(408)


class ContentTooLarge(HTTPError):
    status = HTTPStatus(413)


class URITooLong(HTTPError):
    status = HTTPStatus(414)


class ExpectationFailed(HTTPError):
    status = HTTPStatus(417)


class HeaderFieldsTooLarge(HTTPError):
    status = HTTPStatus(431)


class MethodNotImplemented(HTTPError):
    status = HTTPStatus(501)


class CodingNotImplemented(HTTPError):
    status = HTTPStatus(501)


class VersionNotSupported(HTTPError):
    status = HTTPStatus(505)


def plain_text(status: HTTPStatus, reason: str) -> Response:
    """Return the one-line answer that a connection gives where no handler is asked."""
    line = f"{status.value} {REASON_PHRASES[status]}: {reason}\n"
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(line))),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Response(status, headers, line.encode("ascii"))
