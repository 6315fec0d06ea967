"""The submissions in a folder, and what tells whether one has changed."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event

from http_contract.errors import CannotJudge
from http_contract.runner.session import NAME

RULES = Path(__file__).parents[1]  # whose files decide what comes of a submission, too
APART = ("__MACOSX", "graders")  # folders that lie beside a submission
MADE_BY_RUNNING = "__pycache__"  # a folder that says nothing of a submission
BLOCK = 1024 * 1024  # octets read at a time
MOST = 1024**3  # octets of a submission that is judged


@dataclass(frozen=True, slots=True)
class Submission:
    name: str
    folder: Path


def submissions_in(folder: Path) -> tuple[list[Submission], list[str]]:
    """Return the submissions, a folder each, by name; and what was passed over, with the reason."""
    if (folder / NAME).exists():
        raise CannotJudge(
            f"{folder} looks like one submission, since it has a {NAME}: name the folder that holds it and the others, "
            f"or judge it alone, with `contract check` in it"
        )
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror}") from error
    inside = [entry for entry in entries if os.path.dirname(os.path.realpath(entry)) == os.path.realpath(folder)]
    found = [Submission(entry.name, home_of(entry)) for entry in inside if entry.is_dir()]
    outside = [f"{entry.name}: leads out of {folder}" for entry in sorted({*entries} - {*inside})]
    if not found:
        raise CannotJudge(f"{folder} holds no submissions: each is a folder of its own")
    return found, outside


def home_of(folder: Path) -> Path:
    """Return the folder in which the submission is: the only one inside, where that alone has a contract.toml.

    Who packs a folder packs the files in it, or the folder itself. The starter's judge.sh decides by the same.
    """
    inside = [entry for entry in _entries(str(folder)) if os.path.isdir(entry) and not _is_apart(entry.name)]
    if len(inside) != 1 or inside[0].is_symlink() or (folder / NAME).exists():
        return folder
    inner = folder / inside[0].name
    return inner if (inner / NAME).exists() else folder


def _is_apart(name: str) -> bool:
    return name.startswith(".") or name in APART


def digest(folder: Path, choices: Iterable[str]) -> str:
    """Return what changes when a file of the submission, the judge or a choice does."""
    hashed = hashlib.sha256(judge_digest() + folder_digest(folder))
    for choice in choices:
        hashed.update(choice.encode("utf-8", "surrogateescape") + b"\0")
    return hashed.hexdigest()


@cache
def judge_digest() -> bytes:
    return folder_digest(RULES)


def folder_digest(folder: Path) -> bytes:
    hashed = hashlib.sha256()
    for path in files(folder):
        hashed.update(bytes(path.relative_to(folder)) + b"\0" + content_digest(path))
    return hashed.digest()


def files(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder that are not made by running it, in order; links are not followed.

    Folders in folders that are deeper than a path can tell are passed over.
    """
    folders = [str(folder)]
    while folders:
        for entry in _entries(folders.pop()):
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False) and entry.name != MADE_BY_RUNNING:
                folders.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def content_digest(path: Path) -> bytes:
    hashed = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST:  # it is not judged, and reading might take hours
                return b""
            while block := file.read(BLOCK):
                hashed.update(block)
    except OSError:  # not ours to read: the submission fails at it, or does without
        return b""
    return hashed.digest()


# -- grading.copying


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
        for entry in _readable_entries(folder):
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


def _readable_entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        return []


def remove(folder: Path) -> None:
    """Remove a folder, whatever a submission has left in it: Python's own functions give up on deeply nested ones."""
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run([*command, folder], stdin=subprocess.DEVNULL, capture_output=True)
