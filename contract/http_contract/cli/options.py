"""The values that commands accept, and the options about judging, which `check` and `grade` share."""

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
LONGEST = 3600  # seconds
FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)
ANY = click.Path(path_type=Path, resolve_path=True)
PATHS = re.compile(r"/[!-~]*")  # valid in a request line


class Pair(click.ParamType[tuple[Any, Any]]):
    """Two values with = between them."""

    name = "pair"

    def __init__(self, example: str, first: Callable[[str], Any], second: Callable[[str], Any]) -> None:
        self.example, self.first, self.second = example, first, second

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, Any]:
        first, equals, second = str(value).partition("=")
        if not (first and equals and second):
            self.fail(f"{value!r} is not a valid pair such as {self.example}", param, ctx)
        try:
            return self.first(first), self.second(second)
        except ValueError as error:
            self.fail(f"{value!r} is not a valid pair such as {self.example}: {error}", param, ctx)


def stage(text: str) -> int:
    if text not in map(str, STAGES):
        raise ValueError(f"{text} is not a valid stage, {min(STAGES)} to {max(STAGES)}")
    return int(text)


def weight(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text} is not a valid number of points")
    return int(text)


def path(text: str) -> str:
    if not PATHS.fullmatch(text):
        raise ValueError(f"{text} is not a valid path: a slash, then ASCII characters without spaces")
    return text


def report_format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"the formats are {', '.join(FORMATS)}")
    return text


def new_file(text: str) -> Path:
    """Return the path of a file to write. ValueError if its folder is missing, or the path is a folder."""
    path = Path(text)
    if path.is_dir():
        raise ValueError(f"{path} is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist")
    return path


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number <= LONGEST:
        raise click.BadParameter(f"{text!r} is not a valid number of seconds, above 0 and up to {LONGEST}")
    return number


def rule_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of rules that begin with the incomplete word, for completion in the shell."""
    return [id for id in BY_ID if id.startswith(incomplete)]


POINTS = Pair("7=20", stage, weight)
PATH = Pair("/test=/blog", path, path)
REPORT = Pair("json=report.json", report_format, new_file)
SERVER = (
    click.option(
        "--command", help="Start the server with this command. {port} stands for the port; $PORT contains it, too."
    ),
    click.option("--port", type=PORT, help="The port, if it is hard-coded in the server."),
    click.option(
        "--rule",
        "ids",
        metavar="ID",
        multiple=True,
        shell_complete=rule_ids,
        help="Judge only this rule. Can be repeated.",
    ),
    click.option("--time-limit", type=seconds, help="Seconds for all rules. The rest is skipped. [default: none]"),
)
HIDDEN = (
    click.option("--show-hidden", is_flag=True, help="Show full details of hidden rules."),
    click.option("--only-public", is_flag=True, help="Ignore --hidden."),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random data."),
)
JUDGING = (
    click.option("--stage", "stages", type=STAGE, multiple=True, help="Judge this stage. Can be repeated."),
    click.option("--until", type=STAGE, help="Judge no later stage."),
    click.option("--hidden", type=FILE, help="Judge by the RULES in this Python file, too."),
    click.option("--points", type=POINTS, multiple=True, metavar="STAGE=N", help="Points for a stage. [default: 10]"),
    click.option(
        "--route",
        "routes",
        type=PATH,
        multiple=True,
        metavar="/test=/blog",
        help="Request /blog where a rule requests /test.",
    ),
    click.option(
        "--start-within",
        type=seconds,
        help="Seconds to wait for the server to listen. [default: as long as the server uses CPU]",
    ),
    click.option(
        "--timeout", type=seconds, help="Seconds to wait for each response. [default: measured on the server]"
    ),
    click.option(
        "--patience",
        type=seconds,
        default=PATIENCE,
        show_default=True,
        help="Seconds after which a server must give up a request that never ends; for --slow.",
    ),
    click.option("--slow", is_flag=True, help="Judge the rules about time limits, too, which wait for --patience."),
    click.option(
        "--isolate",
        is_flag=True,
        help="Run the server without network access, in a copy of its folder; of the machine, it sees only the tools.",
    ),
    click.option(
        "--allow",
        type=ANY,
        multiple=True,
        help="With --isolate, show this file or folder to the server. Can be repeated.",
    ),
    click.option(
        "--hide",
        type=ANY,
        multiple=True,
        help="With --isolate, hide this file or folder from the server. Can be repeated.",
    ),
)


def judging(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about judging to a command."""
    return with_options(command, JUDGING)


def one_server(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add all options about judging one server to a command."""
    return with_options(command, (*SERVER, *JUDGING, *HIDDEN))


def with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def check_isolation(isolate: bool, *, hide: Sequence[Path], allow: Sequence[Path]) -> None:
    for option, paths in (("--hide", hide), ("--allow", allow)):
        if paths and not isolate:
            raise CannotJudge(f"{option} needs --isolate. Add --isolate, or remove {option}.")
