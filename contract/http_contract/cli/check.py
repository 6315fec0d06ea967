"""contract check: judge one server."""

import sys
from pathlib import Path
from typing import Any

import click

from http_contract.cli.console import console, orderly
from http_contract.cli.judging import command_again, judge, task_of
from http_contract.cli.options import FILE, REPORT, check_isolation, one_server
from http_contract.errors import CannotJudge
from http_contract.reports.brief import show_brief
from http_contract.reports.files import FORMATS, make_way, write, written_or_gone
from http_contract.reports.terminal import print_texts, show_exchanges, show_full, total
from http_contract.runner.report import Report

REPORTS = f"Write a report ({', '.join(FORMATS)}). Can be repeated."
EXAMPLES = """\b
Examples:
  contract check http://127.0.0.1:8001
  contract check --command "python main.py {port}" --until 4
  contract check --command ./server --port 5000 --rule route-test --verbose
  contract check --command "node server.js" --report json=report.json --report junit=report.xml

Exit status: 0 if all MUST rules of the chosen stages pass, 1 if a MUST rule fails
or judging is unfinished, 2 if the judge cannot do its work.
"""


@click.command(epilog=EXAMPLES)
@click.argument("url", required=False)
@one_server
@click.option("--ca", type=FILE, help="Trust this certificate (PEM) at an https URL.")
@click.option("--report", "reports", type=REPORT, multiple=True, metavar="FORMAT=FILE", help=REPORTS)
@click.option("--quiet", "volume", flag_value="quiet", help="Print one line only.")
@click.option("--all", "volume", flag_value="all", help="Print every failure in full, stage by stage.")
@click.option("--verbose", "volume", flag_value="verbose", help="Print every exchange, and the output of the server.")
@click.option("--watch", is_flag=True, help="Judge again when a file changes, as `contract watch` does.")
def check(
    volume: str | None,
    reports: list[tuple[str, Path]],
    hide: tuple[Path, ...],
    allow: tuple[Path, ...],
    watch: bool,
    **options: Any,
) -> None:
    """Judge one server: at URL, or started with --command, or with the command in contract.toml in this folder."""
    context = click.get_current_context()
    if watch:
        return watch_instead(context, {"hide": hide, "allow": allow, **options})
    check_isolation(options["isolate"], hide=hide, allow=allow)
    secret = [*hide, *filter(None, [options["hidden"]]), *(file for _, file in reports)]
    try:
        task = task_of(secret=secret, allowed=allow, **options)
        with orderly(), written_or_gone([file for _, file in reports]):
            report = judge(task, volume)
            write_and_print(report, reports, volume, command_again(context))
    except OSError as error:
        raise CannotJudge(str(error)) from error
    sys.exit(0 if report.passed else 1)


def watch_instead(context: click.Context, options: dict[str, Any]) -> None:
    """Run `contract watch`, which is imported only then."""
    if options.pop("url") or options.pop("ca"):
        raise CannotJudge("--watch is for a server that the judge starts. Remove --watch, or the URL.")
    group = context.find_root().command
    command = group.get_command(context, "watch") if isinstance(group, click.Group) else None
    assert command
    context.invoke(command, **options)


def write_and_print(report: Report, reports: list[tuple[str, Path]], volume: str | None, again: str) -> None:
    try:
        for format, file in reports:
            make_way(file)
            write(report, format, file)
    finally:
        print_report(report, volume, again)


def print_report(report: Report, volume: str | None, again: str) -> None:
    if volume == "quiet":
        print_texts(console(), total(report))
    elif volume == "verbose":
        show_exchanges(report, console())
    elif volume == "all":
        show_full(report, console())
    else:
        show_brief(report, console(), again)
