"""What keeps a submission from the network and from the judge's files: namespaces of its own, made by bubblewrap.

The judge runs itself again where there is no network but loopback, which it shares with the submission. That sees the
machine's files, and cannot change them, but for its own folder; an empty /tmp; and nothing of what is hidden from it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from http_contract.errors import CannotJudge

PROGRAM = "bwrap"
INSIDE = "CONTRACT_ISOLATED"  # in the environment of a judge that runs without a network
PACKAGE = Path(__file__).parents[1]
WITHOUT_NETWORK = (PROGRAM, "--unshare-net", "--die-with-parent", "--dev-bind", "/", "/", "--")
# What stands later covers what stands before it.
APART = (
    *(PROGRAM, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    *("--tmpfs", "/run", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"),
)


@dataclass(frozen=True)
class BubblewrapSandbox:
    """Makes commands that run apart, with the judge's own files hidden from them, and those that are named."""

    hidden: Iterable[Path] = ()

    def __call__(self, command: Sequence[str], folder: Path) -> Sequence[str]:
        own = folder.resolve()
        hidden = [path.resolve() for path in (PACKAGE, *self.hidden)]
        around = [path for path in hidden if own.is_relative_to(path)]  # what the folder itself must be shown in
        others = [path for path in hidden if path not in around]
        binds = (*covers(around), "--bind", str(own), str(own), *covers(others), "--chdir", str(own))
        return [*APART, *binds, "--", *command]


def covers(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the options that put something empty in the place of each file or folder that there is."""
    for path in paths:
        if path.is_dir():
            yield from ("--tmpfs", str(path))
        elif path.exists():
            yield from ("--ro-bind", os.devnull, str(path))


def enter() -> None:
    """Run this program again, from its start, without a network; return where it runs so already."""
    if INSIDE in os.environ:
        return
    attempt()
    os.execvpe(PROGRAM, [*WITHOUT_NETWORK, sys.executable, *sys.orig_argv[1:]], {**os.environ, INSIDE: "1"})


def attempt() -> None:
    """Run something that does nothing, apart. CannotJudge where that is impossible."""
    if not shutil.which(PROGRAM):
        raise CannotJudge("--isolate needs bubblewrap; with Debian: sudo apt-get install bubblewrap")
    tried = subprocess.run(
        [*WITHOUT_NETWORK, *BubblewrapSandbox()(["true"], Path.cwd())], capture_output=True, text=True
    )
    if tried.returncode:
        raise CannotJudge(f"--isolate does not work on this machine: {tried.stderr.strip() or tried.returncode}")
