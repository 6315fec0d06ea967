"""POST /judge begins a run of the judge, GET /judge/ID tells what is new, POST /judge/ID/stop ends it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState

from http_contract.errors import CannotJudge
from http_contract.reports.explain import url_of
from http_contract.reports.messages import skip_text
from http_contract.rules.registry import STAGES, Choice
from sidebyside.compare.sending import Place
from sidebyside.page.runs import ALIVE, Judged, News, Run, Runs, TooMany
from sidebyside.page.safety import told
from sidebyside.page.settings import Settings
from sidebyside.page.targets import place_of, places

Object: TypeAlias = dict[str, Any]

blueprint = Blueprint("judging", __name__)


@blueprint.record
def have_runs(state: BlueprintSetupState) -> None:
    state.app.extensions["runs"] = Runs()


@blueprint.app_context_processor
def given() -> Object:
    """Return what the template shows."""
    return {"contract_stages": STAGES}


@blueprint.post("/judge")
def begin() -> Object:
    """Begin to judge the three, or the server at a URL, by one stage or by all."""
    stage, url = understood(request.get_json(silent=True))
    run = _runs().begin(targets(url), Choice((stage,) if stage else ()).among())
    return {"id": run.id, "rules": counts(run), "targets": list(run.judged)}


@blueprint.get("/judge/<id>")
def follow(id: str) -> Object:
    """Tell what is new since so many pieces of news."""
    run, since = _run(id), max(0, request.args.get("from", 0, int))
    state, news = run.news(since)
    return {
        "state": state,
        "news": [news_data(each) for each in news],
        "next": since + len(news),
        "targets": [target_data(judged) for judged in run.judged.values()],
    }


@blueprint.post("/judge/<id>/stop")
def stop(id: str) -> Object:
    run = _run(id)
    run.stop()
    return {"state": run.state}


@blueprint.errorhandler(CannotJudge)
def unable(error: CannotJudge) -> Response:
    return told(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.errorhandler(TooMany)
def busy(error: TooMany) -> Response:
    return told(f"{ALIVE} runs are going on already; stop one, or wait.", HTTPStatus.TOO_MANY_REQUESTS)


def understood(asked: object) -> tuple[int | None, str | None]:
    """Return the stage and the URL that are asked for, None for all stages and for the three. CannotJudge otherwise."""
    stage, url = (asked.get("stage"), asked.get("url")) if isinstance(asked, dict) else (0, None)
    if not (stage is None or (type(stage) is int and stage in STAGES)) or not (url is None or isinstance(url, str)):
        raise CannotJudge('an object is wanted such as {"stage": 3, "url": "http://127.0.0.1:5000"}; null is for all')
    return stage, url


def targets(url: str | None) -> Sequence[Place]:
    settings: Settings = current_app.config["PAGE"]
    return places(settings) if url is None else [place_of(url, settings)]


def counts(run: Run) -> Mapping[int, int]:
    """Return by how many rules each stage is judged."""
    stages = [rule.stage for rule in run.rules]
    return {stage: stages.count(stage) for stage in STAGES if stage in stages}


def news_data(news: News) -> Object:
    outcome, rule = news.outcome, news.outcome.rule
    return {
        "target": news.target,
        "final": news.final,
        "rule": rule.id,
        "stage": rule.stage,
        "level": rule.level,
        "sentence": rule.sentence,
        "url": url_of(rule.section),
        "verdict": outcome.verdict,
        "reason": skip_text(outcome.skip),
        "counts": outcome.counts,
        "told": [asdict(part) for part in news.told],
    }


def target_data(judged: Judged) -> Object:
    """Return the points of one server so far; those of a stage count once it is judged to its end."""
    report = judged.report
    scores = [
        {"stage": score.stage, "points": score.points, "worth": score.weight, "kept": score.passed, "of": score.total}
        for score in report.scores
    ]
    return {
        "name": judged.name,
        "done": judged.ended is not None,
        "seconds": report.seconds,
        "points": report.points,
        "most": report.max_points,
        "stages": scores,
    }


def _runs() -> Runs:
    found: Runs = current_app.extensions["runs"]
    return found


def _run(id: str) -> Run:
    """Return the run of that name; 404 where there is none."""
    return _runs().get(id) or abort(HTTPStatus.NOT_FOUND, "This run is not known any more.")
