"""Bytes to Request, by the grammar of RFC 9112."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPMethod
from typing import TypeVar

from raw_router.messages import (
    BadRequest,
    CodingNotImplemented,
    ContentTooLarge,
    ExpectationFailed,
    Fields,
    HeaderFieldsTooLarge,
    MethodNotImplemented,
    Request,
    URITooLong,
    VersionNotSupported,
)
from raw_router.target import parse_host, parse_target

T = TypeVar("T")

MAX_REQUEST_LINE = 8_190  # octets; RFC 9112 §3 recommends at least 8,000
MAX_HEAD = 32 * 1024  # octets
MAX_FIELDS = 100
MAX_BODY = 1024 * 1024  # octets
MAX_REMEMBERED = 1024  # octets; what is longer is hardly sent twice, and would fill the memory

METHODS = frozenset(HTTPMethod) - {HTTPMethod.CONNECT}  # CONNECT is for proxies (RFC 9110 §9.3.6)

# The names are those of the RFCs' grammars.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
QUOTED_STRING = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'  # §5.6.4
REQUEST_LINE = re.compile(rf"({TOKEN}) ([!-~]+) HTTP/([0-9])\.([0-9])")  # RFC 9112 §3
FIELD_LINE = re.compile(rf"({TOKEN}):[ \t]*+([\t -~\x80-\xff]*+)")  # §5; possessive, so that no value is slow
CONTENT_LENGTH = re.compile(r"[0-9]+")  # RFC 9110 §8.6


def remembering(count: int) -> Callable[[Callable[[bytes], T]], Callable[[bytes], T]]:
    """Return a decorator that memoises a pure function of bytes, for short ones and so many of them."""

    def decorate(parse: Callable[[bytes], T]) -> Callable[[bytes], T]:
        remembered = lru_cache(count)(parse)
        return lambda data: remembered(data) if len(data) <= MAX_REMEMBERED else parse(data)

    return decorate


@dataclass(frozen=True, slots=True)
class Head:
    """A request that still lacks its body and its client, and what it says of framing and persistence."""

    request: Request
    content_length: int
    chunked: bool
    persistent: bool
    expects_continue: bool

    @property
    def has_body(self) -> bool:
        return self.chunked or self.content_length > 0

    def complete(self, body: bytes, client: str) -> Request:
        """Return the request with its body.

        Of a chunked body the handler sees a Content-Length instead of the fields that framed it (RFC 9112 §7.1.3).
        """
        part = self.request
        headers = unchunked(part.headers, len(body)) if self.chunked else part.headers
        return Request(part.method, part.target, part.version, headers, part.path, part.query, part.host, body, client)


def parse_request(data: bytes, client: str = "") -> Request:
    """Return the request that one complete message holds, framed by Content-Length or without a body.

    Raises HTTPError where it is none. A connection, whose bytes come in pieces, reads through framing.py.
    """
    head, _, body = data.partition(b"\r\n\r\n")
    parsed = parse_head(head)
    if parsed.chunked or parsed.content_length != len(body):
        raise BadRequest("the body is not as long as Content-Length says")
    return parsed.complete(body, client)


@remembering(512)
def parse_head(data: bytes) -> Head:
    """Return the head that the bytes before an empty line hold; pure, therefore memoised. Raises HTTPError."""
    request_line, *field_lines = data.split(b"\r\n")
    method, target, version = parse_request_line(request_line)
    if len(field_lines) > MAX_FIELDS:
        raise HeaderFieldsTooLarge(f"there are more than {MAX_FIELDS} header fields")
    headers = tuple(parse_field(line) for line in field_lines)
    parsed = parse_target(method, target)
    host = parse_host(version, values_of("host", headers), parsed.authority)
    if parsed.authority is not None:
        headers = (*(field for field in headers if field[0].lower() != "host"), ("Host", host))
    return Head(
        Request(method, target, version, headers, parsed.path, parsed.query, host),
        content_length=parse_content_length(headers),
        chunked=parse_transfer_encoding(version, headers),
        persistent=parse_persistence(version, headers),
        expects_continue=parse_expectation(version, headers),
    )


def parse_request_line(line: bytes) -> tuple[str, str, str]:
    """Return method, target and version (RFC 9112 §3)."""
    check_length(line)
    match = REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest("the request line is not: method, one space, target, one space, HTTP/1.1")
    method, target, major, minor = match.groups()
    if major != "1":
        raise VersionNotSupported("this server speaks HTTP/1.1 and HTTP/1.0")
    if method not in METHODS:
        raise MethodNotImplemented(f"no page here knows the method {method}")
    return method, target, "HTTP/1.0" if minor == "0" else "HTTP/1.1"


def check_length(line: bytes) -> None:
    """Refuse a request line that is too long; without a target in sight it is the method that is (§3)."""
    if len(line) > MAX_REQUEST_LINE:
        if b" " not in line[:MAX_REQUEST_LINE]:
            raise BadRequest("the method is too long")
        raise URITooLong(f"the request line is longer than {MAX_REQUEST_LINE} octets")


@remembering(4096)
def parse_field(line: bytes) -> tuple[str, str]:
    """Return name and value of a field line (RFC 9112 §5)."""
    match = FIELD_LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise BadRequest(why_no_field(line))
    return match[1], match[2].rstrip(" \t")


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


def parse_content_length(headers: Fields) -> int:
    """Return the body's length in octets, 0 without the field (RFC 9112 §6.2)."""
    lengths = values_of("content-length", headers)
    if not lengths:
        return 0
    if len(lengths) > 1 or not CONTENT_LENGTH.fullmatch(lengths[0]):
        raise BadRequest("Content-Length is not one decimal number")
    digits = lengths[0].lstrip("0") or "0"
    if len(digits) > len(str(MAX_BODY)) or int(digits) > MAX_BODY:
        raise ContentTooLarge(f"a body has at most {MAX_BODY} octets")
    return int(digits)


def parse_transfer_encoding(version: str, headers: Fields) -> bool:
    """Tell whether the body is chunked (RFC 9112 §6.1); what makes its length doubtful is refused (§6.3)."""
    if not values_of("transfer-encoding", headers):
        return False
    if version == "HTTP/1.0" or values_of("content-length", headers):
        raise BadRequest("Transfer-Encoding stands in HTTP/1.0 or beside Content-Length")
    *others, last = [element.lower() for element in list_of("transfer-encoding", headers)]
    if last != "chunked" or "chunked" in others or "" in others:
        raise BadRequest("chunked is not the last transfer coding, once")
    if others:
        raise CodingNotImplemented("the only transfer coding this server knows is chunked")
    return True


def parse_persistence(version: str, headers: Fields) -> bool:
    """Tell whether the connection stays open after the answer (RFC 9112 §9.3)."""
    options = {option.lower() for option in list_of("connection", headers)}
    return "close" not in options and (version == "HTTP/1.1" or "keep-alive" in options)


def parse_expectation(version: str, headers: Fields) -> bool:
    """Tell whether the client waits for 100 (RFC 9110 §10.1.1); HTTP/1.0 knows no expectations."""
    expectations = [element for element in list_of("expect", headers) if element]
    if not expectations or version == "HTTP/1.0":
        return False
    if any(expectation.lower() != "100-continue" for expectation in expectations):
        raise ExpectationFailed("the only expectation this server knows is 100-continue")
    return True


def unchunked(headers: Fields, length: int) -> Fields:
    """Return the fields as they would be had the body come with a Content-Length."""
    kept = (field for field in headers if field[0].lower() not in ("transfer-encoding", "trailer"))
    return (*kept, ("Content-Length", str(length)))


def values_of(name: str, headers: Fields) -> list[str]:
    """Return the values of a field's lines; name is in lower case."""
    return [value for key, value in headers if key.lower() == name]


def list_of(name: str, headers: Fields) -> list[str]:
    """Return the elements of a list-valued field (RFC 9110 §5.6.1), empty ones too."""
    return [element.strip(" \t") for value in values_of(name, headers) for element in value.split(",")]
