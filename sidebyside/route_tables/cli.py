"""sidebyside routes: print the three route tables and their differences."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

import click

from http_contract.cli.console import Unable, say
from sidebyside.checkout import ROOT
from sidebyside.console import console, print_lines
from sidebyside.launch.services import SERVICES

PACKAGES = ("raw_router", "flask_app", "django_project", "shared_views")
EXAMPLES = """\b
Examples:
  sidebyside routes             the tables of raw_router, Flask and Django
  sidebyside routes --json      the same as JSON

Exit status: 0 if the tables agree, 1 if they differ, 2 if one of the three implementations cannot be loaded.
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def routes(as_json: bool) -> None:
    """Show the three route tables as URLS, app.url_map and Django's URL resolver report them.

    The tables agree if each path has the same methods and the same name in all three. Paths are shown as each
    framework writes them. They are compared by the regular expressions of their parameters: <int:code> and
    <digits:code> both stand for [0-9]{1,9}.
    """
    with loading():
        from sidebyside.route_tables.diff import differences
        from sidebyside.route_tables.load import TABLES
        from sidebyside.route_tables.render import as_data, lines

        tables = {name: table() for name, table in TABLES.items()}
    found = differences(tables)
    if as_json:
        say(json.dumps(as_data(tables, found), indent=2))
    else:
        print_lines(console(), lines(tables, found, {each.name: each.colour for each in SERVICES}))
    sys.exit(1 if found else 0)


@contextmanager
def loading() -> Iterator[None]:
    """Report in one line that one of the three could not be imported, and where."""
    try:
        yield
    except Exception as error:
        raise Unable(f"{place(error)}: {type(error).__name__}: {getattr(error, 'msg', error)}") from error


def place(error: Exception) -> str:
    """Return the last line of the checkout that led to an error: "flask_app/__init__.py:34"."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
    found = [(Path(file).relative_to(ROOT), line) for file, line in frames if Path(file).is_relative_to(ROOT)]
    file, line = next((each for each in reversed(found) if each[0].parts[0] in PACKAGES), found[-1])
    return f"{file.as_posix()}:{line}"
