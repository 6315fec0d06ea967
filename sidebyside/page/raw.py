"""Bytes as text that a reader can edit, and back.

Every byte that is no printable ASCII is an escape: `\\r`, `\\n`, `\\t`, `\\x00`, and `\\\\` for a backslash. The text
has a line for each line of the bytes, but its own ends of lines mean nothing: `\\r\\n` has to be there.
"""

import re

from http_contract.errors import CannotJudge
from http_contract.escaping import escape_bytes

ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
PIECE = re.compile(r"\\x(?P<octet>[0-9A-Fa-f]{2})|\\(?P<escape>[rnt\\])|(?P<text>[^\\\r\n]+)|[\r\n]+|(?P<stray>\\.?)")


def text_of(data: bytes) -> str:
    """Return the bytes as text, a line each."""
    return "\n".join(escape_bytes(line) for line in data.splitlines(keepends=True))


def bytes_of(text: str) -> bytes:
    """Return the bytes that a text means. CannotJudge where a backslash means nothing."""
    return b"".join(_bytes_of(match) for match in PIECE.finditer(text))


def _bytes_of(piece: re.Match[str]) -> bytes:
    if piece["stray"]:
        raise CannotJudge(rf"{piece['stray']} means no byte; there are \r \n \t \\ and \x00 to \xff")
    if piece["octet"]:
        return bytes.fromhex(piece["octet"])
    return ESCAPES[piece["escape"]] if piece["escape"] else (piece["text"] or "").encode()
