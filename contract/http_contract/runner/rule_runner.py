"""From rules and a server to outcomes, one rule after the other; what can't be judged is skipped."""

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

STRICT = frozenset({5, 6, 10})  # stages in which a route that is missing fails the rule
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
"""Routes outside the core, and a path by which each shows whether it is there."""


def run(rule: Rule, server: Server) -> Outcome:
    """Judge one rule, whatever became of those it needs."""
    if code := why_not(rule, server):
        return Outcome(rule=rule, verdict="skipped", skip=Skip(code), counts=False)
    if route := lacking(rule, server):
        return _without_route(rule, route)
    return _judged(rule, server.with_own_record())


def lacking(rule: Rule, server: Server) -> str:
    """Return the first route outside the core that the rule is about and the server lacks, if there is any."""
    return next((route for route in rule.routes if not serves(server, route)), "")


def why_not(rule: Rule, server: Server) -> str:
    """Return the code of a skip where a rule can't be judged of such a server, nothing where it can."""
    if rule.restarts and server.restart is None:
        return "restart"
    if rule.half_closes and server.tls:
        return "tls"
    return ""


def serves(server: Server, route: str) -> bool:
    """Tell whether a route outside the core is there: anything but a 404 says so. Asked once."""
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


def lacks_nothing(rule: Rule) -> str:
    return ""


class ResultCache:
    """Outcomes of one server, each rule judged once, after those it needs; some may be known already."""

    def __init__(
        self,
        judge: Callable[[Rule], Outcome],
        rules: Iterable[Rule],
        known: Iterable[Outcome] = (),
        lacks: Callable[[Rule], str] = lacks_nothing,  # the route that a rule is about, where it is absent
    ) -> None:
        self._judge = judge
        self._lacks = lacks
        self._rules = {rule.id: rule for rule in rules}
        self._outcomes = {outcome.rule.id: outcome for outcome in known}
        self._locks = {id: Lock() for id in self._rules}

    def outcome(self, rule: Rule) -> Outcome:
        """Return what came of a rule; from several threads at once, if need be: who comes second waits."""
        with self._locks[rule.id]:
            if rule.id not in self._outcomes:
                self._outcomes[rule.id] = self._fresh(rule)
            return self._outcomes[rule.id]

    def _fresh(self, rule: Rule) -> Outcome:
        for needed in (self.outcome(self._rules[id]) for id in rule.needs):
            if needed.verdict != "passed":
                return self._skipped(rule, needed)
        return self._judge(rule)

    def _skipped(self, rule: Rule, needed: Outcome) -> Outcome:
        """Return the outcome of a rule whose need is not met: not counted where it would not be if that were met."""
        if needed.counts and rule.stage not in STRICT and (route := self._lacks(rule)):
            return _without_route(rule, route)
        skip = needed.skip or Skip("needs", Params(rule=needed.rule.id))  # the first of a chain
        return Outcome(rule=rule, verdict="skipped", skip=skip, counts=needed.counts)


SETTLE = 0.5  # seconds within which a process that is about to end has ended
WORDS = 1.0  # seconds within which one that lives on has written why it gave no answer
LOOK = 0.01  # seconds between two looks at it
OVERLAP = 100  # characters by which one output is found in another


@dataclass
class RuleRunner:
    """Judges one rule after the other.

    After each rule the server is asked for its front page, if it ever gave it. One that has ended, or answers no more,
    has failed the rule, and is started anew for the next one; where that can't be done, the rest is skipped.
    """

    target: Target
    timeout: float  # seconds for each step
    responses: bool  # whether the server has answered a plain request before any rule was judged
    gone: ConnectionFailed | None = None  # why there is no server to judge any more

    def judge(self, rule: Rule) -> Outcome:
        if self.gone:
            return Outcome(rule=rule, verdict="skipped", skip=Skip(self.gone.code, self.gone.params))
        try:
            server = replace(self.target.running(), timeout=self.timeout)
        except ConnectionFailed as lost:
            return Outcome(rule=rule, verdict="failed", failures=(of_connection(lost),))
        before = self.target.output
        outcome = run(rule, server)
        if not self._lives(server):
            return self._blamed(outcome)
        return (
            replace(outcome, output=self._written(before, outcome, server)) if outcome.verdict == "failed" else outcome
        )

    def lacks(self, rule: Rule) -> str:
        """Return the route that the rule is about and the server lacks; nothing where it can't be asked."""
        if not self.responses or self.gone:
            return ""
        try:
            return lacking(rule, replace(self.target.running(), timeout=self.timeout))
        except ConnectionFailed:
            return ""

    def renew(self) -> None:
        """End a server that answers no more, so that it is started anew; where it can't be, keep why."""
        try:
            self.target.stop()
        except ConnectionFailed as lost:
            self.gone = lost

    def _lives(self, server: Server) -> bool:
        if self.responses:
            return is_answered(server)
        return settled(self.target) is None

    def _written(self, before: str, outcome: Outcome, server: Server) -> str:
        """Return what the server wrote while the rule was judged.

        Where it closed a connection without a response, it may take a moment to write why.
        """
        closed = any(not each.received and each.ended in ("closed", "reset") for each in outcome.transcripts)
        deadline = time.monotonic() + (WORDS if closed and server.restart else 0)
        earlier, after = before, self.target.output
        while (after == before or after != earlier) and time.monotonic() < deadline:
            time.sleep(LOOK)
            earlier, after = after, self.target.output
        return added(before, after)

    def _blamed(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a rule after which the server does not answer."""
        crash = settled(self.target)
        self.gone = self.target.violation
        if crash is None and not self.gone:
            self.renew()
        failure = of_connection(self.gone) if self.gone else ending(crash)
        return replace(outcome, verdict="failed", failures=(*outcome.failures, failure), crash=crash)


def ending(crash: Crash | None) -> Failure:
    """Return the failure of a rule after which the server does not respond."""
    return Failure("ended", Params(kind=crash.kind, number=crash.number)) if crash else Failure("stopped-responding")


def added(before: str, after: str) -> str:
    """Return what came to the end of what a server wrote, where the beginning may be kept no more."""
    if after.startswith(before):
        return after.removeprefix(before)
    at = before.find(after[:OVERLAP])
    while at >= 0 and not after.startswith(before[at:]):
        at = before.find(after[:OVERLAP], at + 1)
    return after if at < 0 else after[len(before) - at :]


def is_answered(server: Server) -> bool:
    """Tell whether the server answers a plain request."""
    return seconds_to_answer(server) is not None


def seconds_to_answer(server: Server) -> float | None:
    """Return how long the first byte of an answer to a plain request takes, or None where none comes."""
    began = time.monotonic()
    try:
        with server.with_own_record().connect() as connection:
            connection.send(get("/"))
            if not connection.transport.received:  # while it was asked
                connection.transport.wait(began + server.timeout)
            took = time.monotonic() - began
            connection.transport.drain(GRACE)  # to leave while it answers is what some servers die of
            return took if connection.transport.received else None
    except ConnectionFailed:
        return None


def settled(target: Target) -> Crash | None:
    """Return how the server ended, once it has had time to: its last words may take it a moment."""
    deadline = time.monotonic() + SETTLE
    while not (crash := target.crash()) and time.monotonic() < deadline:
        time.sleep(LOOK)
    return crash
