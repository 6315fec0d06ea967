"""Text and bytes that are harmless where they are printed: in terminals, in the logs of CI systems, in spreadsheets.

What a server sends or prints could otherwise move the cursor, reverse the order of the characters around it, give
commands to the program that reads a log, or be computed as a formula.
"""

import re

CONTROLS = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but tab and line feed
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # of the direction of text
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # that nobody sees
)
COMMANDS = (  # of GitHub, Azure and TeamCity, in the lines of a log
    r"(?m:^)[^\S\n]*(?P<colons>::)(?=[\w-]+[^\n]*::)",  # `::error::`
    r"(?P<hash>\#)(?=\#(?:\[|vso\[|teamcity\[))",  # `##[error]`
)
UNSAFE = re.compile("|".join((CONTROLS, *COMMANDS)))
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"  # which begin a formula, also in full width
FORMULA = re.compile(rf"^(?=\s{{0,9}}[{SIGNS}]|[\t\r])|(?<=[;,|\t\r\n])(?=\s{{0,9}}[{SIGNS}])")


def escape_controls(text: str) -> str:
    """Return text with control characters as `\\x1b` and `\\u202e`, and with commands to CI systems as `\\x3a:error::`.

    Tabs, line feeds and all other characters stay.
    """
    return UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    if found["colons"]:
        return f"{text[:-2]}\\x3a:"
    number = ord(text)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def escape_unprintable(text: str) -> str:
    """Return text in one line, which every encoding contains if one of its characters cannot be printed."""
    return escape_controls(text if text.isprintable() else text.encode("unicode_escape").decode())


def escape_formulas(text: str) -> str:
    """Return printable text of which a spreadsheet reads no part as a formula, however it separates cells."""
    return escape_unprintable(FORMULA.sub("'", text))


def escape_bytes(data: bytes) -> str:
    """Return bytes as ASCII text: `\\r\\n`, `\\x00`, `\\xff`."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")
