"""The rule runner: it judges one rule after the other, and skips the rules that cannot be judged."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock

from http_contract.client.findings import ENOUGH, LATER_SHARE, WaitsAgain
from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed, TimeIsUp
from http_contract.http.params import Params
from http_contract.http.response import Defect, Response
from http_contract.http.transcript import Transcript, last_unanswered
from http_contract.rules.model import Failure, Outcome, Rule, Skip, about, of_connection
from http_contract.runner.probes import PROBE_COUNT, is_responding, missing_route, page_defects, wait_for_crash
from http_contract.runner.target import Target

MALFORMED = frozenset(
    {
        "bare-cr",
        "bare-lf",
        "chunk-end",
        "chunk-size",
        "content-in-head",
        "field-name",
        "field-value",
        "head-short",
        "length-and-coding",
        "length-invalid",
        "no-colon",
        "no-empty-line",
        "no-status-line",
        "obs-fold",
        "status-line",
    }
)
CUT_SHORT = frozenset({"body-short", "chunk-short", "chunk-unended", "no-last-chunk"})
HTTP1 = re.compile(rb"(\r\n)*[^\r\n]* HTTP/1\.\d\r?\n")  # the beginning of a request
MAX_PIECES = 100  # of a request, of which the first line is searched for
STRICT = frozenset({5, 6, 10})  # stages in which a rule fails if its route is missing


def run(rule: Rule, server: Server) -> Outcome:
    """Judge one rule, whether or not the rules passed that it needs."""
    if code := skip_code(rule, server):
        return Outcome(rule=rule, verdict="skipped", skip=Skip(code), counts=False)
    if route := missing_route(rule, server):
        return _without_route(rule, route)
    return _judged(rule, server.with_own_record())


def skip_code(rule: Rule, server: Server) -> str:
    """Return the code of the skip if the rule cannot be judged on this server, or an empty text."""
    if rule.restarts and server.restart is None:
        return "restart"
    if rule.half_closes and server.tls:
        return "tls"
    return ""


def _without_route(rule: Rule, route: str) -> Outcome:
    params = Params(route=route)
    if rule.stage in STRICT:
        return Outcome(rule=rule, verdict="failed", failures=(Failure("no-route", params),))
    return Outcome(rule=rule, verdict="skipped", skip=Skip("no-route", params), counts=False)


def _judged(rule: Rule, server: Server) -> Outcome:
    began, waits = time.monotonic(), server.findings.waits
    before = waits.counts.copy()
    failures: list[Failure] = []
    fault = ""
    try:
        failures.extend(rule.failures(server))
    except ConnectionFailed as lost:
        failures.append(of_connection(lost))
    except WaitsAgain as waiting:
        fault = waiting.fault
    if fault and not failures:
        return Outcome(rule=rule, verdict="skipped", skip=Skip("waits", Params(rule=waits.rules[fault])))
    found = tuple(failures) or tuple(violations(server))
    if found:
        waits.attribute(rule.id, before)
    return Outcome(
        rule=rule,
        verdict="failed" if found else "passed",
        failures=found,
        transcripts=server.transcripts,
        seconds=time.monotonic() - began,
    )


def violations(server: Server) -> Iterator[Failure]:
    """Yield the failures that any rule has: a malformed response, or one that came before its request was complete.

    A defect that the pages of the server have fails in rules of its own. Where the client speaks another protocol, so
    may the server.
    """
    for transcript in filter(is_to_http, server.transcripts):
        if transcript.is_early and transcript.responses and transcript.responses[0].status < 400:
            yield about(transcript, Failure("early-response", offset=0))
        for response in transcript.responses:
            for defect in defects_of(response):
                if defect.code not in page_defects(server):
                    yield about(transcript, Failure(defect.code, defect.params, defect.offset))


def is_to_http(transcript: Transcript) -> bool:
    """Return whether the client sent a request line of HTTP/1."""
    return HTTP1.match(b"".join(transcript.sent[:MAX_PIECES])) is not None


def defects_of(response: Response) -> Iterator[Defect]:
    """Yield the defects that make a response malformed; content counts as cut short if the server closed in order."""
    for part in (*response.interim, response):
        for defect in part.defects:
            if defect.code in MALFORMED or (defect.code in CUT_SHORT and defect.params.get("ended") == "closed"):
                yield defect


def no_missing_route(rule: Rule) -> str:
    return ""


class ResultCache:
    """The outcomes of one server: each rule is judged once, after the rules that it needs."""

    def __init__(
        self,
        judge: Callable[[Rule], Outcome],
        rules: Iterable[Rule],
        known: Iterable[Outcome] = (),
        missing_route: Callable[[Rule], str] = no_missing_route,
    ) -> None:
        self._judge = judge
        self._missing_route = missing_route
        self._rules = {rule.id: rule for rule in rules}
        self._outcomes = {outcome.rule.id: outcome for outcome in known}
        self._locks = {id: Lock() for id in self._rules}

    def outcome(self, rule: Rule) -> Outcome:
        """Return the outcome of a rule. Several threads may call this: the rule is judged once, and the others wait."""
        with self._locks[rule.id]:
            if rule.id not in self._outcomes:
                self._outcomes[rule.id] = self._judge_rule(rule)
            return self._outcomes[rule.id]

    def _judge_rule(self, rule: Rule) -> Outcome:
        for needed in (self.outcome(self._rules[id]) for id in rule.needs):
            if needed.verdict != "passed":
                return self._skipped(rule, needed)
        return self._judge(rule)

    def _skipped(self, rule: Rule, needed: Outcome) -> Outcome:
        """Return the outcome of a rule that needs a rule which did not pass.

        It does not count if it would not count either after the other rule has passed.
        """
        if needed.counts and rule.stage not in STRICT and (route := self._missing_route(rule)):
            return _without_route(rule, route)
        skip = needed.skip or Skip("needs", Params(rule=needed.rule.id))  # the first reason in a chain
        return Outcome(rule=rule, verdict="skipped", skip=skip, counts=needed.counts)


OUTPUT_WAIT = 1.0  # seconds to wait for a running server to print why it sent no response
LATER_OUTPUT_WAIT = 0.1  # seconds, once it has printed nothing ENOUGH times
POLL_INTERVAL = 0.01  # seconds between two checks of its output
OVERLAP = 100  # characters that are searched for, to find one output in another


@dataclass
class RuleRunner:
    """A runner that judges one rule after the other on one target.

    After each rule, it requests the front page, if the server responded at first. If the server ended or stopped
    responding, the rule fails, and the server is started again for the next rule. If that is not possible, the
    remaining rules are skipped.
    """

    target: Target
    timeout: float  # seconds for each step
    responded: bool  # whether the server responded to a plain request before the first rule
    lost: ConnectionFailed | None = None  # why no more rules can be judged
    silences: int = 0  # how often the server printed nothing about a missing response
    stops: int = 0  # how often it stopped responding
    survived: int = 0  # how often it did not end after a connection on which it had sent nothing

    def judge(self, rule: Rule) -> Outcome:
        if self.lost:
            return Outcome(rule=rule, verdict="skipped", skip=Skip(self.lost.code, self.lost.params))
        try:
            server = replace(self.target.running(), timeout=self.timeout)
        except ConnectionFailed as lost:
            return Outcome(rule=rule, verdict="failed", failures=(of_connection(lost),))
        if self.responded and rule.routes and not self._settled(server, rule):
            return self.judge(rule)
        before, faults = self.target.output, set(self.target.child_faults)
        outcome = run(rule, server)
        if not self._is_alive(server, outcome):
            crash = wait_for_crash(self.target)
            if outcome.verdict == "passed" and self.responded and self._plain_request_is_fatal():
                self.responded = False  # the judge's own request ended the server, so it sends none from now on
                return self.judge(rule)
            return self._with_crash(outcome, crash, before)
        return self._with_output(outcome, before, faults, server) if outcome.verdict == "failed" else outcome

    def missing_route(self, rule: Rule) -> str:
        """Return the first route of the rule that the server lacks; an empty text if it does not respond."""
        if not self.responded or self.lost:
            return ""
        try:
            return missing_route(rule, replace(self.target.running(), timeout=self.timeout))
        except (ConnectionFailed, TimeIsUp):
            return ""

    def replace_server(self) -> None:
        """Stop a server that does not respond, so that it is started again; if that is not possible, note why."""
        try:
            self.target.stop()
        except ConnectionFailed as lost:
            self.lost = lost

    def _settled(self, server: Server, rule: Rule) -> bool:
        """Request the routes of a rule before it is judged; return whether the server survived that.

        A route is requested twice at most, so that the next try gets further.
        """
        asked = count_asked(server)
        missing_route(rule, server)
        if count_asked(server) == asked or (self._responds(server) and not self.target.crash()):
            return True
        self.replace_server()
        return self.lost is not None

    def _responds(self, server: Server) -> bool:
        """Return whether a server responds, and wait less if it often stopped responding."""
        share = LATER_SHARE if self.stops >= ENOUGH else 1.0
        return is_responding(replace(server, timeout=share * server.timeout))

    def _is_alive(self, server: Server, outcome: Outcome) -> bool:
        """Return whether the server has survived a rule.

        A program may close its connections, and answer another client, before it ends.
        """
        if self.responded and not self._responds(server):
            return False
        if self.responded and server.restart is None:
            return True
        was_silent, share = was_left(outcome) or was_dropped(outcome), 0.0
        if was_silent or not self.responded:
            share = LATER_SHARE if self.survived >= ENOUGH else 1.0
        is_alive = wait_for_crash(self.target, share) is None
        self.survived += is_alive and was_silent and self.responded
        return is_alive

    def _plain_request_is_fatal(self) -> bool:
        """Return whether a few plain requests end a server that has just been started."""
        if self.target.violation:
            return False
        self.replace_server()
        if self.lost:
            return False
        try:
            server = replace(self.target.running(), timeout=self.timeout)
        except ConnectionFailed:
            return False
        return not all(is_responding(server) for _ in range(PROBE_COUNT))

    def _with_output(self, outcome: Outcome, before: str, faults: Collection[int], server: Server) -> Outcome:
        """Return a failed outcome with the new output, and first how a child process ended that sent no response."""
        output = self._new_output(before, outcome, server)
        unanswered = [each for each in outcome.failures if each.code == "no-response"]
        ended = [number for pid, number in self.target.child_faults.items() if pid not in faults]
        children = [
            replace(failure, code="child-ended", params=Params(kind="signal", number=number))
            for failure, number in zip(unanswered[:1], ended, strict=False)
        ]
        return replace(outcome, output=output, failures=(*children, *outcome.failures))

    def _new_output(self, before: str, outcome: Outcome, server: Server) -> str:
        """Return the output of the server while the rule was judged.

        If it closed a connection without a response, it may print the reason a moment later.
        """
        closed = was_dropped(outcome)
        wait = OUTPUT_WAIT if self.silences < ENOUGH else LATER_OUTPUT_WAIT
        deadline = time.monotonic() + (wait if closed and server.restart else 0)
        earlier, after = before, self.target.output
        while (after == before or after != earlier) and time.monotonic() < deadline:
            time.sleep(POLL_INTERVAL)
            earlier, after = after, self.target.output
        self.silences += closed and after == before
        return added(before, after)

    def _with_crash(self, outcome: Outcome, crash: Crash | None, before: str) -> Outcome:
        """Return the outcome of a rule after which the server does not respond, as failed."""
        self.lost = self.target.violation or self.lost
        if crash is None and not self.lost:
            self.stops += 1
            self.replace_server()
        failure = of_connection(self.lost) if self.lost else ending(crash, outcome)
        output = "" if crash else added(before, self.target.output)
        return replace(outcome, verdict="failed", failures=(*outcome.failures, failure), crash=crash, output=output)


def was_left(outcome: Outcome) -> bool:
    """Return whether the judge left a connection before the server sent or closed anything."""
    return any(not transcript.received and transcript.ended == "open" for transcript in outcome.transcripts)


def was_dropped(outcome: Outcome) -> bool:
    """Return whether the server closed a connection before it sent anything."""
    return any(not each.received and each.ended in ("closed", "reset") for each in outcome.transcripts)


def count_asked(server: Server) -> int:
    """Return how many requests for routes there were, as far as they count."""
    return len(server.findings.routes) + server.findings.unanswered.total()


def ending(crash: Crash | None, outcome: Outcome) -> Failure:
    """Return the failure of a rule after which the server does not respond."""
    if crash:
        return Failure("ended", Params(kind=crash.kind, number=crash.number))
    transcript = last_unanswered(outcome.transcripts)
    failure = Failure("stopped-responding")
    return about(transcript, failure) if transcript else failure


def added(before: str, after: str) -> str:
    """Return the new part of a server's output, whose beginning may no longer be stored."""
    if after.startswith(before):
        return after.removeprefix(before)
    at = before.find(after[:OVERLAP])
    while at >= 0 and not after.startswith(before[at:]):
        at = before.find(after[:OVERLAP], at + 1)
    return after if at < 0 else after[len(before) - at :]
