"""Isolation of a submission by bubblewrap: no network, a read-only file system, and none of the judge's files.

The judge runs itself again in a namespace whose only network is loopback, and shares that network with the submission.
The submission can write in its own folder and in an empty /tmp; the rest of the machine's files it can only read.
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
ISOLATED = "CONTRACT_ISOLATED"  # a variable in the environment of a judge that runs without a network
PACKAGE = Path(__file__).parents[1]
WITHOUT_NETWORK = (PROGRAM, "--unshare-net", "--die-with-parent", "--dev-bind", "/", "/", "--")
# A later option covers an earlier one.
NAMESPACES = (
    *(PROGRAM, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    *("--tmpfs", "/run", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"),
)


@dataclass(frozen=True)
class BubblewrapSandbox:
    """An isolation for LocalTarget: it hides the judge's own files and the given ones from a command."""

    hidden: Iterable[Path] = ()

    def __call__(self, command: Sequence[str], folder: Path) -> Sequence[str]:
        """Return a command that runs the given command isolated in the folder, which it may change."""
        own = folder.resolve()
        hidden = [path.resolve() for path in (PACKAGE, *self.hidden)]
        parents = [path for path in hidden if own.is_relative_to(path)]  # the folder is shown inside these
        others = [path for path in hidden if path not in parents]
        binds = (*covers(parents), "--bind", str(own), str(own), *covers(others), "--chdir", str(own))
        return [*NAMESPACES, *binds, "--", *command]


def covers(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the options that replace each existing file or folder by an empty one."""
    for path in paths:
        if path.is_dir():
            yield from ("--tmpfs", str(path))
        elif path.exists():
            yield from ("--ro-bind", os.devnull, str(path))


def enter() -> None:
    """Replace this process by the same program without a network; return if it already has none.

    CannotJudge where bubblewrap is missing or does not work.
    """
    if ISOLATED in os.environ:
        return
    require()
    os.execvpe(PROGRAM, [*WITHOUT_NETWORK, sys.executable, *sys.orig_argv[1:]], {**os.environ, ISOLATED: "1"})


def require() -> None:
    """Run an isolated command that does nothing. CannotJudge where bubblewrap is missing or does not work."""
    if not shutil.which(PROGRAM):
        raise CannotJudge("--isolate needs bubblewrap; with Debian: sudo apt-get install bubblewrap")
    tried = subprocess.run(
        [*WITHOUT_NETWORK, *BubblewrapSandbox()(["true"], Path.cwd())], capture_output=True, text=True
    )
    if tried.returncode:
        raise CannotJudge(f"--isolate does not work on this machine: {tried.stderr.strip() or tried.returncode}")
