"""The submissions of a class: finding them in a folder, digests that show whether they changed, and copies to judge."""

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

JUDGE = Path(__file__).parents[1]  # the folder of the judge's own files, which affect each result
EXTRAS = ("__MACOSX", "graders")  # folders beside a submission that do not belong to it
CACHE = "__pycache__"  # a folder that a run may create, and that is not part of a submission
BLOCK = 1024 * 1024  # octets read at a time
MAX_SIZE = 1024**3  # octets of all files of a submission


@dataclass(frozen=True, slots=True)
class Submission:
    name: str  # of the folder that was handed in
    folder: Path  # that folder, or the only one in it


def submissions_in(folder: Path) -> tuple[list[Submission], list[str]]:
    """Return the submissions in a folder, sorted by name, and a sentence for each entry that is left out.

    Each visible folder in it is a submission; links that lead out of the folder are left out. CannotJudge where there
    are no submissions, or the folder is itself a submission.
    """
    if (folder / NAME).exists():
        raise CannotJudge(
            f"{folder} looks like one submission, since it has a {NAME}: name the folder that contains all "
            f"submissions, or run `contract check` in this one"
        )
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror}") from error
    inside = [entry for entry in entries if os.path.dirname(os.path.realpath(entry)) == os.path.realpath(folder)]
    found = [Submission(entry.name, submission_folder(entry)) for entry in inside if entry.is_dir()]
    outside = [f"{entry.name}: leads out of {folder}" for entry in sorted({*entries} - {*inside})]
    if not found:
        raise CannotJudge(f"{folder} contains no submissions: each must be a folder")
    return found, outside


def submission_folder(folder: Path) -> Path:
    """Return the folder of a submission: the only folder inside, if only that contains a contract.toml.

    Some learners pack the files of their folder, others the folder itself. The starter's judge.sh uses the same rule.
    """
    inside = [entry for entry in _entries(str(folder)) if os.path.isdir(entry) and not _is_extra(entry.name)]
    if len(inside) != 1 or inside[0].is_symlink() or (folder / NAME).exists():
        return folder
    inner = folder / inside[0].name
    return inner if (inner / NAME).exists() else folder


def _is_extra(name: str) -> bool:
    return name.startswith(".") or name in EXTRAS


def digest(folder: Path, options: Iterable[str]) -> str:
    """Return a digest of the submission's files, the judge's files and the options."""
    hashed = hashlib.sha256(judge_digest() + folder_digest(folder))
    for option in options:
        hashed.update(option.encode("utf-8", "surrogateescape") + b"\0")
    return hashed.hexdigest()


@cache
def judge_digest() -> bytes:
    return folder_digest(JUDGE)


def folder_digest(folder: Path) -> bytes:
    hashed = hashlib.sha256()
    for path in files(folder):
        hashed.update(bytes(path.relative_to(folder)) + b"\0" + content_digest(path))
    return hashed.digest()


def files(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder, in a fixed order, without CACHE folders; links are not followed.

    Folders whose path is too long for the system are left out.
    """
    folders = [str(folder)]
    while folders:
        for entry in _entries(folders.pop()):
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False) and entry.name != CACHE:
                folders.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def content_digest(path: Path) -> bytes:
    """Return a digest of a file's content; nothing for a file that cannot be read or is larger than MAX_SIZE."""
    hashed = hashlib.sha256()
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_SIZE:  # it is not judged, and reading it might take hours
                return b""
            while block := file.read(BLOCK):
                hashed.update(block)
    except OSError:
        return b""
    return hashed.digest()


@contextmanager
def copied(folder: Path, name: str, stopped: Event) -> Iterator[Path]:
    """Yield a copy of a folder, under a name, in a temporary folder that is removed after the block.

    CannotJudge where it cannot be copied, is larger than MAX_SIZE, or the event is set meanwhile.
    """
    parent = Path(tempfile.mkdtemp(prefix="contract-")).resolve()
    try:
        Copier(stopped).copy(folder, parent / name)
        yield parent / name
    finally:
        remove(parent)


class Copier:
    """Copies one submission, up to MAX_SIZE octets, and stops once the event is set."""

    def __init__(self, stopped: Event) -> None:
        self._stopped = stopped
        self._size = 0

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
            if entry.is_dir(follow_symlinks=False):
                if entry.name != CACHE:
                    yield entry.path, path
            elif entry.is_symlink() or entry.is_file():
                with suppress(PermissionError):
                    self._copy_file(entry, path)

    def _copy_file(self, entry: os.DirEntry[str], to: str) -> None:
        if self._stopped.is_set():
            raise CannotJudge("it was not copied: judging was stopped")
        self._size += entry.stat(follow_symlinks=False).st_size
        if self._size > MAX_SIZE:
            raise CannotJudge(f"it can't be copied: its files have more than {MAX_SIZE} bytes")
        shutil.copy2(entry.path, to, follow_symlinks=False)


def _readable_entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        return []


def remove(folder: Path) -> None:
    """Remove a folder. A submission may leave folders that are nested too deeply for Python's own functions."""
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run([*command, folder], stdin=subprocess.DEVNULL, capture_output=True)
