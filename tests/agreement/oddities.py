"""What may be odd about a request, told from its bytes without the parser that is judged."""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address
from urllib.parse import unquote_to_bytes

from tests.registry import RESERVED, registered_methods

METHODS = {method.encode() for method in registered_methods() - RESERVED - {"CONNECT"}}
HEAD_ENDS = re.compile(rb"(?:\A|\n)\r?\n")
START = re.compile(rb"([^ ]+) ([!-~]+) (HTTP/[0-9]\.[0-9])")
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"

PCT = rb"%[0-9A-Fa-f]{2}"
PATH = rb"/(?:[\w.~!$&'()*+,;=:@/\[\]|^{}`-]|%s)*" % PCT
QUERY = rb"[\w.~!$&'()*+,;=:@/?\[\]|^{}`\\%-]*"
URI = re.compile(rb"(?:(?i:http)://([^/?]*)(?:%s)?|%s)(?:\?%s)?" % (PATH, PATH, QUERY))
AUTHORITY = re.compile(rb"(?:(?:[\w.~!$&'()*+,;=-]|%s)+|\[(.*)\])(?::[0-9]*)?" % PCT)

SIZE = re.compile(rb"([0-9A-Fa-f]{1,20})[^\n]*\n")
VALUE = rb'(?:%s|"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*")' % TOKEN
CHUNK_LINE = re.compile(rb"[0-9A-Fa-f]+(?:[ \t]*;[ \t]*%s(?:[ \t]*=[ \t]*%s)?)*\r\n" % (TOKEN, VALUE))


class Parts:
    """The parts of a request, taken apart by nothing but line ends, spaces, colons and sizes of chunks."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        data = data.lstrip(b"\r\n")
        self.head = head_of(data)
        self.start, *self.lines = re.split(rb"\r?\n", self.head.strip(b"\r\n"))
        match = START.fullmatch(self.start)
        self.method, self.target, self.version = match.groups() if match else (b"", b"", b"")
        self.lengths = self.values(b"content-length")
        self.codings = [coding.lower() for coding in self.elements(b"transfer-encoding")]
        chunked = b"chunked" in self.codings
        *self.chunk_lines, self.trailers = chunk_lines(data[len(self.head) :]) if chunked else [b""]
        self.well_formed_chunk_lines = [line for line in self.chunk_lines if CHUNK_LINE.fullmatch(line)]

    def values(self, name: bytes) -> list[bytes]:
        fields = [line.partition(b":") for line in self.lines]
        return [value.strip(b" \t") for key, _, value in fields if key.lower() == name]

    def elements(self, name: bytes) -> list[bytes]:
        return [element.strip(b" \t") for value in self.values(name) for element in value.split(b",")]


def chunk_lines(body: bytes) -> Iterator[bytes]:
    """Yield the lines before chunks, and at last what follows them, as far as sizes can be told."""
    while match := SIZE.match(body):
        yield match[0]
        size = int(match[1], 16)
        body = body[match.end() + (size and size + 2) :]
        if size == 0:
            break
    yield head_of(body)


def head_of(data: bytes) -> bytes:
    """Return all lines up to the first empty one; trailers end like a head."""
    end = HEAD_ENDS.search(data)
    return data[: end.end()] if end else data


def empty_line_before(parts: Parts) -> bool:
    return re.match(rb"\r\n[A-Z]", parts.data) is not None


def lines_before(parts: Parts) -> bool:
    return re.match(rb"(?!\r\n[^\r\n])[\r\n]", parts.data) is not None


def no_version(parts: Parts) -> bool:
    return re.fullmatch(rb"[A-Z]+ [!-~]+", parts.start) is not None


def more_spaces(parts: Parts) -> bool:
    return re.fullmatch(rb"[A-Z]+(  +[!-~]+ +| +[!-~]+  +)HTTP/[0-9]\.[0-9]", parts.start) is not None


def unknown_method(parts: Parts) -> bool:
    return parts.method not in METHODS and re.fullmatch(TOKEN, parts.method) is not None


def another_major_version(parts: Parts) -> bool:
    return parts.version[5:6] not in (b"", b"1")


def another_protocol(parts: Parts) -> bool:
    return re.fullmatch(rb"[A-Z]+ [!-~]+ RTSP/1.0", parts.start) is not None


def later_minor_version(parts: Parts) -> bool:
    return re.fullmatch(rb"HTTP/1\.[2-9]", parts.version) is not None


def target_that_is_no_uri(parts: Parts) -> bool:
    return parts.target not in (b"", b"*") and URI.fullmatch(parts.target) is None


def path_with_nul(parts: Parts) -> bool:
    return not target_that_is_no_uri(parts) and b"\0" in unquote_to_bytes(parts.target.partition(b"?")[0])


def asterisk(parts: Parts) -> bool:
    return parts.target == b"*" and parts.method != b"OPTIONS"


def bad_authority(parts: Parts) -> bool:
    match = URI.fullmatch(parts.target)
    return match is not None and match[1] is not None and not is_authority(match[1])


def is_authority(text: bytes) -> bool:
    match = AUTHORITY.fullmatch(text)
    try:
        return match is not None and (match[1] is None or match[1][:1] in b"vV" or bool(IPv6Address(match[1].decode())))
    except ValueError:
        return False


def no_host(parts: Parts) -> bool:
    return not parts.values(b"host") and parts.version > b"HTTP/1.0"


def two_hosts(parts: Parts) -> bool:
    return len(parts.values(b"host")) > 1


def bad_host(parts: Parts) -> bool:
    hosts = parts.values(b"host")
    return len(hosts) == 1 and is_printable(hosts[0]) and not is_authority(hosts[0]) and not bare_lf(parts)


def is_printable(value: bytes) -> bool:
    return re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value) is None


def many_fields(parts: Parts) -> bool:
    return len(parts.lines) > 100


def another_expectation(parts: Parts) -> bool:
    elements = parts.elements(b"expect")
    return is_printable(b"".join(elements)) and not set(map(bytes.lower, elements)) <= {b"100-continue", b""}


def bare_lf(parts: Parts) -> bool:
    return re.search(rb"(?<!\r)\n", parts.head + parts.trailers) is not None


def folded_line(parts: Parts) -> bool:
    return re.search(rb"\r\n[ \t]", parts.head + parts.trailers) is not None


def control_character(parts: Parts) -> bool:
    lines = [*parts.lines, *parts.trailers.split(b"\r\n")]
    return any(re.search(rb":.*[\x01-\x08\x0e-\x1f\x7f]", line) for line in lines)


def length_and_coding(parts: Parts) -> bool:
    return bool(parts.lengths and parts.codings)


def coding_in_http_1_0(parts: Parts) -> bool:
    return bool(parts.codings) and parts.version == b"HTTP/1.0"


def equal_lengths(parts: Parts) -> bool:
    return len(parts.lengths) > 1 and len(set(parts.lengths)) == 1


def list_of_equal_lengths(parts: Parts) -> bool:
    return any(re.fullmatch(rb"([0-9]+), *\1", length) for length in parts.lengths)


def chunked_after_others(parts: Parts) -> bool:
    return parts.codings[-1:] == [b"chunked"] and not set(parts.codings) <= {b"chunked", b""}


def chunked_after_nothing(parts: Parts) -> bool:
    return parts.codings == [b"", b"chunked"]


def space_before_an_extension(parts: Parts) -> bool:
    return any(re.match(rb"[0-9A-Fa-f]+[ \t]", line) for line in parts.well_formed_chunk_lines)


def space_in_an_extension(parts: Parts) -> bool:
    return any(re.match(rb"[0-9A-Fa-f]+;[^\"]*[ \t]", line) for line in parts.well_formed_chunk_lines)


def bad_extension(parts: Parts) -> bool:
    extended = [line for line in parts.chunk_lines if re.match(rb"[0-9A-Fa-f]+[ \t]*(;.*)?\r\n", line)]
    return not all(map(CHUNK_LINE.fullmatch, extended))


def loose_extension(parts: Parts) -> bool:
    return any(re.search(rb";(?:;|=|%s=(?:[;\r]|%s\"))" % (TOKEN, TOKEN), line) for line in parts.chunk_lines)


def long_extension(parts: Parts) -> bool:
    return any(len(line) > 1024 for line in parts.chunk_lines)


def framing_trailer(parts: Parts) -> bool:
    names = {line.partition(b":")[0].lower() for line in parts.trailers.split(b"\r\n")}
    return bool(names & {b"content-length", b"transfer-encoding", b"host"})


def upgrade_and_a_body(parts: Parts) -> bool:
    return bool(parts.values(b"upgrade") and (parts.lengths or parts.codings))
