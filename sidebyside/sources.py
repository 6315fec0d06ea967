"""The sources of the implementations on disk: the files that have changed since an earlier look, and a mark for all.

A look reads no file. It takes about a millisecond, so it can come before each request: then no change is missed, as one
could be that a watcher has not reported yet.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from sidebyside.checkout import ROOT

SHARED = ("shared_views", "raw_router")  # which every implementation imports, or runs on
PACKAGES = (*SHARED, "flask_app", "django_project", "guests")
MADE = "__pycache__"  # the folders that Python writes


class Stamp(NamedTuple):
    """What changes when a file is written."""

    modified: int  # in nanoseconds
    size: int
    inode: int


Stamps: TypeAlias = Mapping[str, Stamp]
"""The stamp of each file, by its path relative to the checkout."""


def look(root: str = ROOT) -> Stamps:
    """Return the stamps of all files of the implementations."""
    return {path: stamp for package in PACKAGES for path, stamp in _files(root, package)}


def _files(root: str, folder: str) -> Iterator[tuple[str, Stamp]]:
    try:
        entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name)
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.is_file():
                found = entry.stat()
                yield path, Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
            elif entry.is_dir() and entry.name != MADE:
                yield from _files(root, path)
    except FileNotFoundError:  # an editor may replace a file at this moment
        return


def changed(before: Stamps, now: Stamps) -> list[str]:
    """Return the files that were written, added or removed between two looks."""
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def fingerprint(stamps: Stamps) -> str:
    """Return a short text that is the same for the same files only."""
    return sha256(repr(sorted(stamps.items())).encode()).hexdigest()[:16]


def concerns(path: str, routes: str) -> bool:
    """Return whether a server depends on a file; `routes` is where its routes are, such as flask_app/__init__.py."""
    package = routes.partition("/")[0]
    return package in PACKAGES and path.partition("/")[0] in (*SHARED, package)
