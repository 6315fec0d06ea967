"""Requests for every route, and a check that an excerpt is the source."""

from sidebyside.page.source import ROOT, Excerpt

HOST = b"Host: localhost\r\n\r\n"
CONCRETE = {
    "/hello/<name>": "/hello/you",
    "/status/<int:code>": "/status/200",
    "/files/<path:name>": "/files/hello.txt",
}


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\n".encode() + HOST


def is_source(excerpt: Excerpt) -> bool:
    """Return whether an excerpt is in its file, at its line."""
    lines = (ROOT / excerpt.file).read_text().splitlines()[excerpt.line - 1 :]
    return all(line.strip() == shown.strip() for line, shown in zip(lines, excerpt.text.splitlines(), strict=False))
