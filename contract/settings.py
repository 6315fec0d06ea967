"""contract.toml: what a folder says of the server in it, read without trusting the folder."""

import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from contract.errors import CannotJudge
from contract.rules import STAGES

NAME = "contract.toml"
MOST = 64 * 1024  # bytes of the file
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to start the server in a folder, and what of it to judge."""

    command: str = ""  # "" where the file names none, or is not there
    folder: Path = Path()  # in which the command is run
    port: int | None = None  # where it is fixed in the submission's code
    stages: tuple[int, ...] = ()  # to be judged where nobody says otherwise; () for all


def read_settings(folder: Path) -> Settings:
    """Return what the folder's contract.toml says; where there is none, that nothing is set. CannotJudge if bad."""
    file = folder / NAME
    if not os.path.exists(file):  # False, too, where it may not be seen
        return Settings(folder=folder)
    table = _table(file)
    for key in table:
        _known(file, key)
    return Settings(
        command=_command(file, table.get("command", "")),
        folder=_inside(file, table.get("folder", ".")),
        port=_port(file, table.get("port")),
        stages=_stages(file, table.get("stages", [])),
    )


def _table(file: Path) -> dict[str, Any]:
    if not file.is_file():  # opening a pipe would wait for ever
        raise CannotJudge(f"{file} is no file")
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST + 1)
        if len(data) > MOST:
            raise CannotJudge(f"{file} is longer than {MOST} bytes")
        return tomllib.loads(data.decode())
    except OSError as error:
        raise CannotJudge(f"{file} can't be read: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise CannotJudge(f"{file} is no TOML: {error}") from error
    except RecursionError as error:
        raise CannotJudge(f"{file} is nested too deeply") from error


def _known(file: Path, key: str) -> None:
    keys = Settings.__slots__
    if key not in keys:
        near = get_close_matches(key, keys, n=1)
        raise CannotJudge(f"{file}: there is no {key!r}" + (f"; {near[0]!r} is meant?" if near else ""))


def _command(file: Path, value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: command is a text, such as "python server.py {{port}}"')
    return value.strip()


def _inside(file: Path, value: object) -> Path:
    """Return the folder named, which must lie in that of the file."""
    home = file.parent.resolve()
    if not isinstance(value, str) or "\0" in value:
        raise CannotJudge(f'{file}: folder is a text, such as "src"')
    folder = (home / value).resolve()
    if not folder.is_relative_to(home) or not folder.is_dir():
        raise CannotJudge(f"{file}: {value!r} is no folder in {home.name}")
    return folder


def _port(file: Path, value: object) -> int | None:
    if value is not None and (type(value) is not int or value not in PORTS):
        raise CannotJudge(f"{file}: port is a number from {PORTS.start} to {PORTS.stop - 1}")
    return value


def _stages(file: Path, value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(stage) is int and stage in STAGES for stage in value):
        raise CannotJudge(f"{file}: stages is a list of numbers from {min(STAGES)} to {max(STAGES)}")
    return tuple(value)
