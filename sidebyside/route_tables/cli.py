"""sidebyside routes: print the route tables and their differences."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from guests import Guest
from http_contract.cli.console import Unable, say
from sidebyside.checkout import ROOT
from sidebyside.console import console, print_lines
from sidebyside.launch import options
from sidebyside.launch.guests import with_guests
from sidebyside.launch.requirements import LaunchError
from sidebyside.loading import loading_error

EXAMPLES = """\b
Examples:
  sidebyside routes             the tables of raw_router, Flask and Django
  sidebyside routes --with bottle,tornado
  sidebyside routes --json      the same as JSON

Exit status: 0 if the tables agree, 1 if they differ, 2 if one of the implementations cannot be loaded.
"""


@click.command(epilog=EXAMPLES)
@options.guests
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def routes(guests: Sequence[Guest], as_json: bool) -> None:
    """Show the three route tables as URLS, app.url_map and Django's URL resolver report them, and those of guests.

    The tables agree if each path has the same parameters, the same methods and the same name in all of them. Paths are
    shown as each framework writes them. Parameters are compared by their regular expressions: <int:code> and
    <digits:code> both stand for [0-9]{1,9}. If a framework has no table that can be compared, its line says why.
    """
    with loading():
        from sidebyside.route_tables.diff import differences
        from sidebyside.route_tables.guests import guest_tables
        from sidebyside.route_tables.load import TABLES
        from sidebyside.route_tables.render import as_data, lines

        tables = {name: table() for name, table in TABLES.items()}
        further = guest_tables(guests)
    tables.update({name: table.routes for name, table in further.items() if not table.reason})
    without = {name: table.reason for name, table in further.items() if table.reason}
    found = differences(tables)
    if as_json:
        say(json.dumps(as_data(tables, without, found), indent=2))
    else:
        colours = {each.name: each.colour for each in with_guests(guests)}
        print_lines(console(), lines(tables, without, found, colours))
    sys.exit(1 if found else 0)


@contextmanager
def loading() -> Iterator[None]:
    """Report in one line that an implementation could not be imported, and where."""
    try:
        yield
    except LaunchError as error:
        raise Unable(str(error)) from error
    except Exception as error:
        raise Unable(loading_error(error, ROOT)) from error
