"""The page's editor: what a reader may enter, raw bytes as text, and examples for each stage of the contract.

In raw text, an escape stands for a byte that is not printable ASCII: `\\r`, `\\n`, `\\t`, `\\x00`, or `\\\\` for a
backslash. `\\p` ends a packet, after which the page pauses for a moment, and `\\p(0.5)` one after which it pauses for
half a second. The text has one line for each line of the bytes, but a line break in the text is not a byte: it must be
escaped, too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from http_contract.client.connection import PAUSE
from http_contract.errors import CannotJudge
from http_contract.escaping import escape_bytes
from http_contract.http.request import URLENCODED as URLENCODED_TYPE
from http_contract.rules.registry import STAGES
from sidebyside.compare.request import Body, Message, build_message, template_message

MAX_TIMES = 50
MAX_PAUSES = 3.0  # seconds for all pauses of a message
PACKET = r"\p"  # ends a packet
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
RAW_TEXT = re.compile(
    r"\\x(?P<byte>[0-9A-Fa-f]{2})|\\(?P<escape>[rnt\\])|(?P<packet>\\p(?:\((?P<pause>[^)\r\n]*)\)?)?)"
    r"|(?P<text>[^\\\r\n]+)|[\r\n]+|(?P<stray>\\.?)"
)
SECONDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
SURROGATE = re.compile("[\ud800-\udfff]")  # JSON may contain a lone one

# -- the fields of the editor


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorInput:
    """The text of the editor's fields. If `raw` is not empty, it replaces the parts of the request."""

    method: str = "GET"
    path: str = "/"
    fields: str = ""  # one in each line
    body: str = ""
    raw: str = ""
    url: str = ""  # of a server of the reader's own, which is asked too
    servers: str = ""  # "dev" asks Flask and Django on their own servers, too
    times: str = ""  # how many times the message is sent, "" for once

    @property
    def has_unescaped_lines(self) -> bool:
        """Whether the raw text has several lines, but no escaped line end."""
        return "\n" in self.raw.strip() and r"\n" not in self.raw

    @property
    def message(self) -> Message:
        """The message for each server. Raises CannotJudge if the input is not valid."""
        if self.raw:
            packets, pauses = parse_packets(self.raw)
            return replace(template_message(b"".join(packets)), pieces=packets, pauses=pauses)
        body = Body(URLENCODED_TYPE, self.body.encode()) if self.body else None
        return build_message(self.method, self.path, self.field_lines, body)

    @property
    def field_lines(self) -> list[str]:
        return [line for line in self.fields.splitlines() if line.strip()]

    @property
    def repetitions(self) -> int:
        """How many times the message is sent. Raises CannotJudge if the number is not valid."""
        if not re.fullmatch("[0-9]{0,3}", self.times) or not 1 <= (number := int(self.times or 1)) <= MAX_TIMES:
            raise CannotJudge(f"{self.times!r} is not a valid number of times; use 1 to {MAX_TIMES}")
        return number


NAMES = ("method", "path", "fields", "body", "raw", "url", "servers", "times")


def parse_input(data: Any) -> EditorInput:
    """Return the input in a JSON object. Raises CannotJudge if it is not an object of the editor's fields."""
    if not isinstance(data, Mapping) or not data.keys() <= set(NAMES):
        raise CannotJudge(f"a JSON object with these names is required: {', '.join(NAMES)}")
    if not all(isinstance(value, str) for value in data.values()):
        raise CannotJudge("every value must be a string")
    if SURROGATE.search("".join(data.values())):
        raise CannotJudge("a lone surrogate is not a character, so it has no bytes")
    return EditorInput(**data)


# -- raw bytes as text


def format_raw(data: bytes) -> str:
    return "\n".join(escape_bytes(line) for line in data.splitlines(keepends=True))


def format_packets(packets: Sequence[bytes], pauses: Sequence[float] = ()) -> str:
    """Return packets as raw text, with the pauses between them if these are the reader's choice."""
    ends = [f"{PACKET}({pause:g})\n" for pause in pauses] or [f"{PACKET}\n"] * (len(packets) - 1)
    return "".join(format_raw(packet) + end for packet, end in zip(packets, [*ends, ""], strict=True))


def parse_raw(text: str) -> bytes:
    """Return the bytes of a raw text. Raises CannotJudge for an unknown escape."""
    return b"".join(parse_packets(text)[0])


def parse_packets(text: str) -> tuple[tuple[bytes, ...], tuple[float, ...]]:
    """Return the packets of a raw text, one or more, and the pauses between them if the text has any, in seconds.

    Raises CannotJudge for an unknown escape, and for pauses that are not valid or too long.
    """
    packets, pauses = [bytearray()], [0.0]  # a pause comes before its packet
    are_chosen = False
    for piece in RAW_TEXT.finditer(text):
        if not piece["packet"]:
            packets[-1] += _parse_piece(piece)
            continue
        are_chosen |= piece["pause"] is not None
        if packets[-1]:
            packets.append(bytearray())
            pauses.append(0.0)
        pauses[-1] += PAUSE if piece["pause"] is None else _parse_pause(piece["pause"])
    if not packets[-1] and len(packets) > 1:
        del packets[-1], pauses[-1]
    if are_chosen and sum(pauses[1:]) > MAX_PAUSES:
        raise CannotJudge(f"the pauses last {sum(pauses[1:]):g} s; together they may last {MAX_PAUSES:g} s")
    return tuple(map(bytes, packets)), tuple(pauses[1:]) if are_chosen else ()


def _parse_pause(text: str) -> float:
    if not SECONDS.fullmatch(text) or not (seconds := float(text)):
        raise CannotJudge(
            rf"\p({text}) is not a valid pause; write seconds, such as \p(0.5), or put \p at the end of a line"
        )
    return seconds


def _parse_piece(piece: re.Match[str]) -> bytes:
    if piece["stray"]:
        raise CannotJudge(rf"{piece['stray']} is not a valid escape; use \r \n \t \\ or \x00 to \xff, or \p")
    if piece["byte"]:
        return bytes.fromhex(piece["byte"])
    return ESCAPES[piece["escape"]] if piece["escape"] else (piece["text"] or "").encode()


# -- examples


@dataclass(frozen=True, slots=True)
class Example:
    """A request, as the values of the editor's fields."""

    title: str
    given: Mapping[str, str]

    @property
    def fragment(self) -> str:
        """The part of the page's address after #, which fills the editor with the example."""
        return urlencode(self.given, quote_via=quote)


def from_parts(title: str, path: str, *fields: str, method: str = "GET", body: str = "") -> Example:
    given = {"method": method, "path": path, "fields": "\n".join(fields), "body": body}
    return Example(title, {name: value for name, value in given.items() if value})


def from_lines(title: str, *lines: str, body: str = "") -> Example:
    """Return an example with a head of these lines, and a body."""
    return from_bytes(title, "".join(f"{line}\r\n" for line in (*lines, "")) + body)


def from_bytes(title: str, text: str) -> Example:
    return Example(title, {"raw": format_raw(text.encode("latin-1"))})


FORM = "Content-Type: multipart/form-data; boundary=-"
PART = '---\nContent-Disposition: form-data; name="colour"\n\ngreen\n-----\n'.replace("\n", "\r\n")
JSON = "Accept: application/json"
HOST = "Host: {authority}"
GET, POST = "GET / HTTP/1.1", "POST /form HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"
URLENCODED = "Content-Type: application/x-www-form-urlencoded"

EXAMPLES: Mapping[int, tuple[Example, ...]] = {
    1: (
        from_parts("The index", "/"),
        from_bytes("Bytes that are not HTTP", "\xff\xfe\x00\x01\r\n\r\n"),
    ),
    2: (
        from_parts("A head with a long field", "/test", "X-Long: " + "a" * 2000),
        from_bytes("Lines that end in a bare LF", "GET / HTTP/1.1\nHost: {authority}\n\n"),
        from_bytes("A head without an end", "GET / HTTP/1.1\r\nHost: {authority}\r\n"),
    ),
    3: (
        from_parts("The time", "/time"),
        from_parts("An unknown path", "/nowhere"),
        from_parts("The same path, percent-encoded", "/%74est"),
        from_parts("Two slashes", "//test"),
        from_parts("A whole URL, as proxies receive it", "{origin}/test"),
    ),
    4: (
        from_parts("HEAD: all but the body", "/time", method="HEAD"),
        from_parts("A method that the page does not allow", "/time", method="DELETE"),
        from_parts("The methods of a page", "/form", method="OPTIONS"),
        from_parts("The methods of the server", "*", method="OPTIONS"),
    ),
    5: (
        from_parts("A parameter", "/hello/you"),
        from_parts("A parameter that must be escaped", "/hello/%3Cb%3E%F0%9F%91%8B%3C%2Fb%3E"),
        from_parts("A number, and a teapot", "/status/418"),
        from_parts("A parameter that is not a number", "/status/teapot"),
        from_parts("The time as JSON", "/time", JSON),
        from_parts("An error as JSON", "/nowhere", JSON),
        from_parts("A media type that the page does not have", "/time", "Accept: image/png"),
        from_parts("A redirect", "/home"),
        from_parts("The request as the server received it", "/inspect?a=1&b=two&a=3", "X-Colour: green"),
    ),
    6: (
        from_parts("A form", "/form", method="POST", body="name=Ada&colour=green"),
        from_lines("A multipart form", POST, HOST, FORM, f"Content-Length: {len(PART)}", body=PART),
        from_lines("A form in chunks", POST, HOST, URLENCODED, CHUNKED, body="5\r\nname=\r\n3\r\nAda\r\n0\r\n\r\n"),
        from_parts("A form of another media type", "/form", "Content-Type: text/plain", method="POST", body="name=Ada"),
        from_parts("A body after 100 Continue", "/form", "Expect: 100-continue", method="POST", body="name=Ada"),
    ),
    7: (
        from_parts("The last request of a connection", "/test", "Connection: close"),
        from_lines("HTTP/1.0 without Host", "GET /test HTTP/1.0"),
        from_lines(
            "Two requests at once", "GET /test HTTP/1.1", HOST, body=f"GET /hello/you HTTP/1.1\r\n{HOST}\r\n\r\n"
        ),
    ),
    8: (from_parts("One request; the contract sends many at once", "/test"),),
    9: (
        from_lines("No Host", GET),
        from_lines("Two Hosts", GET, HOST, "Host: elsewhere.example"),
        from_parts("A host that is not served", "/", "Host: elsewhere.example"),
        from_lines(
            "A length and chunks: request smuggling", POST, HOST, "Content-Length: 5", CHUNKED, body="0\r\n\r\n"
        ),
        from_lines("A length with a sign", POST, HOST, "Content-Length: +5", body="a=b&c"),
        from_lines("A chunk size that is not a number", POST, HOST, CHUNKED, body="0x5\r\na=b&c\r\n0\r\n\r\n"),
        from_lines("A space before the colon", GET, "Host : {authority}"),
        from_lines("A folded line", GET, HOST, "X-Folded: one", "  two"),
        from_lines("A NUL in a field", GET, HOST, "X-Nul: a\0b"),
        from_lines("The preface of HTTP/2", "PRI * HTTP/2.0", body="SM\r\n\r\n"),
        from_parts("A header field injected by a path", "/hello/%0d%0aSet-Cookie:%20a=b"),
        from_parts("A view that raises", "/error"),
    ),
    10: (
        from_parts("A file", "/files/planets.json"),
        from_parts("A picture", "/files/three-ways.png"),
        from_parts("A path out of the folder", "/files/../views.py"),
        from_parts("An encoded path out of the folder", "/files/%2e%2e%2fviews.py"),
        from_parts("A file, if it has changed", "/style.css", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"),
        from_parts("A file, if its ETag is another one", "/style.css", 'If-Match: "another"'),
    ),
}


def examples_by_stage() -> list[tuple[str, tuple[Example, ...]]]:
    return [(f"{number} {STAGES[number]}", EXAMPLES[number]) for number in STAGES]
