"""contract explain: describe one rule, or one cause of failures."""

from collections.abc import Iterable

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from http_contract.cli.console import console
from http_contract.cli.options import rule_ids
from http_contract.errors import CannotJudge
from http_contract.reports.causes import IDS
from http_contract.reports.explain import cause_facts, facts
from http_contract.rules.registry import BY_ID, unknown

EXAMPLES = """\b
Examples:
  contract explain route-unknown
  contract explain single-recv          a cause, as reports name it in parentheses
  contract rules --stage 3              lists the ids of a stage
"""


def ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [*rule_ids(ctx, param, incomplete), *(id for id in IDS if id.startswith(incomplete))]


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="ID", shell_complete=ids)
def explain(name: str) -> None:
    """Describe the rule or the cause with this ID.

    A rule: the requirement, the requests, the legal responses. A cause: the mistake in the program, its signs, and the
    remedy in each language.
    """
    if name not in BY_ID and name not in IDS:
        raise CannotJudge(unknown(name, (*BY_ID, *IDS)))
    console().print(description(name))


def description(name: str, language: str = "") -> Group:
    """Return everything about the rule or the cause with this id, for one language or for all."""
    rows = facts(BY_ID[name]) if name in BY_ID else cause_facts(name, language)
    return Group(Text(name, style="bold"), columns(rows))


def columns(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, Text(text))
    return table
