"""What is kept of a report: a thousand of them lie in a folder, and are read more than once."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from http_contract.errors import CannotJudge
from http_contract.reports.files import write_whole

REPORT = ("target", "points", "most", "stopped")
STAGE = ("stage", "points", "worth")
RULE = ("id", "stage", "level", "hidden", "counts", "verdict", "reason", "told")
LONGEST = 4000  # characters of what is told of a failure, the mark of the cut not counted
CUT = "\n... and so on, and at the end:\n"


def brief(report: dict[str, Any]) -> dict[str, Any]:
    """Return what grades are made of, from what reports.json tells: all but the conversations, the longest part."""
    return {
        **_picked(report, REPORT),
        "stages": [_picked(stage, STAGE) for stage in report["stages"]],
        "rules": [{**_picked(rule, RULE), "told": shortened(rule["told"], LONGEST)} for rule in report["rules"]],
    }


def shortened(text: str, most: int) -> str:
    """Return the beginning and the end of a text that is too long: what decides may stand in its last line."""
    if len(text) <= most:
        return text
    return f"{text[: most - most // 2]}{CUT}{text[-(most // 2) :]}"


def _picked(table: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: table[key] for key in keys}


# -- grading.store


SEED = "seed"  # a file's name
SEEDS = 1_000_000  # that are drawn from


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: a report, as brief.py has it, or the reason why there is none."""

    name: str
    digest: str
    report: dict[str, Any] | None = None
    why: str = ""


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Say in one line what keeps results from their folder."""
    try:
        yield
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error


def kept_seed(folder: Path) -> int:
    """Return the seed that is kept in a folder, or draw one where there is none."""
    file = folder / SEED
    try:
        return int(file.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return secrets.randbelow(SEEDS)
    except (OSError, ValueError) as error:
        raise CannotJudge(f"{file} can't be read, or holds no number: without it, another seed is drawn") from error


def keep_seed(folder: Path, seed: int) -> None:
    with kept_in(folder):
        write_whole(folder / SEED, f"{seed}\n".encode())


class Store:
    """The results of submissions; each file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with kept_in(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def has(self, name: str, digest: str) -> bool:
        """Tell whether there is a result of just this submission."""
        result = self.get(name)
        return result is not None and result.digest == digest

    def get(self, name: str) -> Result | None:
        try:
            return Result(**json.loads(self._path(name).read_bytes()))
        except (OSError, ValueError, TypeError):  # none, or none that can be read: it is judged again
            return None

    def put(self, result: Result) -> None:
        with kept_in(self.folder):
            write_whole(self._path(result.name), json.dumps(asdict(result)).encode())

    def all(self, names: list[str]) -> Iterator[Result]:
        """Yield the results of these submissions one by one, none held longer than it is looked at."""
        for name in names:
            if result := self.get(name):
                yield result

    def _path(self, name: str) -> Path:
        """Return the file for a name, which may hold anything that a file's name may, at any length."""
        return self.folder / f"{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"
