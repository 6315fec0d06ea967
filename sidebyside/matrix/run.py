"""The pairs of implementation and server, and what the judge reports about each of them."""

import platform
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from http_contract.errors import CannotJudge
from http_contract.grading.pool import Job, results, run_in_place, threads
from http_contract.grading.store import Result
from http_contract.reports.messages import failure_text, skip_text
from http_contract.reports.text import failures_shown
from http_contract.rules.model import Outcome, Rule
from http_contract.rules.registry import BY_ID
from raw_router.__main__ import DRIVERS
from sidebyside.checkout import ROOT, python
from sidebyside.launch.requirements import missing, package_version, program_version
from sidebyside.launch.services import HOST, PROGRAMS, SERVERS, SERVICES, Service

TIME_LIMIT = 300.0  # seconds for a pair
OURS = "raw_router"
TITLES: Mapping[str, str] = {
    **{driver: f"{OURS} {driver}" for driver in DRIVERS},
    **{server: title for server, title in SERVERS.items() if server != OURS},
}
"""The name of each server in tables."""

FRAMEWORKS = {service.name: service.title for service in SERVICES}
DEVELOPMENT_SERVERS = {"flask": "Werkzeug's development server", "django": "Django's development server"}
# The packages of a server. http.server, on which both development servers are based, is part of Python.
PARTS = {**dict.fromkeys((*DRIVERS, "dev"), ()), "uvicorn": ("uvicorn", "httptools", "a2wsgi")}
BASELINES = {"raw": "events", "flask": "pool", "django": "pool"}
"""The default driver of each implementation. On it, a failure is the implementation's own."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An implementation and the server that it runs on."""

    implementation: str
    server: str  # a key of TITLES

    @property
    def on_ours(self) -> bool:
        return self.server in DRIVERS

    @property
    def service(self) -> Service:
        return next(service for service in SERVICES if service.name == self.implementation)

    @property
    def command(self) -> str:
        """Return how the judge starts it; {port} stands for the port."""
        words = self.service.commands[OURS if self.on_ours else self.server].replace("{host}", HOST)
        driver = f" --driver {self.server}" if self.on_ours else ""
        return python_line(f"{words}{driver}")

    @property
    def missing(self) -> str:
        """Return what is not installed and how to install it, "" if everything is."""
        return missing(self.service.on(OURS if self.on_ours else self.server, 0))

    @property
    def baseline(self) -> "Pair":
        return Pair(self.implementation, BASELINES[self.implementation])

    def __str__(self) -> str:
        return f"{self.implementation} on {TITLES[self.server]}"


def python_line(words: str) -> str:
    """Return `python -m` with these words as a line that starts it from the checkout, whatever the environment is."""
    return f"{shlex.join(['env', f'PYTHONPATH={ROOT}', *python()])} {words}"


def all_pairs() -> Iterator[Pair]:
    """Yield each implementation on each server that it can run on."""
    for service in SERVICES:
        for server in TITLES:
            if server in DRIVERS or server in service.commands:
                yield Pair(service.name, server)


def chosen(implementations: Sequence[str], servers: Sequence[str]) -> list[Pair]:
    """Return the pairs of these implementations and servers (no names: all), and the baselines to compare them with."""
    names = {*DRIVERS, *servers} if OURS in servers else {*servers}
    found = [
        pair
        for pair in all_pairs()
        if pair.implementation in (implementations or FRAMEWORKS) and pair.server in (names or TITLES)
    ]
    return [pair for pair in all_pairs() if pair in found or pair in {each.baseline for each in found}]


def versions(pairs: Sequence[Pair]) -> dict[str, str]:
    """Return the versions of everything that the pairs use and that is not part of this project, by name."""
    names = {name for pair in pairs for name in PARTS.get(pair.server, (pair.server,))}
    found = {name: version_of(name) for name in {"Python", "Flask", "Werkzeug", "Django", *names}}
    return {name: found[name] for name in sorted(found, key=str.lower) if found[name]}


def version_of(name: str) -> str:
    """Return the version of a package or a program, "" if it is not installed."""
    if name == "Python":
        return platform.python_version()
    return (program_version(name, "-v") if name in PROGRAMS else package_version(name)) or ""


@dataclass(frozen=True, slots=True)
class PairReport:
    """What the judge reports about a pair."""

    pair: Pair
    points: Mapping[int, int]  # by stage
    verdicts: Mapping[str, str]  # by rule id: passed, failed, skipped
    failures: Mapping[str, str]  # the first failure of each rule that failed, by rule id
    skips: Mapping[str, str]  # why a rule was skipped, by rule id

    @property
    def total(self) -> int:
        return sum(self.points.values())

    def rules(self, verdict: str) -> list[Rule]:
        return [BY_ID[id] for id, each in self.verdicts.items() if each == verdict]

    def passes(self, rule: str) -> bool:
        return self.verdicts[rule] == "passed"

    def skipped_because_of(self, rule: Rule) -> list[Rule]:
        """Return the rules that were skipped because this one failed."""
        return [each for each in self.rules("skipped") if self._origin(each) == rule.id]

    @property
    def unexplained_skips(self) -> Mapping[str, int]:
        """Return how many rules were skipped for each reason, though no judged rule that they need failed."""
        return Counter(self.skips[each.id] for each in self.rules("skipped") if not self._origin(each))

    def _origin(self, rule: Rule) -> str:
        """Return the failed rule at the beginning of a chain of skipped ones, "" if there is none."""
        needed = next((id for id in rule.needs if self.verdicts.get(id, "passed") != "passed"), "")
        return self._origin(BY_ID[needed]) if self.verdicts.get(needed) == "skipped" else needed


def judge(
    pairs: Sequence[Pair], options: Sequence[str], at_a_time: int, on_done: Callable[[PairReport], None]
) -> list[PairReport]:
    """Judge each pair by `contract check` with these options, in a process of its own, and call on_done with each."""
    by_name = {str(pair): pair for pair in pairs}
    found: dict[Pair, PairReport] = {}
    with threads(at_a_time) as workers:
        for result in results(jobs(pairs, options), workers, run_in_place):
            found[by_name[result.name]] = report = pair_report(by_name[result.name], result)
            on_done(report)
    return [found[pair] for pair in pairs]


def jobs(pairs: Sequence[Pair], options: Sequence[str]) -> Iterator[Job]:
    for pair in pairs:
        yield Job(str(pair), ROOT, "", ("--command", pair.command, *options), TIME_LIMIT)


# -- the judge's report


def pair_report(pair: Pair, result: Result) -> PairReport:
    """Return the judge's report about a pair. Raises CannotJudge if there is none, or the server did not survive."""
    report = result.report
    if report is None or report.stopped:
        raise CannotJudge(f"{pair} could not be judged: {result.why or (report and skip_text(report.stopped))}")
    outcomes = report.outcomes
    return PairReport(
        pair,
        {score.stage: score.points for score in report.scores},
        {outcome.rule.id: outcome.verdict for outcome in outcomes},
        {outcome.rule.id: first_failure(outcome) for outcome in outcomes if outcome.verdict == "failed"},
        {outcome.rule.id: skip_text(outcome.skip) for outcome in outcomes if outcome.verdict == "skipped"},
    )


def first_failure(outcome: Outcome) -> str:
    """Return the first failure of a rule, as a sentence."""
    return next(map(failure_text, failures_shown(outcome)), "")
