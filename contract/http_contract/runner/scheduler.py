"""From a server to outcomes: many rules at a time where they can't disturb each other, one at a time where they may.

How long the server takes for its front page decides how long the judge waits for anything. A server that lets one
client wait for another is judged by one rule at a time. Any other is judged by many rules at once, and what fails there
is judged again by itself, which counts: no rule fails because of another. If the server has ended meanwhile, nobody
knows by which rule, and all are judged again, one at a time; or no more are, if it is not the judge's to start.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.rules.model import Outcome, Rule
from http_contract.runner.rule_runner import ResultCache, RuleRunner, is_answered, run, seconds_to_answer, settled
from http_contract.runner.target import RemoteTarget, Target

WORKERS = 16  # rules at a time; most of them wait for something
FIRST = 3.0  # seconds for the first answers, unless the judge is to wait longer for any
SILENT = 0.25  # seconds that it waits for anything else where these did not come
LEAST, MOST = 2.0, 30.0  # seconds that the judge waits for any other, at least and at most
FACTOR = 20  # times what a plain request took
PLAIN = 3  # plain requests, of which the slowest counts

Progress = Callable[[Outcome], None]
"""Told of each outcome once it is final; or early, by several threads, of each rule that passes among others."""


def untold(outcome: Outcome) -> None:
    """Be told, and tell nobody."""


class Crashed(Exception):
    """The server ended by itself while several rules were being judged."""


@dataclass(frozen=True)
class Scheduler:
    """What judges a subject by rules; what they need is found among others, too."""

    target: Target
    rules: Sequence[Rule]
    among: Sequence[Rule]
    progress: Progress
    timeout: float | None = None  # seconds for each step of a rule; None to go by how fast the server is
    early: Progress = untold

    def outcomes(self) -> tuple[Outcome, ...]:
        """Judge all the rules."""
        alone = prepared(self.target, self.timeout)
        known = self._at_once(alone) if alone.responses and self._serves_several(alone.timeout) else ()
        return self._one_by_one(alone, known)

    def _serves_several(self, timeout: float) -> bool:
        """Tell whether a client is served while another has connected, and says nothing; that may kill the server."""
        try:
            server = self._server(timeout)
            with server.with_own_record().connect():
                several = is_answered(server)
        except ConnectionFailed:
            return False
        if not is_answered(server):  # its death may take it a moment, and is no rule's fault
            settled(self.target)
            return False
        return several

    def _at_once(self, alone: RuleRunner) -> Sequence[Outcome]:
        """Judge the rules together, and return what passed: nothing where the server did not live to the end.

        Of a server that can't be started again, what it passed by an answer counts: nobody can judge it anew.
        """
        judgement = ResultCache(lambda rule: run(rule, self._alive(alone.timeout)), [*self.among, *self.rules])
        together = [rule for rule in reversed(self.rules) if not (rule.alone or rule.restarts)]  # the slow ones first
        pool = ThreadPoolExecutor(WORKERS)
        try:
            outcomes = list(pool.map(lambda rule: self._told_early(judgement.outcome(rule)), together))
            server = self._alive(alone.timeout)
        except (Crashed, ConnectionFailed):
            pool.shutdown(cancel_futures=True)
            return ()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        passed = [outcome for outcome in outcomes if outcome.verdict == "passed"]
        if is_answered(server):
            return passed
        alone.renew()
        return list(filter(was_answered, passed)) if alone.gone else ()

    def _told_early(self, outcome: Outcome) -> Outcome:
        if outcome.verdict == "passed":
            self.early(outcome)
        return outcome

    def _alive(self, timeout: float) -> Server:
        if self.target.crash() or self.target.violation:
            raise Crashed
        return self._server(timeout)

    def _server(self, timeout: float) -> Server:
        return replace(self.target.running(), timeout=timeout)

    def _one_by_one(self, alone: RuleRunner, known: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """Judge what is not known yet, those that restart the server last."""
        judgement = ResultCache(alone.judge, [*self.among, *self.rules], known, alone.lacks)
        for rule in sorted(self.rules, key=lambda rule: rule.restarts):
            self.progress(judgement.outcome(rule))
        return tuple(judgement.outcome(rule) for rule in self.rules)


def was_answered(outcome: Outcome) -> bool:
    """Tell whether the server has said anything to a rule: some hold of one that is silent."""
    return any(transcript.received for transcript in outcome.transcripts)


def judge(server: Server, rules: Sequence[Rule], among: Sequence[Rule] = ()) -> tuple[Outcome, ...]:
    """Judge a server that runs by rules; what they need is found among others, too."""
    return Scheduler(RemoteTarget(server), rules, among, untold).outcomes()


def prepared(target: Target, timeout: float | None) -> RuleRunner:
    """Return what judges one rule at a time, with that timeout, or one that goes by how fast the server is."""
    took = gauge(target, max(FIRST, timeout or 0))
    return RuleRunner(target, timeout or fair(took), took is not None)


def fair(took: float | None) -> float:
    """Return the seconds to wait for a server that takes so many for a plain request, or answers none."""
    return SILENT if took is None else min(max(LEAST, FACTOR * took), MOST)


def gauge(target: Target, timeout: float) -> float | None:
    """Return the seconds that the server takes for a plain request at the most, or None where it answers none."""
    try:
        server = replace(target.running(), timeout=timeout)
    except ConnectionFailed:
        return None
    slowest = 0.0
    for _ in range(PLAIN):
        seconds = seconds_to_answer(server)
        if seconds is None:
            return None
        slowest = max(slowest, seconds)
    return slowest
