"""Copies of submissions in temporary folders: a copy is judged, so that a submission cannot change its own files."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from http_contract.errors import CannotJudge

CACHE = "__pycache__"  # a folder that a run may create, and that is not part of a submission
MAX_SIZE = 1024**3  # octets of all files of a submission
MAX_ENTRIES = 100_000  # files and folders of a submission


@contextmanager
def copied(folder: Path, name: str, stopped: Event | None = None, omitted: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield a copy of a folder, under a name, in a temporary folder that is removed after the block.

    CannotJudge where it cannot be copied, is too large, or the event is set meanwhile.
    """
    parent = Path(tempfile.mkdtemp(prefix="contract-")).resolve()
    try:
        Copier(stopped or Event(), omitted).copy(folder, parent / name)
        yield parent / name
    finally:
        remove(parent)


class Copier:
    """Copies one submission, up to MAX_SIZE octets and MAX_ENTRIES files, and stops once the event is set."""

    def __init__(self, stopped: Event, omitted: Iterable[Path] = ()) -> None:
        self._stopped = stopped
        self._omitted = frozenset(map(str, omitted))
        self._size = 0
        self._entries = 0

    def copy(self, folder: Path, to: Path) -> None:
        """Copy a folder: links as links, without pipes, sockets, CACHE folders and files that cannot be read."""
        folders = [(str(folder), str(to))]
        try:
            while folders:
                folders.extend(self._copy_level(*folders.pop()))
        except OSError as error:
            raise CannotJudge(f"it can't be copied: {error.strerror or error}") from error

    def _copy_level(self, folder: str, to: str) -> Iterator[tuple[str, str]]:
        """Make a folder and copy the files in it; yield its subfolders, each with its destination."""
        os.mkdir(to)
        for entry in _readable_entries(folder):
            path = os.path.join(to, entry.name)
            self._count()
            if entry.path in self._omitted:
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name != CACHE:
                    yield entry.path, path
            elif entry.is_symlink() or entry.is_file():
                with suppress(PermissionError):
                    self._copy_file(entry, path)

    def _count(self) -> None:
        if self._stopped.is_set():
            raise CannotJudge("it was not copied: judging was stopped")
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise CannotJudge(f"it can't be copied: it has more than {MAX_ENTRIES} files and folders")

    def _copy_file(self, entry: os.DirEntry[str], to: str) -> None:
        self._size += entry.stat(follow_symlinks=False).st_size
        if self._size > MAX_SIZE:
            raise CannotJudge(f"it can't be copied: its files have more than {MAX_SIZE} bytes")
        shutil.copy2(entry.path, to, follow_symlinks=False)


def _readable_entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with suppress(PermissionError), os.scandir(folder) as entries:
        yield from entries


def remove(folder: Path) -> None:
    """Remove a folder. A submission may leave folders that are nested too deeply for Python's own functions."""
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run([*command, folder], stdin=subprocess.DEVNULL, capture_output=True)
