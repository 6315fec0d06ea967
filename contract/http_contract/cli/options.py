"""Kinds of values that options of the commands take, and the options that say how to judge, one server or many."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from http_contract.client.server import PATIENCE
from http_contract.errors import CannotJudge
from http_contract.reports.files import FORMATS
from http_contract.rules.registry import BY_ID, STAGES
from http_contract.runner.session import PORTS

PORT = click.IntRange(PORTS.start, PORTS.stop - 1)
STAGE = click.IntRange(min(STAGES), max(STAGES))
MOST = 3600  # seconds that anything may take
FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)
ANY = click.Path(path_type=Path, resolve_path=True)
PATHS = re.compile(r"/[!-~]*")  # that can stand in a request line


class Pair(click.ParamType[tuple[Any, Any]]):
    """Two values with = between them."""

    name = "pair"

    def __init__(self, example: str, first: Callable[[str], Any], second: Callable[[str], Any]) -> None:
        self.example, self.first, self.second = example, first, second

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, Any]:
        first, equals, second = str(value).partition("=")
        if not (first and equals and second):
            self.fail(f"{value!r} is no pair like {self.example}", param, ctx)
        try:
            return self.first(first), self.second(second)
        except ValueError as error:
            self.fail(f"{value!r} is no pair like {self.example}: {error}", param, ctx)


def stage(text: str) -> int:
    if text not in map(str, STAGES):
        raise ValueError(f"there is no stage {text}")
    return int(text)


def worth(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text} is no number of points")
    return int(text)


def path(text: str) -> str:
    if not PATHS.fullmatch(text):
        raise ValueError(f"{text} is no path: that begins with a slash, and the rest is ASCII without spaces")
    return text


def report_format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"the formats are {', '.join(FORMATS)}")
    return text


def new_file(text: str) -> Path:
    """Return where a file can be written, as far as that can be told before there is anything to write."""
    path = Path(text)
    if path.is_dir():
        raise ValueError(f"{path} is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}")
    return path


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number <= MOST:
        raise click.BadParameter(f"{text!r} is no number of seconds above 0 and up to {MOST}")
    return number


def rule_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of rules that begin so, for shells that complete them."""
    return [id for id in BY_ID if id.startswith(incomplete)]


POINTS = Pair("7=20", stage, worth)
PATH = Pair("/test=/blog", path, path)
REPORT = Pair("json=report.json", report_format, new_file)
JUDGING = (
    click.option("--stage", "stages", type=STAGE, multiple=True, help="Judge this stage; can be repeated."),
    click.option("--until", type=STAGE, help="Judge no later stage."),
    click.option("--hidden", type=FILE, help="Judge by the rules in this Python file, too."),
    click.option(
        "--points", type=POINTS, multiple=True, metavar="STAGE=N", help="What a stage is worth. [default: 10]"
    ),
    click.option("--route", "routes", type=PATH, multiple=True, metavar="/test=/blog", help="Ask for the second path."),
    click.option("--start-within", type=seconds, help="For how long it may start. [default: while it is at work]"),
    click.option("--timeout", type=seconds, help="For each answer. [default: by how fast the server is]"),
    click.option("--patience", type=seconds, default=PATIENCE, show_default=True, help="For rules about time limits."),
    click.option("--isolate", is_flag=True, help="Keep the server from the network, and from the judge's files."),
    click.option("--hide", type=ANY, multiple=True, help="Keep this file or folder from it, too; can be repeated."),
)


def judging(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how to judge."""
    for option in reversed(JUDGING):
        command = option(command)
    return command


def check_isolation(isolate: bool, hide: Sequence[Path]) -> None:
    if hide and not isolate:
        raise CannotJudge("--hide is for --isolate: any other server sees what you see")
