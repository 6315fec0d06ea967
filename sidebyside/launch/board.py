"""The board: a folder in which a launcher shows what each service prints, and which services do not run.

The page is another process and reads it: to show the traceback of a request that failed, and to wait until the services
whose sources have changed listen again.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

MAX_LOG = 4 * 1024 * 1024  # octets of one service's output that are kept
LOOK = 0.02  # seconds between two looks at the board
FIXED = ""  # the version of services that do not follow their sources
SETTLING = 20.0  # seconds in which services have started again; later the page shows what there is


class State(NamedTuple):
    """How the services run: the version of their sources, and why some do not run, by their names."""

    version: str
    failures: Mapping[str, str]


RUNNING = State(FIXED, {})


@dataclass(frozen=True, slots=True)
class Output:
    """What one service has printed so far, and what it prints further."""

    file: Path

    @property
    def size(self) -> int:
        """The number of octets so far."""
        return self.file.stat().st_size if self.file.exists() else 0

    def add(self, lines: Sequence[str]) -> None:
        mode = "a" if self.size < MAX_LOG else "w"
        with self.file.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def since(self, size: int) -> list[str]:
        """Return the lines after the first `size` octets; all lines if the file has been emptied meanwhile."""
        if not self.file.exists():
            return []
        with self.file.open("rb") as file:
            file.seek(size if size <= self.size else 0)
            return file.read().decode(errors="replace").splitlines()


class Board:
    """The folder, for the launcher and the page."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._state = self._folder / "state.json"
        self._quiet = self._folder / "quiet"

    def output(self, name: str) -> Output:
        return Output(self._folder / f"{name}.log")

    def publish(self, version: str, failures: Mapping[str, str]) -> None:
        """Show that the services run as the sources of this version are, and why some do not run."""
        new = self._state.with_suffix(".new")
        new.write_text(json.dumps(State(version, failures)._asdict()))
        new.replace(self._state)

    def settled(self, version: Callable[[], str]) -> State:
        """Wait until the services run as the sources are now; `version` returns the version of the sources."""
        deadline = monotonic() + SETTLING
        while True:
            state = self.state
            if state.version in (FIXED, version()) or monotonic() > deadline:
                return state
            sleep(LOOK)

    @property
    def state(self) -> State:
        return State(**json.loads(self._state.read_text()))

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Ask the launcher to print no access lines until the block ends."""
        self._quiet.touch()
        try:
            yield
        finally:
            self._quiet.unlink(missing_ok=True)

    @property
    def is_quiet(self) -> bool:
        return self._quiet.exists()
