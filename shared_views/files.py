"""Files of the public folder: bytes with a media type, a strong validator and a date."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from mimetypes import MimeTypes
from pathlib import Path

PUBLIC = Path(__file__).resolve().parent / "public"
MEDIA_TYPES = MimeTypes()  # Python's own table: the tables of machines differ
SCRIPTABLE = ("text/html", "text/xml", "application/xml", "application/xhtml+xml", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is served; modified is in whole seconds, like Last-Modified (RFC 9110 §8.8.2)."""

    content: bytes
    media_type: str
    modified: datetime
    etag: str

    @property
    def may_run_scripts(self) -> bool:
        return self.media_type.startswith(SCRIPTABLE)

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified, usegmt=True)


def read_file(name: str, root: Path = PUBLIC) -> File | None:
    """Return the file with this name below root; None if it is not a file, or is outside root."""
    path = locate(name, root)
    try:
        return None if path is None else load(path)
    except OSError:  # the file is not readable, or was removed just now
        return None


def load(path: Path) -> File:
    content = path.read_bytes()
    modified = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return File(content, media_type(path.name), modified, make_etag(content))


def make_etag(content: bytes) -> str:
    """Return a strong validator, which changes only with the content (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def locate(name: str, root: Path) -> Path | None:
    """Return the real path of a regular file below root, symbolic links followed, or None."""
    segments = name.split("/")
    if not {"", ".", ".."}.isdisjoint(segments) or "\0" in name or "\\" in name:
        return None
    try:
        path = Path(os.path.realpath(root.joinpath(*segments), strict=True))
    except OSError:  # it is missing, its name is too long, or links form a circle
        return None
    return path if path.is_file() and path.is_relative_to(root) else None


def media_type(name: str) -> str:
    """Return the media type for a file's name, with a charset for text."""
    guessed, encoding = MEDIA_TYPES.guess_type(name)
    if guessed is None or encoding is not None:
        return "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
