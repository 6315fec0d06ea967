"""The submissions of a class: finding them in a folder, and digests that show whether they changed."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from unicodedata import combining, normalize

from http_contract.errors import CannotJudge
from http_contract.runner.session import NAME
from http_contract.sandbox.copies import CACHE, MAX_ENTRIES

JUDGE = Path(__file__).parents[1]  # the folder of the judge's own files, which affect each result
EXTRAS = ("__MACOSX", "graders")  # folders beside a submission that do not belong to it
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".7z", ".rar")  # suffixes
MAX_READ = 64 * 1024**2  # octets of a submission that are read for its digest


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
        visible = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
        entries = sorted(visible, key=lambda entry: natural(entry.name))
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror}") from error
    inside = [entry for entry in entries if os.path.dirname(os.path.realpath(entry)) == os.path.realpath(folder)]
    found = [Submission(entry.name, submission_folder(entry)) for entry in inside if entry.is_dir()]
    outside = [f"{entry.name}: leads out of {folder}" for entry in entries if entry not in inside]
    packed = [f"{entry.name}: unpack this archive into a folder" for entry in inside if is_archive(entry)]
    if not found:
        raise CannotJudge(f"{folder} contains no submissions: each must be a folder")
    return found, [*outside, *packed]


def natural(name: str) -> tuple[list[str | int], str]:
    """Return a key that sorts names as people do: numbers by their value, without regard to capitals and accents."""
    plain = normalize("NFKD", name).casefold()
    letters = "".join(each for each in plain if not combining(each))
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]{1,18})", letters)], name


def is_archive(entry: Path) -> bool:
    return entry.suffix.lower() in ARCHIVES and not entry.is_dir()


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
    """Return a digest of the names and contents of the files in a folder.

    Digests are made before the first submission is judged. To cost little time whatever a submission contains, only
    MAX_READ octets are read; of each further file, the size and the time of its last change count.
    """
    hashed, unread = hashlib.sha256(), MAX_READ
    for path in files(folder):
        unread -= size_of(path)
        content = content_digest(path) if unread >= 0 else state_digest(path)
        hashed.update(bytes(path.relative_to(folder)) + b"\0" + content)
    return hashed.digest()


def files(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder, in a fixed order, without CACHE folders; links are not followed.

    Folders whose path is too long for the system are left out, and all that follows the first MAX_ENTRIES entries.
    """
    folders, entries = [str(folder)], 0
    while folders and entries < MAX_ENTRIES:
        for entry in _entries(folders.pop()):
            entries += 1
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False) and entry.name != CACHE:
                folders.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Return at most MAX_ENTRIES entries of a folder, sorted by name; none of a folder that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(islice(entries, MAX_ENTRIES), key=lambda entry: entry.name)
    except OSError:
        return []


def size_of(path: Path) -> int:
    """Return the size of a file in octets; 0 for a file that is gone, or whose path is too long for the system."""
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def state_digest(path: Path) -> bytes:
    """Return the size of a file and the time of its last change."""
    state = os.lstat(path)
    return f"{state.st_size} {state.st_mtime_ns}".encode()


def content_digest(path: Path) -> bytes:
    """Return a digest of a file's content; nothing for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""
