"""contract explain: describe one rule."""

import click
from rich.table import Table
from rich.text import Text

from http_contract.cli.console import console
from http_contract.cli.options import rule_ids
from http_contract.errors import CannotJudge
from http_contract.reports.explain import facts
from http_contract.rules.model import Rule
from http_contract.rules.registry import BY_ID, unknown

EXAMPLES = """\b
Examples:
  contract explain route-unknown
  contract rules --stage 3              lists the ids of a stage
"""


@click.command(epilog=EXAMPLES)
@click.argument("rule", shell_complete=rule_ids)
def explain(rule: str) -> None:
    """Describe the rule with the id RULE: the requirement, the requests, the legal responses."""
    if rule not in BY_ID:
        raise CannotJudge(unknown(rule, BY_ID))
    console().print(Text(rule, style="bold"), columns(BY_ID[rule]), sep="\n")


def columns(rule: Rule) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in facts(rule):
        table.add_row(name, Text(text))
    return table
