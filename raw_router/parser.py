"""Bytes to Request, by the grammar of RFC 9112."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPMethod
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

MAX_REMEMBERED = 4 * 1024  # octets; a longer head is hardly sent twice, and many would fill the memory

QUERY_IN = 128  # octets: there a query is looked for

METHODS = frozenset(HTTPMethod) - {HTTPMethod.CONNECT}  # CONNECT is for proxies (RFC 9110 §9.3.6)

CRLF = b"\r\n"
EMPTY_LINE = b"\r\n\r\n"

# The names are those of the RFCs' grammars.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
QUOTED_STRING = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'  # §5.6.4
REQUEST_LINE = re.compile(rf"({TOKEN}) (({ABSOLUTE_PATH})(?:\?({QUERY}))?|[!-~]+) HTTP/([0-9])\.([0-9])")  # RFC 9112 §3
FIELD_LINE = re.compile(rf"({TOKEN}):([\t -~\x80-\xff]*)")  # §5; the white space around the value is part of it
COOKIE = re.compile(rb"\r\nCookie:([\t -~\x80-\xff]*)(?=\r\n)")
CONTENT_LENGTH = re.compile(r"[0-9]+")  # RFC 9110 §8.6

MAX_DIGITS = 18  # of a Content-Length; more would take long to convert
FRAMING_FIELDS = ("content-length", "transfer-encoding", "connection", "expect")
ONCE = frozenset({"host", "content-length"})  # RFC 9112 §3.2, §6.3


class Framing(NamedTuple):
    """How long the body is, and what becomes of the connection after the answer."""

    length: int | None  # of the body in octets, None where it is chunked
    expects_continue: bool
    connection: str  # the option that the answer's Connection field tells, "" for none


FieldSection: TypeAlias = tuple[Mapping[str, str], str, Framing, int]  # fields as in Request, host, framing, lines
Head: TypeAlias = tuple[Request, Framing]  # the request still lacks its body, if it has one


def complete(head: Head, body: bytes) -> Request:
    """Return the request with its body.

    Of a chunked body the handler sees a Content-Length instead of the fields that framed it (RFC 9112 §7.1.3).
    """
    request, framing = head
    headers = request.headers
    if framing.length is None:
        kept = {name: value for name, value in headers.items() if name not in ("transfer-encoding", "trailer")}
        headers = MappingProxyType({**kept, "content-length": str(len(body))})
    return request._replace(headers=headers, body=body)


# A head is a pure function of its bytes, therefore memoised: whole, but for one with a query, which is hardly sent
# twice; and of that, what a client sends again and again, which is all but the request line and the cookie.


def parse_head(data: bytes, client: str, limits: Limits) -> Head | None:
    """Return the head that the bytes are, its empty line included; None where they break off before.

    Raises HTTPError, also where they are more than a head.
    """
    if len(data) > MAX_REMEMBERED or data.find(b"?", 0, QUERY_IN) > 0:
        return parse_new_head(data, client, limits)
    return parse_known_head(data, client, limits)


def parse_new_head(data: bytes, client: str, limits: Limits) -> Head | None:
    if not data.endswith(EMPTY_LINE):
        return None
    end = data.find(CRLF)
    method, target, version, path, query, authority = parse_request_line(data[:end], limits)
    check_head_size(len(data), limits)
    headers, host, framing, _ = parse_field_section(data[end:], version, limits)
    if authority is not None:
        host = authority
        headers = {**headers, "host": host}  # RFC 9112 §3.2.2
    return Request(method, target, version, MappingProxyType(headers), path, query, host, b"", client), framing


parse_known_head = lru_cache(maxsize=512)(parse_new_head)


def parse_request_line(line: bytes, limits: Limits) -> tuple[str, str, str, str, str, str | None]:
    """Return method, target, version, and what parse_target makes of the target (RFC 9112 §3)."""
    if len(line) > limits.request_line:
        raise why_too_long(line, limits)
    match = REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest("the request line is not: method, one space, target, one space, HTTP/1.1")
    method, target, path, query, major, minor = match.groups()
    if major != "1":
        raise VersionNotSupported("this server speaks HTTP/1.1 and HTTP/1.0")
    if method not in METHODS:
        raise MethodNotImplemented(f"no page here knows the method {method}")
    version = "HTTP/1.0" if minor == "0" else "HTTP/1.1"
    if path is None:
        return method, target, version, *parse_target(method, target)
    return method, target, version, decode_path(path), query or "", None


def why_too_long(line: bytes, limits: Limits) -> HTTPError:
    """Say what is wrong with too long a request line; without a target in sight it is the method (§3)."""
    if b" " not in line[: limits.request_line]:
        return BadRequest("the method is too long")
    return URITooLong(f"the request line is longer than {limits.request_line} octets")


def check_head_size(size: int, limits: Limits) -> None:
    """Refuse a head that is longer than it may be; the limit leaves out the empty line, size does not."""
    if size - len(EMPTY_LINE) > limits.head:
        raise HeaderFieldsTooLarge(f"the head is longer than {limits.head} octets")


def parse_field_section(data: bytes, version: str, limits: Limits) -> FieldSection:
    """Return what field lines say (RFC 9112 §5); the CR LF before them and the empty line after them are included."""
    if len(data) > MAX_REMEMBERED:
        return parse_fields(data, version, limits)
    cookie = COOKIE.match(data, data.rfind(b"\r\nCookie:"))
    if cookie is None:
        return parse_known_fields(data, version, limits)
    headers, host, framing, lines = parse_known_fields(data[: cookie.start()] + data[cookie.end() :], version, limits)
    if "cookie" in headers or lines == limits.fields:
        return parse_fields(data, version, limits)
    return {**headers, "cookie": cookie[1].decode("latin-1").strip(" \t")}, host, framing, lines + 1


def parse_fields(data: bytes, version: str, limits: Limits) -> FieldSection:
    lines = data.split(CRLF)[1:-2]
    if len(lines) > limits.fields:
        raise HeaderFieldsTooLarge(f"there are more than {limits.fields} header fields")
    headers = join_repeats([parse_field(line) for line in lines])
    host = parse_host(version, headers.get("host"))
    framing = parse_framing(version, *map(headers.get, FRAMING_FIELDS))
    if framing.length and framing.length > limits.body:
        raise ContentTooLarge(f"a body has at most {limits.body} octets")
    return headers, host, framing, len(lines)


parse_known_fields = lru_cache(maxsize=512)(parse_fields)


def parse_field(line: bytes) -> tuple[str, str]:
    """Return name, in lower case, and value of a field line (RFC 9112 §5)."""
    match = FIELD_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest(why_no_field(line))
    return match[1].lower(), match[2].strip(" \t")


def join_repeats(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return fields by name, repeated ones joined (RFC 9110 §5.3), but for those that may come only once."""
    headers: dict[str, str] = {}
    for name, value in fields:
        if name in headers and name in ONCE:
            raise BadRequest(f"a request has one {name.title()} field at the most")
        separator = "; " if name == "cookie" else ","  # RFC 9113 §8.2.3: in a Cookie a comma separates nothing
        headers[name] = f"{headers[name]}{separator}{value}" if name in headers else value
    return headers


def why_no_field(line: bytes) -> str:
    """Say what is wrong with a field line."""
    name, colon, _ = line.partition(b":")
    if line[:1] in (b" ", b"\t"):
        return "a line begins with white space (folded lines are obsolete)"
    if not colon:
        return "a header field has no colon"
    if not re.fullmatch(TOKEN, name.decode("latin-1")):
        return "a header field's name is empty or has a character that names cannot have"
    return "a header field's value has a control character"


def parse_framing(
    version: str, length: str | None, coding: str | None, connection: str | None, expect: str | None
) -> Framing:
    """Return what the version and the FRAMING_FIELDS of a head say. Raises HTTPError."""
    if length is not None and coding is not None:
        raise BadRequest("Transfer-Encoding stands beside Content-Length")  # RFC 9112 §6.3
    if coding is not None:
        check_transfer_encoding(version, coding)
    size = parse_content_length(length) if coding is None else None
    return Framing(size, parse_expectation(version, expect), parse_connection(version, connection))


def parse_content_length(value: str | None) -> int:
    """Return the body's length in octets, 0 without the field (RFC 9112 §6.2)."""
    if value is None:
        return 0
    if not CONTENT_LENGTH.fullmatch(value):
        raise BadRequest("Content-Length is not one decimal number")
    digits = value.lstrip("0") or "0"
    if len(digits) > MAX_DIGITS:
        raise ContentTooLarge("no body is so long")
    return int(digits)


def check_transfer_encoding(version: str, value: str) -> None:
    """Refuse any coding but chunked (RFC 9112 §6.1), and what makes the length of a body doubtful (§6.3)."""
    if version == "HTTP/1.0":
        raise BadRequest("Transfer-Encoding stands in HTTP/1.0")
    *others, last = elements(value)
    if last != "chunked" or "chunked" in others or "" in others:
        raise BadRequest("chunked is not the last transfer coding, once")
    if others:
        raise CodingNotImplemented("the only transfer coding this server knows is chunked")


def parse_expectation(version: str, value: str | None) -> bool:
    """Tell whether the client waits for 100 (RFC 9110 §10.1.1); HTTP/1.0 knows no expectations."""
    expectations = set(elements(value or "")) - {""}
    if not expectations or version == "HTTP/1.0":
        return False
    if expectations != {"100-continue"}:
        raise ExpectationFailed("the only expectation this server knows is 100-continue")
    return True


def parse_connection(version: str, value: str | None) -> str:
    """Return what the answer's Connection field tells: close, keep-alive where HTTP/1.0 persists (RFC 9112 §9.3)."""
    options = elements(value or "")
    if "close" in options:
        return "close"
    if version == "HTTP/1.1":
        return ""
    return "keep-alive" if "keep-alive" in options else "close"


def elements(value: str) -> list[str]:
    """Return the elements of a list in lower case (RFC 9110 §5.6.1), empty ones too."""
    return [element.strip(" \t") for element in value.lower().split(",")]
