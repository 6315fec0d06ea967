"""contract rules: list the rules."""

from itertools import groupby
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from http_contract.cli.console import console, say
from http_contract.reports.explain import markdown
from http_contract.rules.model import Rule
from http_contract.rules.registry import RULES, STAGES, rules_from

LEVELS = ("MUST", "SHOULD")
EXAMPLES = """\b
Examples:
  contract rules --stage 3 --stage 4
  contract rules --level must
  contract rules --markdown > contract.md
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--stage", "stages", type=click.IntRange(1, 10), multiple=True, help="List this stage only. Can be repeated."
)
@click.option(
    "--level",
    "levels",
    type=click.Choice(LEVELS, case_sensitive=False),
    multiple=True,
    help="List the rules of this level only. Can be repeated.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print full descriptions, as Markdown.")
@click.option("--hidden", type=click.Path(path_type=Path), help="List the RULES in this Python file, too.")
def rules(stages: tuple[int, ...], levels: tuple[str, ...], as_markdown: bool, hidden: Path | None) -> None:
    """List the rules: the id, the level and the requirement of each rule."""
    chosen = [rule for rule in known(hidden) if rule.stage in (stages or STAGES) and rule.level in (levels or LEVELS)]
    if as_markdown:
        say(markdown(chosen).removesuffix("\n"))
        return
    for stage, those in groupby(chosen, key=lambda rule: rule.stage):
        console().print(listed(f"Stage {stage}: {STAGES[stage]}", list(those)))


def known(hidden: Path | None) -> list[Rule]:
    """Return the rules of the contract and those of the file, stage by stage."""
    own = rules_from(hidden) if hidden else ()
    return sorted((*RULES, *own), key=lambda rule: rule.stage)


def listed(title: str, rules: list[Rule]) -> Table:
    title = f"{title} ({len(rules)})"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("rule", style="cyan", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("requirement", overflow="fold")
    for rule in rules:
        table.add_row(rule.id, rule.level, Text(rule.sentence))
    return table
