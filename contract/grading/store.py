"""Results in a folder, a file each: what is there need not be judged again."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from contract.errors import CannotJudge
from contract.grading.jobs import Result
from contract.reports import write_whole

SEEDS = 1_000_000  # that are drawn from


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Say in one line what keeps results from their folder."""
    try:
        yield
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error


def kept_seed(folder: Path) -> int:
    """Return the seed that is kept in a folder; where there is none, one is drawn, and kept."""
    file = folder / "seed"
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        seed = secrets.randbelow(SEEDS)
        with kept_in(folder):
            write_whole(file, f"{seed}\n".encode())
        return seed


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
