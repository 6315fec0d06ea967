"""sidebyside routes: the three route tables, as long as each of the three can be loaded."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

import click

from http_contract.cli.console import Unable, say
from sidebyside.printing import console, show

ROOT = Path(__file__).resolve().parents[2]
OURS = ("raw_router", "flask_app", "django_project", "shared_views")
EXAMPLES = """\b
Examples:
  sidebyside routes             the tables of raw_router, Flask and Django
  sidebyside routes --json      the same for other programs

Exit status: 0 if the tables agree, 1 if they do not, 2 if one of the three cannot be loaded.
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def routes(as_json: bool) -> None:
    """Show the three route tables as URLS, app.url_map and the URL resolver report them.

    Tables agree where each path has the same methods and the same name. A path is shown as each framework writes it,
    and compared by what its parameters take: <int:code> and <digits:code> are both [0-9]{1,9}.
    """
    with loading():
        from sidebyside.route_lines import data, lines
        from sidebyside.routes import TABLES, difference

        tables = {name: table() for name, table in TABLES.items()}
    differences = difference(tables)
    if as_json:
        say(json.dumps(data(tables, differences), indent=2))
    else:
        show(console(), lines(tables, differences))
    sys.exit(1 if differences else 0)


@contextmanager
def loading() -> Iterator[None]:
    """Say in one line where one of the three fails while it is imported."""
    try:
        yield
    except Exception as error:
        raise Unable(f"{place(error)}: {type(error).__name__}: {getattr(error, 'msg', error)}") from error


def place(error: Exception) -> str:
    """Return the last line of ours that led to an error: "flask_app/__init__.py:34"."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
    found = [(Path(file).relative_to(ROOT), line) for file, line in frames if Path(file).is_relative_to(ROOT)]
    file, line = next((each for each in reversed(found) if each[0].parts[0] in OURS), found[-1])
    return f"{file.as_posix()}:{line}"
