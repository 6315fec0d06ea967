"""Files of the public folder: bytes with a media type, a strong validator and a date."""

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from mimetypes import MimeTypes
from pathlib import Path

PUBLIC = Path(__file__).resolve().parent / "public"
MEDIA_TYPES = MimeTypes()  # Python's own table: the tables of machines differ
FOLDER = os.O_RDONLY | os.O_DIRECTORY
FILE = os.O_RDONLY | os.O_NONBLOCK  # opening a pipe does not wait
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
        return None if path is None else load(path, root)
    except OSError:  # the file is not readable, or was removed or replaced just now
        return None


def load(path: Path, root: Path) -> File | None:
    """Return the file at a path below root, which has no links; None if it is not a regular file."""
    with open(path, "rb", opener=lambda name, flags: open_below(root, path)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        content = file.read()
    modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
    return File(content, media_type(path.name), modified, make_etag(content))


def open_below(root: Path, path: Path) -> int:
    """Return a descriptor of the file at a path below root. Raises OSError for a link, which may lead elsewhere.

    Each folder is opened in the one before, so that nothing that is renamed meanwhile leads out of root.
    """
    descriptor = os.open(root, FOLDER)
    for depth, segment in enumerate(path.parts, start=1):
        kind = FILE if depth == len(path.parts) else FOLDER
        try:
            inner = os.open(segment, kind | os.O_NOFOLLOW, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def make_etag(content: bytes) -> str:
    """Return a strong validator, which changes only with the content (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def locate(name: str, root: Path) -> Path | None:
    """Return the path of a file, relative to root and without symbolic links, or None if it is not below root."""
    segments = name.split("/")
    if not {"", ".", ".."}.isdisjoint(segments) or "\0" in name or "\\" in name:
        return None
    try:
        path = Path(os.path.realpath(root.joinpath(*segments), strict=True))
        return path.relative_to(os.path.realpath(root))
    except (OSError, ValueError):  # it is missing, its name is too long, links form a circle or lead out of root
        return None


def media_type(name: str) -> str:
    """Return the media type for a file's name, with a charset for text."""
    guessed, encoding = MEDIA_TYPES.guess_type(name)
    if guessed is None or encoding is not None:
        return "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
