"""Text and bytes as a terminal may print them: characters that control it are made visible."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


def escape_controls(text: str) -> str:
    """Return text with its control characters as `\\x1b`; tabs, line feeds and all other characters stay."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def escape_unprintable(text: str) -> str:
    """Return text in one line, which every encoding contains if one of its characters cannot be printed."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def escape_bytes(data: bytes) -> str:
    """Return bytes as ASCII text: `\\r\\n`, `\\x00`, `\\xff`."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")
