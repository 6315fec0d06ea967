"""From rules and a server to outcomes: what can't be judged is skipped, everything else is."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from contract.conversation import Broken, Complaint
from contract.model import Outcome, Rule
from contract.requests import get
from contract.server import Server

STRICT = frozenset({5, 6, 10})  # stages in which a route that is missing fails the rule
BROKEN = " does not hold"  # after the id of the rule for which another is not judged
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
    if why := why_not(rule, server):
        return Outcome(rule=rule, verdict="skipped", reason=why, counts=False)
    if route := lacking(rule, server):
        return _without_route(rule, route)
    return _judged(rule, server.apart())


def lacking(rule: Rule, server: Server) -> str:
    """Return the first route outside the core that the rule is about and the server lacks, if there is any."""
    return next((route for route in rule.routes if not serves(server, route)), "")


def why_not(rule: Rule, server: Server) -> str:
    """Return the reason why a rule can't be judged of such a server, nothing where it can."""
    if rule.restarts and server.restart is None:
        return "the judge did not start this server"
    if rule.half_closes and server.tls:
        return "over TLS, no connection is closed by halves"
    return ""


def serves(server: Server, route: str) -> bool:
    """Tell whether a route outside the core is there: anything but a 404 says so. Asked once."""
    if route not in server.known:
        server.known[route] = _status(server.apart(), PROBES[route])
    return server.known[route] != 404


def _status(server: Server, path: str) -> int:
    try:
        answers = server.ask(get(path)).answers
    except Broken:
        return 0
    return answers[0].status if answers else 0


def _without_route(rule: Rule, route: str) -> Outcome:
    reason = f"there is no {route}"
    if rule.stage in STRICT:
        return Outcome(rule=rule, verdict="failed", complaints=(Complaint(reason),))
    return Outcome(rule=rule, verdict="skipped", reason=reason, counts=False)


def _judged(rule: Rule, server: Server) -> Outcome:
    began = time.monotonic()
    complaints: tuple[Complaint, ...]
    try:
        complaints = tuple(rule.complaints(server))
    except Broken as broken:
        complaints = broken.complaints
    return Outcome(
        rule=rule,
        verdict="failed" if complaints else "passed",
        complaints=complaints,
        conversations=server.conversations,
        seconds=time.monotonic() - began,
    )


def lacks_nothing(rule: Rule) -> str:
    return ""


class Judgement:
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
        reason = needed.reason or f"{needed.rule.id}{BROKEN}"  # the first of a chain
        return Outcome(rule=rule, verdict="skipped", reason=reason, counts=needed.counts)
