"""Header and trailer fields, by the grammar of RFC 9112 §5."""

import re
from collections.abc import Iterator

from contract.answer import ENDLESS, FieldLine
from contract.scanning import Scanner, Starved

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
CONTROL = re.compile(r"[^\t\r -~\x80-\xff]")  # CR aside, which every line is searched for
MAX_HEAD = 64 * 1024  # octets; what is longer has no end

NO_EMPTY_LINE = "no empty line ends the header fields: "


def read_fields(scanner: Scanner, fields: list[FieldLine]) -> None:
    """Take fields up to the empty line that ends them, and with it; or up to markup, before which it is missing."""
    start = scanner.position
    while scanner.available(1) != b"<":
        if scanner.position - start > MAX_HEAD:
            raise Starved(ENDLESS, "the header fields have no end: ")
        line, at = scanner.line("no-empty-line", NO_EMPTY_LINE)
        if not line:
            return
        read_field(scanner, line.decode("latin-1"), at, fields)
    scanner.note("no-empty-line", f"{NO_EMPTY_LINE}this is content", scanner.position)


def read_field(scanner: Scanner, line: str, at: int, fields: list[FieldLine]) -> None:
    """Take one field, noting what is odd about it; without a colon it is none."""
    name, colon, value = line.partition(":")
    for cause, text in oddities(line, name, colon, value):
        scanner.note(cause, text, at)
    if colon:
        fields.append(FieldLine(name.strip(), value.strip(" \t"), at))


def oddities(line: str, name: str, colon: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield cause and words for all that is wrong with a line of the head."""
    if line[0] in " \t":
        yield "obs-fold", "a line of the head begins with white space"
    elif not colon:
        yield "no-colon", f"{line[:60]!r} is no header field: it has no colon"
    elif not re.fullmatch(TOKEN, name):
        yield "field-name", f"{name[:60]!r} is no name of a header field"
    if CONTROL.search(value):
        yield "field-value", f"the value of {name[:60]!r} holds a control character"
