"""What `contract watch` waits for: keys on a terminal, and changes of files."""

import hashlib
import os
import shlex
import sys
import termios
import tty
from collections.abc import Iterable
from pathlib import Path
from queue import SimpleQueue
from select import select
from threading import Event, Thread
from typing import Any, Self

from watchfiles import Change, DefaultFilter
from watchfiles import watch as watch_files

from http_contract.diagnosis.languages import LANGUAGES

STEP = 200  # milliseconds without a change after which a burst of changes has ended
LONGEST_BURST = 3000  # milliseconds
STOP_CHECK = 100  # milliseconds between two checks whether to stop
OTHERS = (".html", ".css", ".toml")  # suffixes of files that a server does not write, besides sources
MADE = (".class", ".jar")  # suffixes of files that a compiler writes
MOST_READ = 1_000_000  # octets of a file that are compared
SOURCES = (*OTHERS, *(suffix for language in LANGUAGES for suffix in language.suffixes))


class Keyboard:
    """The keys that are pressed on a terminal, without waiting for Enter; none without a terminal."""

    def __init__(self) -> None:
        self.is_there = sys.stdin.isatty() and sys.stdout.isatty()
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        if self.is_there:
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_there:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    @property
    def descriptors(self) -> list[int]:
        return [sys.stdin.fileno()] if self.is_there else []

    def pressed(self) -> str:
        """Return the key that was pressed, or an empty text."""
        ready, _, _ = select(self.descriptors, [], [], 0)
        if not ready:
            return ""
        key = os.read(sys.stdin.fileno(), 1).decode("latin-1").lower()
        self.is_there = bool(key)  # the terminal is gone
        return key


class FileWatcher:
    """Watches folders in a thread of its own, and notes that a file has changed."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = list(folders)
        self._stop = Event()
        self._reader, self._writer = os.pipe()
        self._thread = Thread(target=self._watch, daemon=True)
        self._changes: SimpleQueue[set[str]] = SimpleQueue()
        self._digests: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._reader)
        os.close(self._writer)

    @property
    def descriptors(self) -> list[int]:
        return [self._reader]

    def changed(self) -> set[str]:
        """Return the names of the files whose content has changed since the last call.

        A file that was written again with the same content has not changed: some servers are built at each start.
        """
        names: set[str] = set()
        while select([self._reader], [], [], 0)[0]:
            os.read(self._reader, 1)
            names |= self._changes.get()
        return {name for name in names if self._is_new(name)}

    def _is_new(self, name: str) -> bool:
        before, self._digests[name] = self._digests.get(name), digest(name)
        return before != self._digests[name]

    def _watch(self) -> None:
        for changes in watch_files(
            *self._folders,
            watch_filter=DefaultFilter(),
            debounce=LONGEST_BURST,
            step=STEP,
            rust_timeout=STOP_CHECK,
            stop_event=self._stop,
            raise_interrupt=False,
        ):
            self._note(changes)

    def _note(self, changes: Iterable[tuple[Change, str]]) -> None:
        self._changes.put({name for _, name in changes})
        os.write(self._writer, b"x")


def is_source(name: str) -> bool:
    """Return whether a file is one that people write, and not one that a server writes while it runs."""
    suffix = Path(name).suffix
    return suffix in SOURCES and suffix not in MADE


def digest(name: str) -> bytes:
    """Return a digest of the beginning of a file; nothing if it cannot be read."""
    try:
        with open(name, "rb") as file:
            return hashlib.sha256(file.read(MOST_READ)).digest()
    except OSError:
        return b""


def modified(name: str) -> float:
    """Return when a file was last modified, in seconds since the epoch; 0 if it is gone."""
    try:
        return os.stat(name).st_mtime
    except OSError:
        return 0.0


def folders_of(command: str, folder: Path) -> set[Path]:
    """Return the folder of a server, and the folders of the files that its command names elsewhere."""
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        words = []
    files = [(folder / word).resolve() for word in words if not word.startswith("-") and (folder / word).is_file()]
    home = folder.resolve()
    return {home, *(file.parent for file in files if not file.is_relative_to(home))}


def wait_for(*sources: Keyboard | FileWatcher) -> None:
    """Wait until a key is pressed or a file has changed."""
    select([descriptor for source in sources for descriptor in source.descriptors], [], [])
