"""Requests to a service whose routes have other names: targets change, bodies never do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

Names: TypeAlias = Mapping[bytes, bytes]
"""Paths to ask for, by those of the contract; for what ends in a slash, the rest of the path is kept."""

UNCHANGED: Names = {}
REQUEST_LINE = re.compile(rb"[!-~]+ (?:https?://[^/ ]*)?(/[^ ?#]*)[^ ]* HTTP/")
LENGTH = re.compile(rb"(?i)\r\nContent-Length: *([0-9]{1,9})\r\n")
CHUNKED = re.compile(rb"(?i)\r\nTransfer-Encoding: *chunked\r\n")
HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"


class Edit(NamedTuple):
    """Other bytes for those between two offsets."""

    start: int
    end: int
    becomes: bytes

    def moves(self, offset: int) -> int:
        """Return how far it moves what stands at an offset; what stands within it goes to its end."""
        if offset <= self.start:
            return 0
        return self.start + len(self.becomes) - min(offset, self.end)


def names_of(routes: Mapping[str, str]) -> Names:
    """Return the names for routes such as `/test` or `/hello/<name>`: a parameter and all after it is left out."""
    cut = {old.partition("<")[0]: new.partition("<")[0] for old, new in routes.items()}
    return {old.encode(): cut[old].encode() for old in sorted(cut, key=len, reverse=True)}


def renamed(pieces: Sequence[bytes], names: Names) -> list[bytes]:
    """Return the pieces of one message or more with their targets renamed, cut where they were cut."""
    data = b"".join(pieces)
    edits = list(_edits(data, names))
    cuts = [cut + sum(edit.moves(cut) for edit in edits) for cut in accumulate(map(len, pieces), initial=0)]
    for edit in reversed(edits):
        data = data[: edit.start] + edit.becomes + data[edit.end :]
    return [data[start:end] for start, end in pairwise(cuts)]


def _edits(data: bytes, names: Names) -> Iterator[Edit]:
    """Yield an edit for each message, up to one whose end can't be told."""
    at: int | None = 0
    while at is not None and (line := REQUEST_LINE.match(data, at)):
        yield Edit(*line.span(1), rename(line[1], names))
        at = _end(data, at)


def _end(data: bytes, start: int) -> int | None:
    """Return where the message that starts there ends, or None where that can't be told."""
    head_end = data.find(HEAD_END, start)
    if head_end < 0:
        return None
    body = head_end + len(HEAD_END)
    head = data[start:body]
    if CHUNKED.search(head):
        last = data.find(LAST_CHUNK, head_end + 2)
        return None if last < 0 else last + len(LAST_CHUNK)
    length = LENGTH.search(head)
    return body + int(length[1]) if length else body


def rename(path: bytes, names: Names) -> bytes:
    """Return what to ask for instead, odd in the way that the path is: a slash too many, capitals, a letter encoded."""
    if path.startswith(b"//"):
        return b"/" + rename(path[1:], names)
    for old, new in names.items():
        if path == old or (len(old) > 1 and path.startswith(old.rstrip(b"/") + b"/")):
            return new + path[len(old) :]
        if path == old.upper():
            return new.upper()
        if len(new) > 1 and unquote_to_bytes(path) == old:
            return b"/%%%02x" % new[1] + new[2:]
    return path
