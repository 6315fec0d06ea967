"""Rewrite the targets of requests for a service whose routes have other names; bodies never change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

from http_contract.http.request import read_request

Names: TypeAlias = Mapping[bytes, bytes]
"""Paths of the service by paths of the contract. If a path ends with a slash, the rest of the path follows it."""

UNCHANGED: Names = {}
REQUEST_LINE = re.compile(rb"(?:\r\n)*(?P<method>[!-~]+) (?:https?://[^/ ]*)?(?P<path>/[^ ?#]*)[^ ]* HTTP/")


class Edit(NamedTuple):
    """New bytes for those between two offsets."""

    start: int
    end: int
    becomes: bytes

    def moves(self, offset: int) -> int:
        """Return how far the edit moves an offset; an offset within the edit moves to its end."""
        if offset <= self.start:
            return 0
        return self.start + len(self.becomes) - min(offset, self.end)


def names_of(routes: Mapping[str, str]) -> Names:
    """Return the names for routes such as `/test` or `/hello/<name>`, without parameters and the text after them."""
    cut = {old.partition("<")[0]: new.partition("<")[0] for old, new in routes.items()}
    return {old.encode(): cut[old].encode() for old in sorted(cut, key=len, reverse=True)}


def renamed(pieces: Sequence[bytes], names: Names) -> list[bytes]:
    """Return the pieces of one or more requests with renamed targets, cut at the same places."""
    data = b"".join(pieces)
    edits = list(_edits(data, names))
    cuts = [cut + sum(edit.moves(cut) for edit in edits) for cut in accumulate(map(len, pieces), initial=0)]
    for edit in reversed(edits):
        data = data[: edit.start] + edit.becomes + data[edit.end :]
    return [data[start:end] for start, end in pairwise(cuts)]


def _edits(data: bytes, names: Names) -> Iterator[Edit]:
    """Yield an edit for each request, up to one that is incomplete."""
    at: int | None = 0
    while at is not None and (line := REQUEST_LINE.match(data, at)):
        yield Edit(*line.span("path"), rename(line["path"], names))
        at = read_request(data, line.start("method")).end


def rename(path: bytes, names: Names) -> bytes:
    """Return the new path, with the peculiarity of the old one: an extra slash, capitals, or an encoded letter."""
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
