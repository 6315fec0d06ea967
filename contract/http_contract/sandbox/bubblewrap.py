"""Isolation of a submission by bubblewrap: no network, a copy of its folder, and only the tools of the machine.

The judge runs itself again in a namespace whose only network is loopback, and shares that network with the submission.
The submission sees what `visible` lists, read-only, and can write in the copy and in folders in memory. Its processes
have the rights of another user where the judge is root.
"""

import errno
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from http_contract.errors import CannotJudge
from http_contract.sandbox import visible
from http_contract.sandbox.copies import copied
from http_contract.sandbox.seccomp import user_namespace_filter
from http_contract.sandbox.supervisor import Watch

PROGRAM, CHANGE_USER = "bwrap", "setpriv"
ISOLATED = "CONTRACT_ISOLATED"  # a variable in the environment of a judge that runs without a network
PACKAGE = Path(__file__).parents[1]
OURS = ("raw_router", "shared_views", "flask_app", "django_project", "sidebyside")  # packages that contain servers
WITHOUT_NETWORK = (PROGRAM, "--unshare-net", "--die-with-parent", "--dev-bind", "/", "/", "--")
NOBODY = 65534  # the user and the group of a submission where the judge is root
MEMORY_FOLDERS = {"/tmp": 512, "/var/tmp": 64, "/dev/shm": 128}  # MiB that a submission can write into each
HOME_SIZE = 512  # MiB that it can write into its home folder
MiB = 1024**2
OPTIONS, FILTER = 10, 11  # file descriptors through which bubblewrap reads options, and a filter for system calls
# A later option covers an earlier one.
NAMESPACES = (
    *(PROGRAM, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"),
    *("--cap-drop", "ALL"),
)
AS_ROOT = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")  # which CHANGE_USER needs, and gives up
SYSTEM = ("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev")
CHANGES_USER = (CHANGE_USER, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all", "--")


@dataclass(frozen=True, slots=True)
class Launch:
    """A command to run for a submission, with its environment, and what to watch while it runs."""

    command: Sequence[str]
    environment: Mapping[str, str]
    watch: Watch = field(default_factory=Watch)


@dataclass
class BubblewrapSandbox:
    """An isolation for LocalTarget, within a `with` block: it shows a copy of a folder, and the allowed paths."""

    home: Path  # the submission's own folder
    hidden: Iterable[Path] = ()  # files and folders that it must not see, wherever they are
    allowed: Iterable[Path] = ()  # files and folders that it may read besides the system and its tools

    def __enter__(self) -> Self:
        self.home = self.home.resolve()
        self._secrets = [path.resolve() for path in self.hidden]
        self._block = ExitStack()
        self._copy = self._block.enter_context(copied(self.home, "copy", omitted=self._secrets))
        if is_root():
            subprocess.run(["chown", "-hR", f"{NOBODY}:{NOBODY}", self._copy], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._block.close()

    def __call__(self, command: Sequence[str], folder: Path, given: Mapping[str, str]) -> Launch:
        """Return how to run a command isolated in the folder, with those given variables that it needs.

        OSError where there is no such program. CannotJudge where there is one that it cannot see.
        """
        environment = visible.environment(given)
        roots = self._roots(command)
        self._check_program(command[0], folder, environment["PATH"], roots)
        mounts = (*self._mounts(roots), "--chdir", str(folder.resolve()))
        files = {OPTIONS: ("options", "\0".join(mounts).encode()), FILTER: ("filter", user_namespace_filter())}
        watch = Watch(
            folder=str(self._copy),
            memory_folders=(*MEMORY_FOLDERS, str(Path.home())),
            files={str(number): self._written(*file) for number, file in files.items() if file[1]},
        )
        return Launch(isolated(command), environment, watch)

    def _roots(self, command: Sequence[str]) -> list[Path]:
        tools = visible.tool_roots(command, [*self._secrets, self.home])
        return visible.outermost((*visible.system_roots(), *tools, *map(Path.absolute, self.allowed)))

    def _check_program(self, program: str, folder: Path, path: str, roots: Sequence[Path]) -> None:
        found = shutil.which(folder / program if "/" in program else program, path=path)
        if not found:
            number = errno.EACCES if (folder / program).exists() else errno.ENOENT
            raise OSError(number, os.strerror(number))
        for link in visible.links(Path(os.path.normpath(found))):
            if not any(link.is_relative_to(root) for root in (*roots, self.home)):
                raise CannotJudge(f"--isolate hides {link}, which {program} needs. Show it: --allow {shown(link)}")

    def _mounts(self, roots: Sequence[Path]) -> Iterator[str]:
        """Yield the options that build the file system: what is in memory, what is read, what is hidden."""
        hidden = [*self._secrets, PACKAGE, *(PACKAGE.parent / name for name in OURS)]
        around = [path for path in hidden if self.home.is_relative_to(path) and is_inside(path, roots)]
        yield from SYSTEM
        yield from in_memory({**MEMORY_FOLDERS, str(Path.home()): HOME_SIZE})
        for root in roots:
            yield from shown_read_only(root)
        yield from covers(around)  # its own folder is shown inside these
        yield from (*parents(self.home), "--bind", str(self._copy), str(self.home))
        inside = [path for path in hidden if path not in around and is_inside(path, [*roots, self.home])]
        yield from covers(inside)
        yield from read_only([Path("/"), Path("/dev"), *(path for path in (*around, *inside) if path.is_dir())])

    def _written(self, name: str, data: bytes) -> str:
        """Write a file beside the copy, where the submission does not see it, and return its path."""
        file = self._copy.with_name(name)
        file.write_bytes(data)
        return str(file)


def isolated(command: Sequence[str]) -> list[str]:
    """Return a command that runs the given command isolated. Its mounts are not among its arguments.

    The submission sees the arguments of bubblewrap, but not what the file descriptors contain.
    """
    filtering = ("--seccomp", str(FILTER)) if user_namespace_filter() else ()
    before, after = (AS_ROOT, CHANGES_USER) if is_root() else ((), ())
    return [*NAMESPACES, *before, *filtering, "--args", str(OPTIONS), "--", *after, *command]


def is_root() -> bool:
    return os.geteuid() == 0


def is_inside(path: Path, roots: Iterable[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def in_memory(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the options that make empty folders in memory, which everybody can write, with their sizes in MiB."""
    for folder, size in sizes.items():
        yield from ("--perms", "1777", "--size", str(size * MiB), "--tmpfs", folder)


def shown_read_only(path: Path) -> Iterator[str]:
    """Yield the options that show a file or folder as it is; of a link in a folder of the system, the link."""
    yield from parents(path)
    if path.is_symlink() and path.parent == Path("/"):
        yield from ("--symlink", os.readlink(path), str(path))
    else:
        yield from ("--ro-bind-try", str(path), str(path))


def parents(path: Path) -> Iterator[str]:
    """Yield the options that make the folders above a path, which everybody can enter."""
    for parent in reversed(path.parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))


def covers(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the options that replace each existing file or folder by an empty one."""
    for path in paths:
        if path.is_dir():
            yield from ("--perms", "0755", "--tmpfs", str(path))
        elif path.exists():
            yield from ("--ro-bind", os.devnull, str(path))


def read_only(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        yield from ("--remount-ro", str(folder))


def shown(program: Path) -> str:
    """Return the folder to allow for a program, as a shell reads it."""
    folder = program.parents[1] if program.parent.name in visible.PROGRAM_FOLDERS else program
    return shlex.quote(str(folder))


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
    for program, package in ((PROGRAM, "bubblewrap"), *(((CHANGE_USER, "util-linux"),) if is_root() else ())):
        if not shutil.which(program):
            raise CannotJudge(f"--isolate needs {package}; with Debian: sudo apt-get install {package}")
    change_user = (AS_ROOT, CHANGES_USER) if is_root() else ((), ())
    command = [*WITHOUT_NETWORK, *NAMESPACES, *change_user[0], "--ro-bind", "/", "/", *SYSTEM, *change_user[1], "true"]
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode:
        raise CannotJudge(f"--isolate does not work on this machine: {tried.stderr.strip() or tried.returncode}")
