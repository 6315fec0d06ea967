"""From rules and a server to outcomes: what can't be judged is skipped, everything else is."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from contract.conversation import Broken, Complaint
from contract.model import Outcome, Rule
from contract.requests import get
from contract.server import Server

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
    if why := why_not(rule, server):
        return Outcome(rule=rule, verdict="skipped", reason=why, counts=False)
    absent = [route for route in rule.routes if not serves(server, route)]
    if absent:
        return _without_route(rule, absent[0])
    return _judged(rule, server.apart())


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


class Judgement:
    """Outcomes of one server, each rule judged once, after those it needs.

    The server is asked for before each rule, so that whoever starts it can see to it that it runs.
    """

    def __init__(self, server: Callable[[], Server], rules: Iterable[Rule]) -> None:
        self._server = server
        self._rules = {rule.id: rule for rule in rules}
        self._outcomes: dict[str, Outcome] = {}
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
                reason = f"{needed.rule.id} does not hold"
                return Outcome(rule=rule, verdict="skipped", reason=reason, counts=needed.counts)
        return run(rule, self._server())


def judge(server: Server, rules: Sequence[Rule], among: Sequence[Rule] = (), workers: int = 8) -> list[Outcome]:
    """Judge several rules at a time, those that must run alone last; what they need is found among others."""
    judgement = Judgement(lambda: server, [*among, *rules])
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(judgement.outcome, [rule for rule in rules if not (rule.alone or rule.restarts)]))
    for rule in sorted(rules, key=lambda rule: rule.restarts):
        judgement.outcome(rule)
    return [judgement.outcome(rule) for rule in rules]
