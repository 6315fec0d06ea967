"""contract check: judge one server."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from http_contract.cli.console import console, orderly, say
from http_contract.cli.options import FILE, PORT, REPORT, check_isolation, judging, rule_ids
from http_contract.client.server import url_from
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.diagnosis.languages import language_of
from http_contract.errors import CannotJudge
from http_contract.reports.brief import show_brief
from http_contract.reports.files import FORMATS, write
from http_contract.reports.terminal import print_texts, progress, show_exchanges, show_full, total
from http_contract.rules.registry import Choice
from http_contract.runner.report import Report
from http_contract.runner.session import Settings, Task, read_settings
from http_contract.sandbox.bubblewrap import enter
from http_contract.sandbox.output import ignore_line

NOT_AGAIN = ("url", "ids", "stages", "until", "reports", "volume")  # which do not change how a rule is judged
RULE = "Judge only this rule. Can be repeated."
REPORTS = f"Write a report ({', '.join(FORMATS)}). Can be repeated."
STARTS = ("--command", "--port", "--start-within", "--isolate")
EXAMPLES = """\b
Examples:
  contract check http://127.0.0.1:8001
  contract check --command "python main.py {port}" --until 4
  contract check --command ./server --port 5000 --rule route-test --verbose
  contract check --command "node server.js" --report json=report.json --report junit=report.xml

Exit status: 0 if all MUST rules of the chosen stages pass, 1 if a MUST rule fails, 2 if the judge cannot do its work.
"""


@click.command(epilog=EXAMPLES)
@click.argument("url", required=False)
@click.option(
    "--command", help="Start the server with this command. {port} stands for the port; $PORT contains it, too."
)
@click.option("--port", type=PORT, help="The port, if it is hard-coded in the server.")
@click.option("--ca", type=FILE, help="Trust this certificate (PEM) at an https URL.")
@click.option("--rule", "ids", metavar="ID", multiple=True, shell_complete=rule_ids, help=RULE)
@judging
@click.option("--show-hidden", is_flag=True, help="Show full details of hidden rules.")
@click.option("--only-public", is_flag=True, help="Ignore --hidden.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random data.")
@click.option("--report", "reports", type=REPORT, multiple=True, metavar="FORMAT=FILE", help=REPORTS)
@click.option("--quiet", "volume", flag_value="quiet", help="Print one line only.")
@click.option("--all", "volume", flag_value="all", help="Print every failure in full, stage by stage.")
@click.option("--verbose", "volume", flag_value="verbose", help="Print every exchange, and the output of the server.")
def check(
    volume: str | None,
    reports: list[tuple[str, Path]],
    hide: tuple[Path, ...],
    allow: tuple[Path, ...],
    **options: Any,
) -> None:
    """Judge one server: at URL, or started with --command, or with the command in contract.toml in this folder."""
    check_isolation(options["isolate"], hide=hide, allow=allow)
    secret = [*hide, *filter(None, [options["hidden"]]), *(file for _, file in reports)]
    try:
        with orderly():
            report = judge(task_of(secret=secret, allowed=allow, **options), volume)
            write_and_print(report, reports, volume, command_again(click.get_current_context()))
    except OSError as error:
        raise CannotJudge(str(error)) from error
    sys.exit(0 if report.passed else 1)


def judge(task: Task, volume: str | None) -> Report:
    """Judge the server and find the causes of its failures."""
    if task.isolate:
        enter()
    live = volume == "verbose" and (task.show_hidden or not task.own)
    with progress(len(task.rules), volume) as advance:
        report = task.report(advance, show_line if live else ignore_line)
    settings = task.settings
    language = language_of("" if task.url else settings.command, settings.folder, report.output)
    return replace(report, outcomes=tuple(diagnosed(outcome, language) for outcome in report.outcomes))


def write_and_print(report: Report, reports: list[tuple[str, Path]], volume: str | None, again: str) -> None:
    try:
        for format, file in reports:
            write(report, format, file)
    finally:
        print_report(report, volume, again)


def task_of(
    url: str | None, command: str | None, port: int | None, only_public: bool, hidden: Path | None, **options: Any
) -> Task:
    """Return the task that the options describe. CannotJudge if they contradict each other."""
    if url and (command or port or options["isolate"] or options["start_within"]):
        raise CannotJudge(f"{', '.join(STARTS)} are for a server that the judge starts. Remove them, or the URL.")
    if options["ca"] and not url:
        raise CannotJudge("--ca is for an https URL. Remove --ca: a server that the judge starts uses http.")
    settings = Settings(command or "", Path.cwd(), port) if command or url else read_settings(Path.cwd())
    choice = Choice(options.pop("stages"), options.pop("until"), options.pop("ids"))
    return Task(
        url=url and url_from(url),
        settings=replace(settings, port=port or settings.port),
        choice=Choice(settings.stages) if choice == Choice() else choice,  # the file may be the learner's
        hidden=None if only_public else hidden,
        **options,
    )


def show_line(line: str) -> None:
    say(f"server | {line}".rstrip(), err=True)


def print_report(report: Report, volume: str | None, again: str) -> None:
    if volume == "quiet":
        print_texts(console(), total(report))
    elif volume == "verbose":
        show_exchanges(report, console())
    elif volume == "all":
        show_full(report, console())
    else:
        show_brief(report, console(), again)


def command_again(ctx: click.Context) -> str:
    """Return the command that judges the same server in the same way; the caller adds --rule."""
    words = [ctx.params["url"]] if ctx.params["url"] else []
    for param in ctx.command.params:
        if param.name not in NOT_AGAIN and ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE:
            words += words_of(param, ctx.params[str(param.name)])
    return shlex.join(["contract", "check", *words])


def words_of(param: click.Parameter, value: Any) -> list[str]:
    """Return an option as words of a command, with each of its values."""
    option = param.opts[0]
    if isinstance(value, bool):
        return [option]
    values = value if param.multiple else (value,)
    return [word for each in values for word in (option, as_word(each))]


def as_word(value: object) -> str:
    """Return a value of an option as a word; a pair has = between its parts."""
    return "=".join(map(str, value)) if isinstance(value, tuple) else str(value)
