"""Bytes as text that a reader can check: their number, lines in which every byte is visible, and a hex dump."""

from http_contract.escaping import escape_bytes

WIDTH = 8  # bytes in a line of a dump


def format_size(number: int) -> str:
    return f"{number:,} byte{'' if number == 1 else 's'}"


def visible_lines(data: bytes, limit: int) -> str:
    """Return the first `limit` bytes, one line of text for each line of the data, with visible line ends."""
    return _with_rest([escape_bytes(line) for line in data[:limit].splitlines(keepends=True)], len(data) - limit)


def hexdump(data: bytes, limit: int) -> str:
    """Return the first `limit` bytes as digits and characters, each line after its offset."""
    offsets = range(0, min(len(data), limit), WIDTH)
    return _with_rest([f"{at:04x}  {hex_line(data[at : at + WIDTH])}" for at in offsets], len(data) - limit)


def hex_line(data: bytes, separator: str = " ") -> str:
    """Return at most WIDTH bytes as one line of a dump; an empty separator makes it narrow."""
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    width = 2 * WIDTH + len(separator) * (WIDTH - 1)
    return f"{data.hex(*separator):<{width}} {separator}{characters}"


def _with_rest(lines: list[str], left: int) -> str:
    return "\n".join([*lines, *([f"... {format_size(left)} more"] if left > 0 else [])])
