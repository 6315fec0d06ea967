"""A report as a file, in our own format and in those that courses and tools read."""

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
"""What makes text of a report. The first three formats are for who teaches: of hidden rules, too, they tell all."""

DEVICES = Path("/dev")


def write(report: Report, format: str, path: str | os.PathLike[str]) -> None:
    """Write a report, so that a reader finds all of it or nothing. OSError where that can't be done."""
    data = FORMATS[format](report).encode()
    absolute = Path(path).absolute()
    if absolute.is_relative_to(DEVICES):
        absolute.write_bytes(data)  # a pipe, such as /dev/stdout: nothing to put into the place of
    else:
        write_whole(absolute, data)


def write_whole(path: Path, data: bytes) -> None:
    """Put a new file into the place of whatever is there: a link that somebody has laid there is not followed."""
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
