"""Write a report to a file, in the judge's own format or in one that courses and tools read."""

import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from http_contract.reports import classroom50, github, gradescope, har, json, junit
from http_contract.runner.report import Report
from http_contract.sandbox.copies import remove

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "json": json.render,
        "junit": junit.render,
        "har": har.render,
        "gradescope": gradescope.render,
        "classroom50": classroom50.render,
        "github": github.render,
    }
)
"""Functions that render a report as text. The first three formats are for teachers, and contain hidden rules."""

DEVICES = Path("/dev")


def write(report: Report, format: str, path: str | os.PathLike[str]) -> None:
    """Write a report, so that a reader finds all of it or nothing. OSError if that fails."""
    data = FORMATS[format](report).encode()
    absolute = Path(path).absolute()
    if absolute.is_relative_to(DEVICES):
        absolute.write_bytes(data)  # a pipe, such as /dev/stdout, cannot be replaced
    else:
        write_whole(absolute, data)


@contextmanager
def written_or_gone(paths: Iterable[Path]) -> Iterator[None]:
    """Remove the reports with these paths if the block fails: what is there then is old, or a submission wrote it."""
    try:
        yield
    except BaseException:
        for path in paths:
            discard(path)
        raise


def discard(path: Path) -> None:
    """Remove what is in the place of a report; empty a file that cannot be removed."""
    if path.is_relative_to(DEVICES):
        return
    make_way(path)
    try:
        path.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            os.truncate(path, 0)


def make_way(path: Path) -> None:
    """Unlock the folders above a report, and remove a folder in its place: a submission may have left both."""
    for folder in reversed(path.parents):
        unlock(folder)
    if path.is_dir() and not path.is_symlink():
        remove(path)


def unlock(folder: Path) -> None:
    """Let the owner of a folder use it, if this process may change that."""
    with suppress(OSError):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & stat.S_IRWXU != stat.S_IRWXU:
            folder.chmod(mode | stat.S_IRWXU)


def write_whole(path: Path, data: bytes) -> None:
    """Write a new file, and replace the old one with it; a symbolic link is replaced, not followed."""
    new = path.with_name(f".contract-{secrets.token_hex(8)}")
    try:
        _write_new(new, data)
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _write_new(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
