"""Runs of the judge: each judges some servers one after the other in a thread of its own, and has news for its reader.

Rules about time fail on a busy machine. So runs wait for each other. If a reader no longer asks for news, the run ends
before its next rule.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.http.transcript import Transcript
from http_contract.reports.text import Line, failures_shown, fatal_transcript, lines
from http_contract.rules.model import Outcome, Rule
from http_contract.rules.registry import RULES
from http_contract.runner.report import Report
from http_contract.runner.scheduler import Scheduler
from http_contract.sandbox.output import MAX_LINES, TRUNCATED
from sidebyside.page.editor import format_packets
from sidebyside.page.targets import Subject, target_of

State = Literal["waiting", "running", "done", "stopped", "failed"]
Quiet: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Returns a block in which no access lines are printed."""

ABANDONED_AFTER = 6.0  # seconds without a request for news, after which the reader has left
NEWS_TIMEOUT = 1.5  # seconds that a request waits for news
NEWS_DELAY = 0.15  # seconds that it waits for more news after the first
TURN_CHECK = 0.2  # seconds between checks whether a waiting run should continue
MAX_RUNS = 4  # that are not over at the same time; all but one of them wait
MAX_FINISHED = 8  # runs that stay available
MAX_RAW = 100_000  # bytes of a request that the editor can show

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
    raw: str = ""  # the bytes that led to the failure, as the editor writes them


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

    def __init__(
        self, subjects: Sequence[Subject], rules: Sequence[Rule], turn: Lock, quiet: Quiet = nullcontext
    ) -> None:
        self.id = secrets.token_hex(8)
        self.rules = rules
        self.state: State = "waiting"
        self.progress = {subject.name: Progress(subject.name) for subject in subjects}
        self._subjects = subjects
        self._turn = turn
        self._quiet = quiet
        self._news: list[News] = []
        self.printed: list[str] = []  # by a command, line by line
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

    def news(self, since: int, printed: int = 0) -> tuple[State, list[News]]:
        """Return the state and the news after the first `since` items.

        Wait a while if there are none, and no line after the first `printed` lines of a command's output.
        """
        with self._changed:
            self._asked = monotonic()
            self._changed.wait_for(
                lambda: self.is_over or len(self._news) > since or len(self.printed) > printed, NEWS_TIMEOUT
            )
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
            with self._in_turn(), self._quiet():
                self._enter("running")
                for subject in self._subjects:
                    self._judge(subject, self.progress[subject.name])
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

    def _judge(self, subject: Subject, progress: Progress) -> None:
        progress.began = monotonic()
        final, early = partial(self._add_final, progress), partial(self._add_early, progress)
        with target_of(subject, self._check, self._add_line) as target:
            Scheduler(target, self.rules, RULES, final, early=early).outcomes()
        progress.ended = monotonic()

    def _add_line(self, line: str) -> None:
        with self._changed:
            if len(self.printed) <= MAX_LINES:
                self.printed.append(line if len(self.printed) < MAX_LINES else TRUNCATED)
                self._changed.notify_all()

    def _add_early(self, progress: Progress, outcome: Outcome) -> None:
        self._publish(News(progress.name, False, without_transcripts(outcome)))

    def _add_final(self, progress: Progress, outcome: Outcome) -> None:
        outcome = diagnosed(outcome)
        short = without_transcripts(outcome)
        progress.outcomes.append(short)
        if outcome.verdict == "failed":
            self._publish(News(progress.name, True, short, tuple(lines(outcome)), raw_of(outcome)))
        else:
            self._publish(News(progress.name, True, short))

    def _publish(self, news: News) -> None:
        with self._changed:
            self._news.append(news)
            self._changed.notify_all()


def without_transcripts(outcome: Outcome) -> Outcome:
    """Return an outcome without its transcripts and output, which may be long."""
    failures = tuple(replace(failure, transcript=None) for failure in outcome.failures)
    return replace(outcome, failures=failures, transcripts=(), output="")


def raw_of(outcome: Outcome) -> str:
    """Return the bytes that led to the failure of a rule as the editor writes them; "" if there are none, or too many.

    The server's own authority becomes the placeholder, so that the editor sends the same to any server.
    """
    transcript = transcript_of(outcome)
    if transcript is None or not 0 < transcript.sent_size <= MAX_RAW:
        return ""
    authority = urlsplit(transcript.url).netloc.encode()
    return format_packets([packet.replace(authority, b"{authority}") for packet in transcript.sent if packet])


def transcript_of(outcome: Outcome) -> Transcript | None:
    """Return the connection that the text about a failure shows first."""
    failure = next(iter(failures_shown(outcome)), None)
    shown = failure and (fatal_transcript(outcome, failure) or failure.transcript)
    return shown or next(reversed(outcome.transcripts), None)


# -- all runs


class TooManyRuns(Exception):
    """The page has as many runs as it may have."""


class Runs:
    """The runs of one page, and the latest ones that are over."""

    def __init__(self, quiet: Quiet = nullcontext) -> None:
        self._quiet = quiet
        self._turn = Lock()
        self._lock = Lock()
        self._runs: dict[str, Run] = {}

    def start(self, subjects: Sequence[Subject], rules: Sequence[Rule]) -> Run:
        """Return a new run. Raises TooManyRuns if other runs must end first."""
        with self._lock:
            if sum(run.is_alive for run in self._runs.values()) >= MAX_RUNS:
                raise TooManyRuns(f"{MAX_RUNS} runs have not ended yet. Stop one of them, or wait.")
            run = Run(subjects, rules, self._turn, self._quiet)
            self._runs[run.id] = run
            self._forget()
            return run

    def get(self, id: str) -> Run | None:
        return self._runs.get(id)

    def _forget(self) -> None:
        over = [run.id for run in self._runs.values() if not run.is_alive]
        for id in over[: max(0, len(self._runs) - MAX_FINISHED)]:
            del self._runs[id]
