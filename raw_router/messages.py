"""The messages Request and Response, and HTTPError, the reasons to refuse a request."""

from collections.abc import Callable, Iterable, Mapping
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

Body: TypeAlias = bytes | Iterable[bytes]  # of a response


class Request(NamedTuple):
    """One complete request.

    target is the target as it was sent; path is its percent-decoded path, in which surrogates replace octets that are
    not UTF-8 (PEP 383); query is its raw query. headers maps names in lower case to values; repeated lines are joined
    with a comma (RFC 9110 §5.3), cookies with a semicolon. host is the authority of an absolute-form target, else the
    value of the Host field, else "". head is the head as it was sent.
    """

    method: str
    target: str
    version: str
    headers: Mapping[str, str]  # read-only, because requests share it; values as Latin-1 text (RFC 9110 §5.5)
    path: str
    query: str = ""
    host: str = ""
    body: bytes = b""
    client: str = ""
    head: bytes = b""

    def field(self, name: str) -> str | None:
        """Return the value of a header field, or None."""
        return self.headers.get(name.lower())


class Response(NamedTuple):
    """One response, with the Content-Length that its status requires; the writer adds Date and Connection.

    The body is bytes, or an iterable of pieces, which are pulled one by one as the client takes them. A Content-Length
    frames the pieces if there is one, else chunks do. If the iterable has a method close, it is called at the end.
    rest is an iterable that is left behind a whole body: it is pulled and closed after the body has been sent.
    """

    status: int
    headers: Fields = ()
    body: Body = b""
    reason: str | None = None  # None for the registered phrase
    rest: Iterable[bytes] | None = None

    @property
    def content(self) -> bytes:
        """The body of a response that has it whole."""
        assert isinstance(self.body, bytes), "the body is not sent in pieces"
        return self.body


class ConstantResponse(Response):
    """A whole response to many requests. The writer keeps its last message, which is the same for a second."""

    kept: tuple[tuple[str, str, int], bytes] = (("", "", 0), b"")  # option, method and second; the message


Handler: TypeAlias = Callable[[Request], Response]


class HTTPError(Exception):
    """A request that the connection refuses itself; the message is the reason in plain words."""

    status: ClassVar[HTTPStatus]
    fields: ClassVar[Fields] = ()  # of the response, in addition


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


class ServiceUnavailable(HTTPError):
    status = HTTPStatus(503)
    fields = (("Retry-After", "10"),)  # seconds


class VersionNotSupported(HTTPError):
    status = HTTPStatus(505)


def plain_text(status: HTTPStatus, reason: str, fields: Fields = ()) -> Response:
    """Return the one-line response that a connection sends without calling a handler."""
    line = f"{status.value} {REASON_PHRASES[status]}: {reason}\n"
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(line))),
        ("X-Content-Type-Options", "nosniff"),
        *fields,
    )
    return Response(status, headers, line.encode("ascii"))
