"""Bytes to look at: how many there are, as lines with nothing hidden, and as hexadecimal digits."""

from http_contract.escaping import escape_bytes

WIDTH = 8  # octets in a line of digits


def counted(number: int) -> str:
    return f"{number:,} byte{'' if number == 1 else 's'}"


def in_lines(data: bytes, most: int) -> str:
    """Return the first bytes, a line each, with every end of line visible."""
    return _with_rest([escape_bytes(line) for line in data[:most].splitlines(keepends=True)], len(data) - most)


def in_digits(data: bytes, most: int) -> str:
    """Return the first bytes as digits and characters, each line after its offset."""
    return _with_rest(
        [_digits(at, data[at : at + WIDTH]) for at in range(0, min(len(data), most), WIDTH)], len(data) - most
    )


def _with_rest(lines: list[str], left: int) -> str:
    return "\n".join([*lines, *([f"... {counted(left)} more"] if left > 0 else [])])


def _digits(at: int, data: bytes) -> str:
    characters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in data)
    return f"{at:04x}  {data.hex(' '):<{3 * WIDTH - 1}}  {characters}"
