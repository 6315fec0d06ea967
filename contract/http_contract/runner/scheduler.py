"""The scheduler: it judges several rules at a time where they cannot disturb each other, and otherwise one at a time.

The response time of the front page decides how long the judge waits for each step of a rule. If the server lets one
client wait for another, the scheduler judges one rule at a time. Otherwise it judges many rules at a time, and then
judges each failed rule again, alone. The second outcome counts, so no rule fails because of another one. If the server
ended meanwhile, the judge does not know which rule ended it, and judges all rules again, one at a time. If the judge
did not start the server, it cannot restart it, and skips the remaining rules. After the time limit for all rules, it
skips the rest, too.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic

from http_contract.client.findings import Findings
from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed, TimeIsUp
from http_contract.rules.model import Outcome, Rule, Skip
from http_contract.runner.probes import PROBE_COUNT, find_page, is_responding, response_time, wait_for_crash
from http_contract.runner.rule_runner import ResultCache, RuleRunner, run, was_dropped
from http_contract.runner.target import RemoteTarget, Target

WORKERS = 16  # rules at a time; most of them wait for the server
FIRST_TIMEOUT = 3.0  # seconds for the first responses, unless --timeout is longer
SILENT_TIMEOUT = 0.25  # seconds for each step, if the server did not respond to these
MIN_TIMEOUT = 2.0  # seconds for each step, if the server did respond
MAX_TIMEOUT = 30.0  # seconds
TIMEOUT_FACTOR = 20  # the timeout is this multiple of the response time
TIME_IS_UP = Skip("time-limit")

Progress = Callable[[Outcome], None]
"""A function that is called with each final outcome; as `early`, with each rule that passes among others."""


def ignore_outcome(outcome: Outcome) -> None:
    """Accept an outcome, and do nothing."""


class Crashed(Exception):
    """The server ended by itself, or stopped responding, while several rules were being judged."""


@dataclass(frozen=True)
class Scheduler:
    """A scheduler of rules for one target; `among` contains more rules that these may need."""

    target: Target
    rules: Sequence[Rule]
    among: Sequence[Rule]
    progress: Progress
    timeout: float | None = None  # seconds for each step of a rule; None to measure the server
    early: Progress = ignore_outcome  # several threads call it
    findings: Findings = field(default_factory=Findings)  # of the target: they contain when judging ends

    def outcomes(self) -> tuple[Outcome, ...]:
        """Judge all the rules."""
        runner = RuleRunner(self.target, SILENT_TIMEOUT, False)
        known: Sequence[Outcome] = ()
        with suppress(TimeIsUp):
            runner = rule_runner_for(self.target, self.timeout)
            if runner.responded:
                self._find_page(runner)
            if runner.responded and (server := self._server_of_several(runner)):
                known = self._judge_together(runner, server)
        return self._judge_alone(runner, known)

    def _in_time(self, judge: Callable[[Rule], Outcome]) -> Callable[[Rule], Outcome]:
        """Return a function that judges a rule, and skips it if the time is up."""

        def judged(rule: Rule) -> Outcome:
            with suppress(TimeIsUp):
                if monotonic() < self.findings.ends:
                    return judge(rule)
            return Outcome(rule=rule, verdict="skipped", skip=TIME_IS_UP)

        return judged

    def _find_page(self, runner: RuleRunner) -> None:
        """Find the page that transport rules request. If that ends the server, no rule caused it."""
        with suppress(ConnectionFailed):
            server = self._server(runner.timeout)
            find_page(server)
            if not is_responding(server):
                runner.replace_server()

    def _server_of_several(self, runner: RuleRunner) -> Server | None:
        """Return the server if it serves a client while another one is connected and sends nothing.

        If this ends the server, or it stops responding, no rule caused that.
        """
        try:
            server = self._server(runner.timeout)
            with server.with_own_record().connect():
                several = is_responding(server)
        except ConnectionFailed:
            return None
        if not is_responding(server):
            if wait_for_crash(self.target) is None:
                runner.replace_server()
            return None
        return server if several else None

    def _judge_together(self, runner: RuleRunner, server: Server) -> Sequence[Outcome]:
        """Judge the rules together, and return the outcomes that passed; none if the server ended meanwhile.

        Where a fault makes rules wait, it depends on their order which of these are skipped. So they are judged again.

        No rule restarts a server that has ended: another rule would end it again. If the judge cannot restart the
        server, it cannot judge these rules again. Then the rules that passed count if the server responded to them.
        """
        stopped = Event()

        def judged(rule: Rule) -> Outcome:
            if stopped.is_set():
                raise Crashed
            outcome = run(rule, self._living(server))
            if server.restart and waited(outcome) and not is_responding(server):
                stopped.set()
                runner.replace_server()  # so that the other rules wait no longer
                raise Crashed
            return outcome

        judge = self._in_time(judged)
        cache = ResultCache(judge, [*self.among, *self.rules])
        together = [rule for rule in reversed(self.rules) if not (rule.alone or rule.restarts)]  # the slow ones first
        pool = ThreadPoolExecutor(WORKERS)
        try:
            outcomes = list(pool.map(lambda rule: self._report_early(cache.outcome(rule)), together))
            if server.restart and any(map(was_dropped, outcomes)):
                wait_for_crash(self.target)
            self._living(server)
        except Crashed:
            pool.shutdown(cancel_futures=True)
            return ()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        waits_again = bool(server.findings.waits.rules)
        passed = [each for each in outcomes if each.verdict == "passed" and not (waits_again and waited(each))]
        with suppress(TimeIsUp):
            if is_responding(server):
                return passed
            runner.replace_server()
            if not runner.lost:
                return ()
        return list(filter(has_response, passed))

    def _report_early(self, outcome: Outcome) -> Outcome:
        if outcome.verdict == "passed":
            self.early(outcome)
        return outcome

    def _living(self, server: Server) -> Server:
        if self.target.crash() or self.target.violation:
            raise Crashed
        return server

    def _server(self, timeout: float) -> Server:
        return replace(self.target.running(), timeout=timeout)

    def _judge_alone(self, runner: RuleRunner, known: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """Judge the rules without a known outcome one at a time; those that restart the server come last."""
        with suppress(ConnectionFailed):
            self.target.running().findings.forget_silences()  # one rule may get what several did not
        judge = self._in_time(runner.judge)
        cache = ResultCache(judge, [*self.among, *self.rules], known, runner.missing_route)
        for rule in sorted(self.rules, key=lambda rule: rule.restarts):
            self.progress(cache.outcome(rule))
        return tuple(cache.outcome(rule) for rule in self.rules)


def waited(outcome: Outcome) -> bool:
    """Return whether the judge waited in vain for a rule."""
    return any(transcript.ended == "timeout" for transcript in outcome.transcripts)


def has_response(outcome: Outcome) -> bool:
    """Return whether the server sent anything for a rule: a silent server passes some rules."""
    return any(transcript.received for transcript in outcome.transcripts)


def judge(server: Server, rules: Sequence[Rule], among: Sequence[Rule] = ()) -> tuple[Outcome, ...]:
    """Judge a running server; `among` contains more rules that these may need."""
    return Scheduler(RemoteTarget(server), rules, among, ignore_outcome).outcomes()


def rule_runner_for(target: Target, timeout: float | None) -> RuleRunner:
    """Return a rule runner with this timeout, or with one that fits the speed of the server."""
    seconds = slowest_response_time(target, max(FIRST_TIMEOUT, timeout or 0))
    if seconds is None:
        wait_for_crash(target)  # or else the first rule would find a server that is about to end
    return RuleRunner(target, timeout or timeout_for(seconds), seconds is not None)


def timeout_for(seconds: float | None) -> float:
    """Return the timeout for a server with this response time; None if it does not respond."""
    return SILENT_TIMEOUT if seconds is None else min(max(MIN_TIMEOUT, TIMEOUT_FACTOR * seconds), MAX_TIMEOUT)


def slowest_response_time(target: Target, timeout: float) -> float | None:
    """Return the longest response time of a few plain requests, in seconds; None if one gets no response."""
    try:
        server = replace(target.running(), timeout=timeout)
    except ConnectionFailed:
        return None
    slowest = 0.0
    for _ in range(PROBE_COUNT):
        seconds = response_time(server)
        if seconds is None:
            return None
        slowest = max(slowest, seconds)
    server.findings.response_time = slowest
    return slowest
