"""Runs the judge for the page: POST /judge starts a run, GET /judge/ID returns its news, POST /judge/ID/stop stops it.

Rules about time fail on a busy machine. So runs wait for each other, and a run judges one server after the other. If a
reader no longer asks for news, the run ends before its next rule.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from http import HTTPStatus
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any, Literal, TypeAlias

from flask import Blueprint, abort, current_app, request
from flask.blueprints import BlueprintSetupState

from http_contract.client.server import Server
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.errors import CannotJudge
from http_contract.reports.explain import url_of
from http_contract.reports.messages import skip_text
from http_contract.reports.text import Line, lines
from http_contract.rules.model import Outcome, Rule
from http_contract.rules.registry import RULES, STAGES, Choice
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Scheduler
from http_contract.runner.target import RemoteTarget
from sidebyside.compare.send import Endpoint
from sidebyside.page.settings import current_settings, readers_endpoint, service_endpoints

State = Literal["waiting", "running", "done", "stopped", "failed"]
JsonObject: TypeAlias = dict[str, Any]

ABANDONED_AFTER = 15.0  # seconds without a request for news, after which the reader has left
NEWS_TIMEOUT = 1.5  # seconds that a request waits for news
NEWS_DELAY = 0.15  # seconds that it waits for more news after the first
TURN_CHECK = 0.2  # seconds between checks whether a waiting run should continue
MAX_RUNS = 4  # that are not over at the same time; all but one of them wait
MAX_FINISHED = 8  # runs that stay available

blueprint = Blueprint("judge", __name__)
logger = logging.getLogger("sidebyside")


# -- one run


class RunEnded(Exception):
    """The run must end before it is done."""


@dataclass(frozen=True, slots=True)
class News:
    """The outcome of a rule for a server. An outcome that is not final may still change: the rule runs again alone."""

    server: str
    final: bool
    outcome: Outcome  # without its transcripts
    failure: tuple[Line, ...] = ()  # the lines that describe the failure of a rule


@dataclass(kw_only=True)
class WatchedTarget(RemoteTarget):
    """A target that is only available while its run continues."""

    check_run: Callable[[], None]

    def running(self) -> Server:
        self.check_run()
        return self.server


@dataclass(slots=True)
class Progress:
    """The progress of the judge on one server."""

    name: str
    began: float | None = None  # by the monotonic clock
    ended: float | None = None
    outcomes: list[Outcome] = field(default_factory=list)  # the final ones

    @property
    def report(self) -> Report:
        end = self.ended or monotonic()
        seconds = end - (self.began or end)
        return Report(target=self.name, seed=0, began=0, seconds=seconds, outcomes=tuple(self.outcomes))


class Run:
    """Judges some servers by some rules, in a thread of its own."""

    def __init__(self, endpoints: Sequence[Endpoint], rules: Sequence[Rule], turn: Lock) -> None:
        self.id = secrets.token_hex(8)
        self.rules = rules
        self.state: State = "waiting"
        self.progress = {endpoint.name: Progress(endpoint.name) for endpoint in endpoints}
        self._endpoints = endpoints
        self._turn = turn
        self._news: list[News] = []
        self._changed = Condition()
        self._asked = monotonic()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "stopped", "failed")

    def news(self, since: int) -> tuple[State, list[News]]:
        """Return the state and the news after the first `since` items; wait a while if there are none."""
        with self._changed:
            self._asked = monotonic()
            self._changed.wait_for(lambda: self.is_over or len(self._news) > since, NEWS_TIMEOUT)
            self._changed.wait_for(lambda: self.is_over, NEWS_DELAY)
            return self.state, self._news[since:]

    def stop(self) -> None:
        """End the run at once; a rule that is being judged still takes its time."""
        self._enter("stopped")

    def _enter(self, state: State) -> None:
        with self._changed:
            if not self.is_over:
                self.state = state
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            with self._in_turn():
                self._enter("running")
                for endpoint in self._endpoints:
                    self._judge(endpoint, self.progress[endpoint.name])
            self._enter("done")
        except RunEnded:
            self.stop()
        except Exception:
            logger.exception("a run of the judge has failed")
            self._enter("failed")

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        while not self._turn.acquire(timeout=TURN_CHECK):
            self._check()
        try:
            yield
        finally:
            self._turn.release()

    def _check(self) -> None:
        if self.is_over or monotonic() - self._asked > ABANDONED_AFTER:
            raise RunEnded

    def _judge(self, endpoint: Endpoint, progress: Progress) -> None:
        progress.began = monotonic()
        target = WatchedTarget(endpoint.server, check_run=self._check)
        final, early = partial(self._add_final, progress), partial(self._add_early, progress)
        Scheduler(target, self.rules, RULES, final, early=early).outcomes()
        progress.ended = monotonic()

    def _add_early(self, progress: Progress, outcome: Outcome) -> None:
        self._publish(News(progress.name, False, without_transcripts(outcome)))

    def _add_final(self, progress: Progress, outcome: Outcome) -> None:
        failure = tuple(lines(diagnosed(outcome))) if outcome.verdict == "failed" else ()
        progress.outcomes.append(without_transcripts(outcome))
        self._publish(News(progress.name, True, without_transcripts(outcome), failure))

    def _publish(self, news: News) -> None:
        with self._changed:
            self._news.append(news)
            self._changed.notify_all()


def without_transcripts(outcome: Outcome) -> Outcome:
    """Return an outcome without its transcripts and output, which may be long."""
    return replace(outcome, failures=(), transcripts=(), output="")


# -- all runs


class TooManyRuns(Exception):
    """The page has as many runs as it may have."""


class Runs:
    """The runs of one page, and the latest ones that are over."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._lock = Lock()
        self._runs: dict[str, Run] = {}

    def start(self, endpoints: Sequence[Endpoint], rules: Sequence[Rule]) -> Run:
        """Return a new run. Raises TooManyRuns if other runs must end first."""
        with self._lock:
            if sum(run.is_alive for run in self._runs.values()) >= MAX_RUNS:
                raise TooManyRuns(f"{MAX_RUNS} runs have not ended yet. Stop one of them, or wait.")
            run = Run(endpoints, rules, self._turn)
            self._runs[run.id] = run
            self._forget()
            return run

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def _forget(self) -> None:
        over = [run.id for run in self._runs.values() if not run.is_alive]
        for id in over[: max(0, len(self._runs) - MAX_FINISHED)]:
            del self._runs[id]


# -- routes


@blueprint.record
def add_runs(state: BlueprintSetupState) -> None:
    state.app.extensions["runs"] = Runs()


@blueprint.app_context_processor
def template_variables() -> JsonObject:
    return {"contract_stages": STAGES}


@blueprint.post("/judge")
def start() -> JsonObject:
    """Start to judge the three services, or the server at a URL, by one stage or by all stages."""
    stage, url = parse_choice(request.get_json(silent=True))
    settings = current_settings()
    endpoints = service_endpoints(settings) if url is None else [readers_endpoint(url, settings)]
    run = _runs().start(endpoints, Choice((stage,) if stage else ()).among())
    return {"id": run.id, "rules": count_rules(run), "servers": list(run.progress)}


@blueprint.get("/judge/<id>")
def news(id: str) -> JsonObject:
    """Return the state of a run and its news after the first `from` items."""
    run, since = _run(id), max(0, request.args.get("from", 0, int))
    state, news = run.news(since)
    return {
        "state": state,
        "news": [news_data(each) for each in news],
        "next": since + len(news),
        "servers": [progress_data(each) for each in run.progress.values()],
    }


@blueprint.post("/judge/<id>/stop")
def stop(id: str) -> JsonObject:
    run = _run(id)
    run.stop()
    return {"state": run.state}


def parse_choice(data: object) -> tuple[int | None, str | None]:
    """Return the stage and the URL; None means all stages, and the three services. Raises CannotJudge otherwise."""
    stage, url = (data.get("stage"), data.get("url")) if isinstance(data, dict) else (0, None)
    if not (stage is None or (type(stage) is int and stage in STAGES)) or not (url is None or isinstance(url, str)):
        raise CannotJudge('an object such as {"stage": 3, "url": "http://127.0.0.1:5000"} is required; null means all')
    return stage, url


def count_rules(run: Run) -> Mapping[int, int]:
    """Return the number of rules in each stage of a run."""
    stages = [rule.stage for rule in run.rules]
    return {stage: stages.count(stage) for stage in STAGES if stage in stages}


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
