"""Judging one server, for `check` and `watch`: the task that the options describe, and the report on it."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from http_contract.cli.console import say
from http_contract.client.server import url_from
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.diagnosis.languages import language_of
from http_contract.errors import CannotJudge
from http_contract.reports.terminal import progress
from http_contract.rules.model import Outcome
from http_contract.rules.registry import Choice
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Progress, ignore_outcome
from http_contract.runner.session import Settings, Task, read_settings
from http_contract.sandbox.bubblewrap import enter
from http_contract.sandbox.output import ignore_line

NOT_AGAIN = ("url", "ids", "stages", "until", "reports", "volume", "watch")  # which do not change how a rule is judged
STARTS = ("--command", "--port", "--start-within", "--isolate")


def judge(task: Task, volume: str | None, report_progress: Progress = ignore_outcome) -> Report:
    """Judge the server and find the causes of its failures."""
    if task.isolate:
        enter()
    live = volume == "verbose" and (task.show_hidden or not task.own)
    with progress(len(task.rules), volume) as advance:

        def report_both(outcome: Outcome) -> None:
            advance(outcome)
            report_progress(outcome)

        report = task.report(report_both, show_line if live else ignore_line)
    settings = task.settings
    language = language_of("" if task.url else settings.command, settings.folder, report.output)
    return replace(report, outcomes=tuple(diagnosed(outcome, language) for outcome in report.outcomes))


def task_of(
    url: str | None, command: str | None, port: int | None, only_public: bool, hidden: Path | None, **options: Any
) -> Task:
    """Return the task that the options describe. CannotJudge if they contradict each other."""
    if url and (command or port or options["isolate"] or options["start_within"]):
        raise CannotJudge(f"{', '.join(STARTS)} are for a server that the judge starts. Remove them, or the URL.")
    if options["ca"] and not url:
        raise CannotJudge("--ca is for an https URL. Remove --ca: a server that the judge starts uses http.")
    settings = Settings(command or "", Path.cwd(), port) if command or url else read_settings(Path.cwd())
    choice = Choice(options.pop("stages"), options.pop("until"), options.pop("ids"), options.pop("slow"))
    if choice == Choice(slow=choice.slow):
        choice = replace(choice, stages=settings.stages)  # the file may be the learner's
    return Task(
        url=url and url_from(url),
        settings=replace(settings, port=port or settings.port),
        choice=choice,
        hidden=None if only_public else hidden,
        **options,
    )


def show_line(line: str) -> None:
    say(f"server | {line}".rstrip(), err=True)


def command_again(ctx: click.Context) -> str:
    """Return the command that judges the same server in the same way; the caller adds --rule."""
    words = [ctx.params["url"]] if ctx.params.get("url") else []
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
