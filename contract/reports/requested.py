"""What a request asks for, read as leniently as can be: many that the judge sends are broken on purpose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

END = b"\r\n\r\n"  # of a head
AUTHORITY = re.compile(r"[\w.\[\]:-]+", re.ASCII)
LEGAL = "!#$%&'()*+,-./:;=?@[]_~"  # in a URL, beside letters and digits
FRAMING = frozenset({"content-length", "transfer-encoding"})  # without which a request has no content


@dataclass(frozen=True, slots=True)
class Requested:
    """A request in parts; a part that is not there is empty."""

    method: str
    target: str
    version: str
    fields: Sequence[tuple[str, str]]
    head_size: int  # octets, -1 where the head has no end
    body: bytes

    def get(self, name: str) -> str:
        return next((value for other, value in self.fields if other.lower() == name.lower()), "")

    def url(self, scheme: str) -> str:
        """Return the whole URL, with what can't stand in one encoded."""
        target = quote(self.target.encode("latin-1"), LEGAL)
        if target.startswith(("http://", "https://")):
            return target
        host = self.get("Host")
        origin = f"{scheme}://{host if AUTHORITY.fullmatch(host) else 'localhost'}"
        return f"{origin}{target}" if target.startswith("/") else f"{origin}/{target}"

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


def requested(sent: bytes) -> Requested:
    """Return the first request in what was sent; its body runs to the end."""
    head, end, rest = sent.partition(END)
    line, *lines = head.decode("latin-1").split("\r\n")
    method, _, target = line.partition(" ")
    target, _, version = target.rpartition(" ") if " " in target else (target, "", "")
    fields = tuple(_field(line) for line in lines)
    framed = any(name.lower() in FRAMING for name, _ in fields)
    return Requested(method, target, version, fields, len(head + end) if end else -1, rest if framed else b"")


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()
