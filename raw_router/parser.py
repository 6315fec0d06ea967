"""Bytes to Request, by the grammar of RFC 9112 (messages) and RFC 3986 (targets)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPMethod
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote_to_bytes

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

MAX_REQUEST_LINE = 8_190  # octets; RFC 9112 §3 recommends at least 8,000
MAX_HEAD = 32 * 1024  # octets
MAX_FIELDS = 100
MAX_BODY = 1024 * 1024  # octets

METHODS = frozenset(HTTPMethod) - {HTTPMethod.CONNECT}  # CONNECT is for proxies (RFC 9110 §9.3.6)

# The names are those of the RFCs' grammars.
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
QUOTED_STRING = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'  # §5.6.4
PCT_ENCODED = r"%[0-9A-Fa-f]{2}"  # RFC 3986 §2.1
UNRESERVED_OR_SUB_DELIM = r"A-Za-z0-9\-._~!$&'()*+,;="  # inside a character class
PCHAR = rf"{UNRESERVED_OR_SUB_DELIM}:@"
ABSOLUTE_PATH = rf"/(?:[{PCHAR}/]++|{PCT_ENCODED})*+"  # RFC 9110 §4.1
QUERY = rf"(?:[{PCHAR}/?]++|{PCT_ENCODED})*+"
REG_NAME = rf"(?:[{UNRESERVED_OR_SUB_DELIM}]|{PCT_ENCODED})+"  # not empty: http has no empty host (§4.2.1)
IP_LITERAL = rf"\[(?:(?P<ipv6>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[{UNRESERVED_OR_SUB_DELIM}:]+)\]"

REQUEST_LINE = re.compile(rf"({TOKEN}) ([!-~]+) HTTP/([0-9])\.([0-9])")  # RFC 9112 §3
ORIGIN_FORM = re.compile(rf"(?P<path>{ABSOLUTE_PATH})(?:\?(?P<query>{QUERY}))?")  # §3.2.1
ABSOLUTE_FORM = re.compile(
    rf"[hH][tT][tT][pP][sS]?://(?P<authority>[^/?]*)(?P<path>(?:{ABSOLUTE_PATH})?)(?:\?(?P<query>{QUERY}))?"
)  # §3.2.2
HOST = re.compile(rf"(?:{IP_LITERAL}|{REG_NAME})(?::[0-9]*)?")  # uri-host [ ":" port ] (§7.2)
FIELD_LINE = re.compile(rf"({TOKEN}):[ \t]*([\t -~\x80-\xff]*)")  # §5
CONTENT_LENGTH = re.compile(r"[0-9]+")  # RFC 9110 §8.6
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request line asks for, its path decoded; authority is None but in absolute-form."""

    path: str
    query: str = ""
    authority: str | None = None


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


@lru_cache(maxsize=512)
def parse_head(data: bytes) -> Head:
    """Return the head that the bytes before an empty line hold; pure, therefore memoised. Raises HTTPError."""
    request_line, *field_lines = data.split(b"\r\n")
    method, target, version = parse_request_line(request_line)
    if len(field_lines) > MAX_FIELDS:
        raise HeaderFieldsTooLarge(f"there are more than {MAX_FIELDS} header fields")
    headers = tuple(parse_field(line) for line in field_lines)
    parsed = parse_target(method, target)
    host = parse_host(version, headers, parsed.authority)
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


@lru_cache(maxsize=4096)
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


def parse_target(method: str, target: str) -> Target:
    """Return path, query and authority of a request target (RFC 9112 §3.2)."""
    if target == "*" and method == HTTPMethod.OPTIONS:
        return Target("*")
    match = ORIGIN_FORM.fullmatch(target) or ABSOLUTE_FORM.fullmatch(target)
    if match is None:
        raise BadRequest("the target is no path, with only the characters a URI may have")
    parts = match.groupdict()
    return Target(decode_path(parts["path"] or "/"), parts["query"] or "", parts.get("authority"))


def decode_path(path: str) -> str:
    """Return a percent-decoded path; control characters and what is not UTF-8 are refused."""
    if "%" not in path:
        return path
    decoded = unquote_to_bytes(path)
    if CONTROL.search(decoded):
        raise BadRequest("the path has an encoded control character")
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        raise BadRequest("the path, once decoded, is not UTF-8") from None


def parse_host(version: str, headers: Fields, authority: str | None) -> str:
    """Return the authority that a request is for: the target's if it has one, else Host's (RFC 9112 §3.2)."""
    hosts = values_of("host", headers)
    if len(hosts) > 1 or (not hosts and version == "HTTP/1.1"):
        raise BadRequest("a request has exactly one Host field")
    for host in hosts:
        check_authority(host)
    if authority is not None:
        check_authority(authority)
        return authority
    return hosts[0] if hosts else ""


def check_authority(authority: str) -> None:
    """Refuse what is no host with an optional port."""
    match = HOST.fullmatch(authority)
    if match is None or (match["ipv6"] and not is_ipv6(match["ipv6"])):
        raise BadRequest("the host is no name or address with an optional port")


def is_ipv6(address: str) -> bool:
    try:
        return bool(IPv6Address(address))
    except AddressValueError:
        return False


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
    expectations = list_of("expect", headers)
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
