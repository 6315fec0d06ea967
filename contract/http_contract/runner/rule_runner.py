"""The rule runner: it judges one rule after the other, and skips the rules that cannot be judged."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

from http_contract.client.connection import GRACE
from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.params import Params
from http_contract.http.request import get
from http_contract.rules.model import Failure, Outcome, Rule, Skip, of_connection
from http_contract.runner.target import Target

STRICT = frozenset({5, 6, 10})  # stages in which a rule fails if its route is missing
PROBES = {
    "/hello/<name>": "/hello/World",
    "/status/<int:code>": "/status/200",
    "/home": "/home",
    "/inspect": "/inspect",
    "/form": "/form",
    "/files/<path:name>": "/files/hello.txt",
    "/style.css": "/style.css",
    "/error": "/error",
}
"""The routes outside the core, each with a path that shows whether the server has it."""


def run(rule: Rule, server: Server) -> Outcome:
    """Judge one rule, whether or not the rules passed that it needs."""
    if code := skip_code(rule, server):
        return Outcome(rule=rule, verdict="skipped", skip=Skip(code), counts=False)
    if route := missing_route(rule, server):
        return _without_route(rule, route)
    return _judged(rule, server.with_own_record())


def missing_route(rule: Rule, server: Server) -> str:
    """Return the first route of the rule that the server lacks, or an empty text."""
    return next((route for route in rule.routes if not serves(server, route)), "")


def skip_code(rule: Rule, server: Server) -> str:
    """Return the code of the skip if the rule cannot be judged on this server, or an empty text."""
    if rule.restarts and server.restart is None:
        return "restart"
    if rule.half_closes and server.tls:
        return "tls"
    return ""


def serves(server: Server, route: str) -> bool:
    """Return whether the server has a route outside the core: it requests the route once, and only 404 means no."""
    if route not in server.route_statuses:
        server.route_statuses[route] = _status(server.with_own_record(), PROBES[route])
    return server.route_statuses[route] != 404


def _status(server: Server, path: str) -> int:
    try:
        responses = server.ask(get(path)).responses
    except ConnectionFailed:
        return 0
    return responses[0].status if responses else 0


def _without_route(rule: Rule, route: str) -> Outcome:
    params = Params(route=route)
    if rule.stage in STRICT:
        return Outcome(rule=rule, verdict="failed", failures=(Failure("no-route", params),))
    return Outcome(rule=rule, verdict="skipped", skip=Skip("no-route", params), counts=False)


def _judged(rule: Rule, server: Server) -> Outcome:
    began = time.monotonic()
    failures: tuple[Failure, ...]
    try:
        failures = tuple(rule.failures(server))
    except ConnectionFailed as lost:
        failures = (of_connection(lost),)
    return Outcome(
        rule=rule,
        verdict="failed" if failures else "passed",
        failures=failures,
        transcripts=server.transcripts,
        seconds=time.monotonic() - began,
    )


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


CRASH_WAIT = 0.5  # seconds to wait for a process that may be about to end
OUTPUT_WAIT = 1.0  # seconds to wait for a running server to print why it sent no response
POLL_INTERVAL = 0.01  # seconds between two checks of either
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

    def judge(self, rule: Rule) -> Outcome:
        if self.lost:
            return Outcome(rule=rule, verdict="skipped", skip=Skip(self.lost.code, self.lost.params))
        try:
            server = replace(self.target.running(), timeout=self.timeout)
        except ConnectionFailed as lost:
            return Outcome(rule=rule, verdict="failed", failures=(of_connection(lost),))
        before = self.target.output
        outcome = run(rule, server)
        if not self._is_alive(server):
            return self._with_crash(outcome)
        return (
            replace(outcome, output=self._new_output(before, outcome, server))
            if outcome.verdict == "failed"
            else outcome
        )

    def missing_route(self, rule: Rule) -> str:
        """Return the first route of the rule that the server lacks; an empty text if it does not respond."""
        if not self.responded or self.lost:
            return ""
        try:
            return missing_route(rule, replace(self.target.running(), timeout=self.timeout))
        except ConnectionFailed:
            return ""

    def replace_server(self) -> None:
        """Stop a server that does not respond, so that it is started again; if that is not possible, note why."""
        try:
            self.target.stop()
        except ConnectionFailed as lost:
            self.lost = lost

    def _is_alive(self, server: Server) -> bool:
        if self.responded:
            return is_responding(server)
        return wait_for_crash(self.target) is None

    def _new_output(self, before: str, outcome: Outcome, server: Server) -> str:
        """Return the output of the server while the rule was judged.

        If it closed a connection without a response, it may print the reason a moment later.
        """
        closed = any(not each.received and each.ended in ("closed", "reset") for each in outcome.transcripts)
        deadline = time.monotonic() + (OUTPUT_WAIT if closed and server.restart else 0)
        earlier, after = before, self.target.output
        while (after == before or after != earlier) and time.monotonic() < deadline:
            time.sleep(POLL_INTERVAL)
            earlier, after = after, self.target.output
        return added(before, after)

    def _with_crash(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a rule after which the server does not respond, as failed."""
        crash = wait_for_crash(self.target)
        self.lost = self.target.violation
        if crash is None and not self.lost:
            self.replace_server()
        failure = of_connection(self.lost) if self.lost else ending(crash)
        return replace(outcome, verdict="failed", failures=(*outcome.failures, failure), crash=crash)


def ending(crash: Crash | None) -> Failure:
    """Return the failure of a rule after which the server does not respond."""
    return Failure("ended", Params(kind=crash.kind, number=crash.number)) if crash else Failure("stopped-responding")


def added(before: str, after: str) -> str:
    """Return the new part of a server's output, whose beginning may no longer be stored."""
    if after.startswith(before):
        return after.removeprefix(before)
    at = before.find(after[:OVERLAP])
    while at >= 0 and not after.startswith(before[at:]):
        at = before.find(after[:OVERLAP], at + 1)
    return after if at < 0 else after[len(before) - at :]


def is_responding(server: Server) -> bool:
    """Return whether the server responds to a plain request."""
    return response_time(server) is not None


def response_time(server: Server) -> float | None:
    """Return the seconds until the first byte of the response to a plain request, or None if no byte comes."""
    began = time.monotonic()
    try:
        with server.with_own_record().connect() as connection:
            connection.send(get("/"))
            if not connection.transport.received:  # it may have come while the request was sent
                connection.transport.wait(began + server.timeout)
            seconds = time.monotonic() - began
            connection.transport.drain(GRACE)  # some servers crash if the client leaves too early
            return seconds if connection.transport.received else None
    except ConnectionFailed:
        return None


def wait_for_crash(target: Target) -> Crash | None:
    """Return how the server ended, or None if it still runs after a moment."""
    deadline = time.monotonic() + CRASH_WAIT
    while not (crash := target.crash()) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    return crash
