"""Copies of submissions: what one does to its files, or beside them, is gone with the copy."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from contract.errors import CannotJudge
from contract.grading.submissions import MADE_BY_RUNNING, MOST


@contextmanager
def copied(folder: Path, name: str, stopped: Event) -> Iterator[Path]:
    """Yield a copy under this name, alone in a folder that is gone after the block. CannotJudge where there is none."""
    place = Path(tempfile.mkdtemp(prefix="contract-")).resolve()
    try:
        Copying(stopped).copy(folder, place / name)
        yield place / name
    finally:
        remove(place)


class Copying:
    """Copies one submission, up to a size, and no further once the event is set."""

    def __init__(self, stopped: Event) -> None:
        self._stopped = stopped
        self._size = 0

    def copy(self, folder: Path, to: Path) -> None:
        """Copy a folder: links as links, no pipes and sockets, and nothing that is not ours to read."""
        folders = [(str(folder), str(to))]
        try:
            while folders:
                folders.extend(self._level(*folders.pop()))
        except OSError as error:
            raise CannotJudge(f"it can't be copied: {error.strerror or error}") from error

    def _level(self, folder: str, to: str) -> Iterator[tuple[str, str]]:
        """Make one folder and the files in it; yield the folders that are in it, and where they go."""
        os.mkdir(to)
        for entry in _entries(folder):
            path = os.path.join(to, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name != MADE_BY_RUNNING:
                    yield entry.path, path
            elif entry.is_symlink() or entry.is_file():
                with suppress(PermissionError):
                    self._file(entry, path)

    def _file(self, entry: os.DirEntry[str], to: str) -> None:
        if self._stopped.is_set():
            raise CannotJudge("it was not copied: judging was stopped")
        self._size += entry.stat(follow_symlinks=False).st_size
        if self._size > MOST:
            raise CannotJudge(f"it can't be copied: its files have more than {MOST} bytes")
        shutil.copy2(entry.path, to, follow_symlinks=False)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        return []


def remove(folder: Path) -> None:
    """Remove a folder, whatever a submission has left in it: Python's own functions give up on deeply nested ones."""
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run([*command, folder], stdin=subprocess.DEVNULL, capture_output=True)
