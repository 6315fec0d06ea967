"""Write a report to a file, in the judge's own format or in one that courses and tools read."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from http_contract.reports import classroom50, github, gradescope, har, json, junit
from http_contract.runner.report import Report

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
