"""contract check: judge one server."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from http_contract.cli.console import console
from http_contract.cli.options import FILE, PORT, REPORT, check_isolation, judging, rule_ids
from http_contract.client.server import url_of
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.errors import CannotJudge
from http_contract.reports.files import FORMATS, write
from http_contract.reports.terminal import progress, show, show_all, total
from http_contract.rules.registry import Choice
from http_contract.runner.report import Report
from http_contract.runner.session import Settings, Task, read_settings
from http_contract.sandbox.bubblewrap import enter
from http_contract.sandbox.output import unshown

RULE = "Judge this rule alone; can be repeated."
REPORTS = f"Write one ({', '.join(FORMATS)}); can be repeated."
STARTS = ("--command", "--port", "--start-within", "--isolate")
EXAMPLES = """\b
Examples:
  contract check http://127.0.0.1:8001
  contract check --command "python main.py {port}" --until 4
  contract check --command ./server --port 5000 --rule route-test --verbose
  contract check --command "node server.js" --report json=report.json --report junit=report.xml

Exit status: 0 if all MUST rules of the chosen stages hold, 1 if some do not, 2 if the judge could not do its work.
"""


@click.command(epilog=EXAMPLES)
@click.argument("url", required=False)
@click.option("--command", help="Start the server by this: {port} in it, and PORT in its environment, is its port.")
@click.option("--port", type=PORT, help="The port that the server takes, whatever it is told.")
@click.option("--ca", type=FILE, help="Trust this certificate, in PEM, at an https URL.")
@click.option("--rule", "ids", metavar="ID", multiple=True, shell_complete=rule_ids, help=RULE)
@judging
@click.option("--show-hidden", is_flag=True, help="Tell of the rules of --hidden as of the others, as to their author.")
@click.option("--only-public", is_flag=True, help="Leave those out all the same.")
@click.option("--seed", type=int, default=0, show_default=True, help="For random data.")
@click.option("--report", "reports", type=REPORT, multiple=True, metavar="FORMAT=FILE", help=REPORTS)
@click.option("--quiet", "volume", flag_value="quiet", help="Say what came of it in one line.")
@click.option("--verbose", "volume", flag_value="verbose", help="Show every exchange, and what the server writes.")
def check(volume: str | None, reports: list[tuple[str, Path]], hide: tuple[Path, ...], **given: Any) -> None:
    """Judge one server: at URL, or started by --command, or by the command in contract.toml of this folder."""
    with orderly():
        check_isolation(given["isolate"], hide)
        secret = [*hide, *filter(None, [given["hidden"]]), *(file for _, file in reports)]
        task = task_of(secret=secret, **given)
        if task.isolate:
            enter()
        with progress(len(task.rules), volume) as told:
            judged = task.report(told, live if volume == "verbose" and (task.show_hidden or not task.own) else unshown)
        report = replace(judged, outcomes=tuple(map(diagnosed, judged.outcomes)))
        try:
            for format, file in reports:
                write(report, format, file)
        finally:
            tell(report, volume)
        sys.exit(0 if report.passed else 1)


def task_of(
    url: str | None, command: str | None, port: int | None, only_public: bool, hidden: Path | None, **given: Any
) -> Task:
    """Return the task that the options make. CannotJudge where they contradict each other."""
    if url and (command or port or given["isolate"] or given["start_within"]):
        raise CannotJudge(f"a URL is judged as it is: {', '.join(STARTS)} are for what the judge starts")
    if given["ca"] and not url:
        raise CannotJudge("--ca is for an https URL: what the judge starts speaks no TLS")
    settings = Settings(command or "", Path.cwd(), port) if command or url else read_settings(Path.cwd())
    choice = Choice(given.pop("stages"), given.pop("until"), given.pop("ids"))
    return Task(
        url=url and url_of(url),
        settings=replace(settings, port=port or settings.port),
        choice=Choice(settings.stages) if choice == Choice() else choice,  # the file may be the learner's
        hidden=None if only_public else hidden,
        **given,
    )


def live(line: str) -> None:
    click.echo(f"server | {line}".rstrip(), err=True)


def tell(report: Report, volume: str | None) -> None:
    if volume == "quiet":
        console().print(total(report), soft_wrap=True)
    elif volume == "verbose":
        show_all(report, console())
    else:
        show(report, console())


@contextmanager
def orderly() -> Iterator[None]:
    """End in order when told to end: what the judge has started ends with it."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    except OSError as error:
        raise CannotJudge(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, before)
