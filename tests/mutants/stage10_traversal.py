"""Broken servers for stage 10, Files and caching: ways out of the public folder, one for each mutant."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from http_contract.rules.content import FOLDER
from raw_router.messages import Request, Response
from tests.mutants.serving import Mutant, Serve, answering, instead, plain

ROOT = str(FOLDER)


def opening(find: Callable[[str], str | None]) -> Serve:
    """Serve the file at the path that `find` makes from a name, or nothing if it returns None."""

    def opened(request: Request, response: Response) -> Response:
        path = find(request.target.removeprefix("/files/")) if request.target.startswith("/files/") else None
        return response if path is None or not Path(path).is_file() else leak(Path(path).read_bytes())

    return answering(opened)


def leak(content: bytes) -> Response:
    return Response(200, (("Content-Type", "text/plain"), ("Content-Length", str(len(content)))), content)


def climbs(name: str) -> bool:
    """Return whether a segment is `..`, as a careful server checks before it opens a file."""
    return ".." in name.split("/")


def as_sent(name: str) -> str | None:
    return f"{ROOT}/{name}" if climbs(name) else None


def checked_before_decoding(name: str) -> str | None:
    return None if climbs(name) or not climbs(unquote(name)) else f"{ROOT}/{unquote(name)}"


def decoded_after_check(name: str) -> str | None:
    once = unquote(name)
    return None if climbs(once) or not climbs(unquote(once)) else f"{ROOT}/{unquote(once)}"


def cut(name: str) -> str | None:
    name = unquote(name)
    return f"{ROOT}/{name.replace('../', '')}" if not climbs(name) and climbs(name.replace("../", "")) else None


def backslashes(name: str) -> str | None:
    name = unquote(name)
    return f"{ROOT}/{name.replace(chr(92), '/')}" if not climbs(name) and "\\" in name else None


def joined(name: str) -> str | None:
    """Join paths like os.path, where an absolute path replaces the folder."""
    name = unquote(name)
    return os.path.join(ROOT, name) if name.startswith("/") else None


PASSWD = "root:x:0:0:root:/root:/bin/sh"

MUTANTS = (
    Mutant(id="name-as-sent", breaks=("traversal-dots",), serve=opening(as_sent)),
    Mutant(
        id="leaks-with-404",
        breaks=("traversal-dots",),
        serve=instead(rb"GET /files/notes/\.\./", plain("404 Not Found", body=PASSWD)),
    ),
    Mutant(id="checked-before-decoding", breaks=("traversal-encoded",), serve=opening(checked_before_decoding)),
    Mutant(id="decoded-after-check", breaks=("traversal-twice",), serve=opening(decoded_after_check)),
    Mutant(id="dots-cut-out", breaks=("traversal-cut",), serve=opening(cut)),
    Mutant(id="backslash-as-slash", breaks=("traversal-backslash",), serve=opening(backslashes)),
    Mutant(
        id="lenient-utf-8",
        breaks=("traversal-overlong",),
        serve=instead(rb"GET /files/%c0%ae", plain("200 OK", body=PASSWD)),
    ),
    Mutant(id="path-from-the-root", breaks=("traversal-absolute",), serve=opening(joined)),
    Mutant(
        id="path-on-a-drive",
        breaks=("traversal-drive",),
        serve=instead(rb"(?i)GET /files/c(:|%3a)", plain("200 OK", body="; for 16-bit app support\r\n[fonts]")),
    ),
    Mutant(
        id="follows-links",
        breaks=("traversal-links",),
        serve=instead(rb"GET /files/outside ", plain("200 OK", body="what lies outside")),
    ),
)
