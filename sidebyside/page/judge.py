"""The routes of the judge: POST /judge starts a run, GET /judge/ID returns its news, POST /judge/ID/stop stops it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Blueprint, abort, current_app, request
from flask.blueprints import BlueprintSetupState

from http_contract.errors import CannotJudge
from http_contract.reports.explain import url_of
from http_contract.reports.groups import Group, groups_of
from http_contract.reports.messages import skip_text
from http_contract.reports.text import group_size, group_title
from http_contract.rules.registry import STAGES, Choice
from sidebyside.page.runs import News, Progress, Run, Runs
from sidebyside.page.settings import Settings, current_settings, readers_endpoint, service_endpoints
from sidebyside.page.targets import Subject

JsonObject: TypeAlias = dict[str, Any]

blueprint = Blueprint("judge", __name__)


# -- routes


@blueprint.record
def add_runs(state: BlueprintSetupState) -> None:
    board = state.app.config["PAGE"].board
    state.app.extensions["runs"] = Runs(board.quiet if board else nullcontext)


@blueprint.app_context_processor
def template_variables() -> JsonObject:
    return {"contract_stages": STAGES}


@blueprint.post("/judge")
def start() -> JsonObject:
    """Start to judge the services of the page, the server at a URL, or the command, by some stages or by all."""
    stages, subjects = parse_choice(request.get_json(silent=True), current_settings())
    return description(_runs().start(subjects, Choice(stages).among()))


@blueprint.get("/judge/<id>")
def news(id: str) -> JsonObject:
    """Return a run, its state, its news after the first `from` items, and the failures by cause.

    A command's output comes after the first `printed` lines.
    """
    run, since, shown = _run(id), *(max(0, request.args.get(name, 0, int)) for name in ("from", "printed"))
    state, news = run.news(since, shown)
    return {
        "run": description(run),
        "state": state,
        "news": [news_data(each) for each in news],
        "next": since + len(news),
        "printed": run.printed[shown:],
        "servers": [progress_data(each) for each in run.progress.values()],
        "groups": [data for each in run.progress.values() for data in groups_data(each)],
    }


@blueprint.post("/judge/<id>/stop")
def stop(id: str) -> JsonObject:
    run = _run(id)
    run.stop()
    return {"state": run.state}


def parse_choice(data: object, settings: Settings) -> tuple[tuple[int, ...], Sequence[Subject]]:
    """Return the stages, and what to judge by them; no stages mean all. A command never comes from a browser.

    Raises CannotJudge where the data is not valid, and where the page may not judge what it names.
    """
    if not isinstance(data, dict) or not is_choice(data):
        raise CannotJudge(
            'an object such as {"stages": [1, 2, 3], "url": "http://127.0.0.1:5000"} is required; null means all'
        )
    stages = tuple(data.get("stages") or ())
    if data.get("url") is not None:
        return stages, [readers_endpoint(data["url"], settings)]
    if not data.get("command"):
        return stages, service_endpoints(settings)
    if settings.command is None:
        raise CannotJudge("this page was started without --command")
    return stages, [settings.command]


def is_choice(data: Mapping[str, object]) -> bool:
    """Return whether the values have the right types: a list of stages, a URL, and whether to judge the command."""
    stages, url, command = map(data.get, ("stages", "url", "command"))
    has_stages = stages is None or (isinstance(stages, list) and all(map(is_stage, stages)))
    return has_stages and isinstance(url, str | None) and isinstance(command, bool | None)


def is_stage(value: object) -> bool:
    return type(value) is int and value in STAGES


def description(run: Run) -> JsonObject:
    """Return what does not change while a run lasts: its servers, and its stages with the number of their rules."""
    rules = [rule.stage for rule in run.rules]
    stages = [
        {"stage": stage, "title": title, "rules": rules.count(stage)}
        for stage, title in STAGES.items()
        if stage in rules
    ]
    return {"id": run.id, "stages": stages, "servers": list(run.progress)}


def news_data(news: News) -> JsonObject:
    outcome, rule = news.outcome, news.outcome.rule
    return {
        "server": news.server,
        "final": news.final,
        "rule": rule.id,
        "stage": rule.stage,
        "level": rule.level,
        "sentence": rule.sentence,
        "url": url_of(rule.section),
        "verdict": outcome.verdict,
        "reason": skip_text(outcome.skip),
        "counts": outcome.counts,
        "failure": [asdict(line) for line in news.failure],
        "raw": news.raw,
    }


def groups_data(progress: Progress) -> Iterator[JsonObject]:
    """Yield the failures of one server by cause, the most urgent first."""
    yield from (group_data(progress.name, group) for group in groups_of(progress.report))


def group_data(server: str, group: Group) -> JsonObject:
    return {
        "server": server,
        "cause": group.cause,
        "title": group_title(group),
        "size": group_size(group),
        "failed": [outcome.rule.id for outcome in group.failed],
        "skipped": [outcome.rule.id for outcome in group.skipped],
    }


def progress_data(progress: Progress) -> JsonObject:
    """Return the points of one server so far; a stage has points once all its rules are judged."""
    report = progress.report
    stages = [
        {
            "stage": score.stage,
            "points": score.points,
            "max_points": score.weight,
            "passed": score.passed,
            "failed": score.failed,
            "skipped": score.skipped,
        }
        for score in report.scores
    ]
    return {
        "name": progress.name,
        "done": progress.ended is not None,
        "seconds": report.seconds,
        "points": report.points,
        "max_points": report.max_points,
        "stages": stages,
    }


def _runs() -> Runs:
    found: Runs = current_app.extensions["runs"]
    return found


def _run(id: str) -> Run:
    return _runs().get(id) or abort(HTTPStatus.NOT_FOUND, "This run no longer exists.")
