"""Bytes to Request, by the grammar of RFC 9112."""

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from raw_router.limits import Limits
from raw_router.messages import (
    BadRequest,
    CodingNotImplemented,
    ContentTooLarge,
    ExpectationFailed,
    HeaderFieldsTooLarge,
    HTTPError,
    MethodNotImplemented,
    Request,
    URITooLong,
    VersionNotSupported,
)
from raw_router.target import ABSOLUTE_PATH, QUERY, decode_path, parse_host, parse_target

# The methods in IANA's registry, without the reserved names * and PRI, and without CONNECT, which is for proxies
# (RFC 9110 §9.3.6).
REGISTERED = """
    ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL
    MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PROPFIND PROPPATCH PUT QUERY REBIND REPORT SEARCH TRACE
    UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL
"""
METHODS = frozenset(REGISTERED.split())

CRLF = b"\r\n"
EMPTY_LINE = b"\r\n\r\n"

# The expressions are named after the rules of the RFCs' grammars.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
QUOTED_STRING = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'  # §5.6.4
REQUEST_LINE = re.compile(rf"({TOKEN}) (({ABSOLUTE_PATH})(?:\?({QUERY}))?|[!-~]+) HTTP/([0-9])\.([0-9])")  # RFC 9112 §3
FIELD_LINE = re.compile(rf"({TOKEN}):([\t -~\x80-\xff]*)")  # §5; the white space around the value is part of it
CONTENT_LENGTH = re.compile(r"[0-9]+")  # RFC 9110 §8.6

MAX_DIGITS = 18  # of a Content-Length; converting more would be slow
FRAMING_FIELDS = ("content-length", "transfer-encoding", "connection", "expect")
ONCE = frozenset({"host", "content-length", "content-type"})  # RFC 9112 §3.2, §6.3; RFC 9110 §8.3


class Framing(NamedTuple):
    """How the body is framed, and whether the connection persists after the response."""

    length: int | None  # of the body in octets, None if it is chunked
    expects_continue: bool
    connection: str  # the option in the response's Connection field, "" for none


# method, target, version, path, query, and the authority of an absolute target (RFC 9112 §3)
RequestLine: TypeAlias = tuple[str, str, str, str, str, str | None]
FieldSection: TypeAlias = tuple[
    MappingProxyType[str, str], str, Framing, int
]  # header fields, host, framing, number of lines
SectionParser: TypeAlias = Callable[[bytes, str, Limits], FieldSection]
Head: TypeAlias = tuple[Request, Framing]  # the request without its body


def complete(head: Head, body: bytes) -> Request:
    """Return the request with its body.

    If the body was chunked, a Content-Length replaces the fields that framed it (RFC 9112 §7.1.3).
    """
    request, framing = head
    headers = request.headers
    if framing.length is None:
        kept = {name: value for name, value in headers.items() if name not in ("transfer-encoding", "trailer")}
        headers = MappingProxyType({**kept, "content-length": str(len(body))})
    return request._replace(headers=headers, body=body)


def parse_head(data: bytes, client: str, limits: Limits, parse_section: SectionParser | None = None) -> Head:
    """Parse a head and its empty line. Raises HTTPError, also if bytes follow the head.

    parse_section parses the field lines; a cache may stand in front of parse_fields.
    """
    end = data.find(CRLF)
    method, target, version, path, query, authority = parse_request_line(data[:end], limits)
    check_head_size(len(data), limits)
    headers, host, framing, _ = (parse_section or parse_fields)(data[end:], version, limits)
    if authority is not None:
        host = authority
        headers = MappingProxyType({**headers, "host": host})  # RFC 9112 §3.2.2
    return Request(method, target, version, headers, path, query, host, b"", client, data), framing


def parse_request_line(line: bytes, limits: Limits) -> RequestLine:
    """Return the parts of a request line. Raises HTTPError."""
    if len(line) > limits.request_line:
        raise why_too_long(line, limits)
    match = REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest("the request line is not a method, one space, a target, one space and HTTP/1.1")
    method, target, path, query, major, minor = match.groups()
    if major != "1":
        raise VersionNotSupported("this server supports HTTP/1.1 and HTTP/1.0")
    if method not in METHODS:
        raise MethodNotImplemented(f"this server does not support the method {method}")
    version = "HTTP/1.0" if minor == "0" else "HTTP/1.1"
    if path is None:
        return (method, target, version, *parse_target(method, target))
    return method, target, version, decode_path(path), query or "", None


def why_too_long(line: bytes, limits: Limits) -> HTTPError:
    """Return why a request line is too long: the method, if no space ends it in time, else the target (§3)."""
    if b" " not in line[: limits.request_line]:
        return BadRequest("the method is too long")
    return URITooLong(f"the request line is longer than {limits.request_line} octets")


def check_head_size(size: int, limits: Limits) -> None:
    """Raise HTTPError if a head is too long; size includes the empty line, the limit does not."""
    if size - len(EMPTY_LINE) > limits.head:
        raise HeaderFieldsTooLarge(f"the head is longer than {limits.head} octets")


def parse_fields(data: bytes, version: str, limits: Limits) -> FieldSection:
    """Parse the field lines (RFC 9112 §5), with the CR LF before them and the empty line after them."""
    lines = data.split(CRLF)[1:-2]
    if len(lines) > limits.fields:
        raise HeaderFieldsTooLarge(f"there are more than {limits.fields} header fields")
    headers = join_repeats([parse_field(line) for line in lines])
    host = parse_host(version, headers.get("host"))
    framing = parse_framing(version, *map(headers.get, FRAMING_FIELDS))
    if framing.length and framing.length > limits.body:
        raise ContentTooLarge(f"a body has at most {limits.body} octets")
    return MappingProxyType(headers), host, framing, len(lines)


def parse_field(line: bytes) -> tuple[str, str]:
    """Return name, in lower case, and value of a field line (RFC 9112 §5)."""
    match = FIELD_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest(why_no_field(line))
    return match[1].lower(), match[2].strip(" \t")


def join_repeats(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return fields by name, with repeated ones joined (RFC 9110 §5.3). Raises BadRequest if one must not repeat."""
    headers: dict[str, str] = {}
    for name, value in fields:
        if name in headers and name in ONCE:
            raise BadRequest(f"a request has at most one {name.title()} field")
        separator = "; " if name == "cookie" else ","  # RFC 9113 §8.2.3: a comma is part of a cookie
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers


def why_no_field(line: bytes) -> str:
    """Return the reason why a line is not a valid field line."""
    name, colon, _ = line.partition(b":")
    if line[:1] in (b" ", b"\t"):
        return "a line begins with white space (folded lines are obsolete)"
    if not colon:
        return "a header field has no colon"
    if not re.fullmatch(TOKEN, name.decode("latin-1")):
        return "a header field's name is empty or contains an invalid character"
    return "a header field's value contains a control character"


def parse_framing(
    version: str, length: str | None, coding: str | None, connection: str | None, expect: str | None
) -> Framing:
    """Return the framing by the version and the FRAMING_FIELDS of a head. Raises HTTPError."""
    if length is not None and coding is not None:
        raise BadRequest("the request has both Transfer-Encoding and Content-Length")  # RFC 9112 §6.3
    if coding is not None:
        check_transfer_encoding(version, coding)
    size = parse_content_length(length) if coding is None else None
    return Framing(size, parse_expectation(version, expect), parse_connection(version, connection))


def parse_content_length(value: str | None) -> int:
    """Return the length of the body in octets, 0 without the field (RFC 9112 §6.2)."""
    if value is None:
        return 0
    if not CONTENT_LENGTH.fullmatch(value):
        raise BadRequest("Content-Length is not one decimal number")
    digits = value.lstrip("0") or "0"
    if len(digits) > MAX_DIGITS:
        raise ContentTooLarge("Content-Length is too large")
    return int(digits)


def check_transfer_encoding(version: str, value: str) -> None:
    """Raise HTTPError for a coding other than chunked (RFC 9112 §6.1) or an ambiguous length (§6.3)."""
    if version == "HTTP/1.0":
        raise BadRequest("a request of HTTP/1.0 has Transfer-Encoding")
    *others, last = elements(value)
    if last != "chunked" or "chunked" in others or "" in others:
        raise BadRequest("the last transfer coding is not chunked, or chunked occurs twice")
    if others:
        raise CodingNotImplemented("the only transfer coding that this server supports is chunked")


def parse_expectation(version: str, value: str | None) -> bool:
    """Return whether the client waits for 100 (RFC 9110 §10.1.1); HTTP/1.0 has no expectations."""
    expectations = set(elements(value or "")) - {""}
    if not expectations or version == "HTTP/1.0":
        return False
    if expectations != {"100-continue"}:
        raise ExpectationFailed("the only expectation that this server supports is 100-continue")
    return True


def parse_connection(version: str, value: str | None) -> str:
    """Return the option for the response: close, keep-alive if HTTP/1.0 persists, or "" (RFC 9112 §9.3)."""
    options = elements(value or "")
    if "close" in options:
        return "close"
    if version == "HTTP/1.1":
        return ""
    return "keep-alive" if "keep-alive" in options else "close"


def elements(value: str) -> list[str]:
    """Return the elements of a list in lower case (RFC 9110 §5.6.1), including empty ones."""
    return [element.strip(" \t") for element in value.lower().split(",")]
