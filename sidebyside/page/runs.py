"""Runs of the judge for a reader of the page: one at a time, each over once its reader is gone.

Rules about time want a machine that is not busy with other rules, so a run waits for its turn, and judges one server
after the other. Where a reader does not ask for news any more, the run ends before its next rule.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Literal

from http_contract.client.server import Server
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.reports.text import Line, lines
from http_contract.rules.model import Outcome, Rule
from http_contract.rules.registry import RULES
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Scheduler
from http_contract.runner.target import RemoteTarget
from sidebyside.compare.sending import Place

State = Literal["waiting", "running", "done", "stopped", "failed"]

GONE = 15.0  # seconds without a question, after which the reader is gone
NEWS = 1.5  # seconds that a question waits for news
MORE = 0.15  # seconds that it waits for more, once there is some
TURN = 0.2  # seconds between looks whether a run that waits for its turn is to go on
ALIVE = 4  # runs at a time, all but one of which wait
REMEMBERED = 8

errors = logging.getLogger("sidebyside")


class Over(Exception):
    """The run is to end before it is done."""


class TooMany(Exception):
    """There are as many runs as there may be."""


@dataclass(frozen=True, slots=True)
class News:
    """What came of a rule, as far as it is known; it may pass among others first, to be judged again by itself."""

    target: str
    final: bool
    outcome: Outcome  # without what was said, which is told
    told: tuple[Line, ...] = ()  # of a rule that failed


@dataclass(kw_only=True)
class Watched(RemoteTarget):
    """A server that is there for its judge as long as the run goes on."""

    go_on: Callable[[], None]

    def running(self) -> Server:
        self.go_on()
        return self.server


@dataclass(slots=True)
class Judged:
    """How far the judge is with one server."""

    name: str
    began: float | None = None  # by a clock that knows no date
    ended: float | None = None
    outcomes: list[Outcome] = field(default_factory=list)  # the final ones

    @property
    def report(self) -> Report:
        """Return what came of it so far."""
        end = self.ended or monotonic()
        seconds = end - (self.began or end)
        return Report(target=self.name, seed=0, began=0, seconds=seconds, outcomes=tuple(self.outcomes))


class Run:
    """Some servers judged by some rules in a thread of its own."""

    def __init__(self, places: Sequence[Place], rules: Sequence[Rule], turn: Lock) -> None:
        self.id = secrets.token_hex(8)
        self.rules = rules
        self.state: State = "waiting"
        self.judged = {place.name: Judged(place.name) for place in places}
        self._places = places
        self._turn = turn
        self._news: list[News] = []
        self._changed = Condition()
        self._asked = monotonic()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    @property
    def over(self) -> bool:
        return self.state in ("done", "stopped", "failed")

    def news(self, since: int) -> tuple[State, list[News]]:
        """Return how it stands, and what is new since so many pieces of news; wait a while for some."""
        with self._changed:
            self._asked = monotonic()
            self._changed.wait_for(lambda: self.over or len(self._news) > since, NEWS)
            self._changed.wait_for(lambda: self.over, MORE)
            return self.state, self._news[since:]

    def stop(self) -> None:
        """Be over at once; the rule that is being judged takes its time."""
        self._become("stopped")

    def _become(self, state: State) -> None:
        with self._changed:
            if not self.over:
                self.state = state
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            with self._in_turn():
                self._become("running")
                for place in self._places:
                    self._judge(place, self.judged[place.name])
            self._become("done")
        except Over:
            self.stop()
        except Exception:
            errors.exception("a run of the judge has failed")
            self._become("failed")

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        while not self._turn.acquire(timeout=TURN):
            self._go_on()
        try:
            yield
        finally:
            self._turn.release()

    def _go_on(self) -> None:
        if self.over or monotonic() - self._asked > GONE:
            raise Over

    def _judge(self, place: Place, judged: Judged) -> None:
        judged.began = monotonic()
        subject = Watched(place.server, go_on=self._go_on)
        final, early = partial(self._conclude, judged), partial(self._anticipate, judged)
        Scheduler(subject, self.rules, RULES, final, early=early).outcomes()
        judged.ended = monotonic()

    def _anticipate(self, judged: Judged, outcome: Outcome) -> None:
        self._tell(News(judged.name, False, short(outcome)))

    def _conclude(self, judged: Judged, outcome: Outcome) -> None:
        told = tuple(lines(diagnosed(outcome))) if outcome.verdict == "failed" else ()
        judged.outcomes.append(short(outcome))
        self._tell(News(judged.name, True, short(outcome), told))

    def _tell(self, news: News) -> None:
        with self._changed:
            self._news.append(news)
            self._changed.notify_all()


def short(outcome: Outcome) -> Outcome:
    """Return an outcome without all that was said and written, of which there may be much."""
    return replace(outcome, failures=(), transcripts=(), output="")


class Runs:
    """The runs of one page; the latest are remembered."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._lock = Lock()
        self._runs: dict[str, Run] = {}

    def begin(self, places: Sequence[Place], rules: Sequence[Rule]) -> Run:
        """Return a run that has begun. TooMany where others have to end before."""
        with self._lock:
            if sum(run.lives for run in self._runs.values()) >= ALIVE:
                raise TooMany
            run = Run(places, rules, self._turn)
            self._runs[run.id] = run
            self._forget()
            return run

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def _forget(self) -> None:
        over = [run.id for run in self._runs.values() if not run.lives]
        for id in over[: max(0, len(self._runs) - REMEMBERED)]:
            del self._runs[id]
