"""Findings: facts about a server that the judge found out once, for all rules.

A fault can make every rule wait. The judge waits a few times for the same fault. The next request of the same kind
raises WaitsAgain, and the rule that sent it is skipped because of the rule that found the fault.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from http_contract.client.orphans import Orphans
from http_contract.http.request import split_requests
from http_contract.http.response import Response

ENOUGH = 3  # waits for one fault
LATER_SHARE = 0.25  # of the time limit, once ENOUGH requests got no response
ENOUGH_OF_ALL = 6  # waits for requests with any method
OK = 200
ENDLESS = "endless"  # the fault of responses without a length on connections that the server does not close


class WaitsAgain(Exception):
    """The judge would wait once more for a fault that has made it wait a few times."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass
class Waits:
    """The waits without a result, by their fault: ENDLESS, or the method of requests that get no response."""

    counts: Counter[str] = field(default_factory=Counter)
    rules: dict[str, str] = field(default_factory=dict)  # the id of the rule that failed by each fault first
    answered: set[tuple[str, str]] = field(default_factory=set)  # methods and targets that got a response
    incomplete: int = 0  # requests without a response that are of no kind: see kind_of
    lasting: int = 0  # silences that lasted after the client had closed its sending direction
    unclosed: int = 0  # connections that the server did not close in time after the client had closed its side

    @property
    def is_endless(self) -> bool:
        return self.counts[ENDLESS] >= ENOUGH

    @property
    def never_closes(self) -> bool:
        return self.unclosed >= ENOUGH

    @property
    def never_late(self) -> bool:
        return self.lasting >= ENOUGH

    def check_request(self, sent: Sequence[bytes]) -> None:
        """Raise WaitsAgain if requests like the first one in `sent` get no response, and a rule failed by that."""
        if (kind := kind_of(sent)) and (fault := self._silence(kind[0])):
            answered = self.answered.copy()  # other threads add to it
            if without_query(kind) not in map(without_query, answered):
                raise WaitsAgain(fault)

    def patience(self, sent: Sequence[bytes]) -> float:
        """Return the share of the time limit to wait for a response: less after some silences."""
        silences = sum(count for fault, count in self.counts.items() if fault != ENDLESS)
        kind = kind_of(sent)
        if kind is None:
            silences += self.incomplete
        return LATER_SHARE if silences >= ENOUGH and kind not in self.answered else 1.0

    def _silence(self, method: str) -> str:
        """Return the method to whose requests no responses come, this one or another if many got none; or nothing."""
        if self.counts[method] >= ENOUGH and method in self.rules:
            return method
        silences = [fault for fault in self.counts if fault != ENDLESS]
        if sum(self.counts[fault] for fault in silences) < ENOUGH_OF_ALL:
            return ""
        return next((fault for fault in silences if fault in self.rules), "")

    def check_end(self) -> None:
        """Raise WaitsAgain if responses have no end, and a rule failed by that."""
        if self.is_endless and ENDLESS in self.rules:
            raise WaitsAgain(ENDLESS)

    def note_silence(self, sent: Sequence[bytes]) -> None:
        """Note that the first request in `sent` got no response in time."""
        if kind := kind_of(sent):
            self.counts[kind[0]] += 1
        else:
            self.incomplete += 1

    def note_response(self, sent: Sequence[bytes]) -> None:
        if kind := kind_of(sent):
            self.answered.add(kind)

    def note_end_of_silence(self, is_late: bool) -> None:
        """Note whether a response came only after the client had closed its sending direction."""
        self.lasting = 0 if is_late else self.lasting + 1

    def note_endless(self) -> None:
        self.counts[ENDLESS] += 1

    def attribute(self, rule: str, before: Counter[str]) -> None:
        """Note a rule that failed as the one that found each fault by which it waited."""
        for fault in self.counts - before:
            self.rules.setdefault(fault, rule)

    def forget(self) -> None:
        """Forget the waits, but not the responses. Of responses without an end, one more is enough then."""
        endless = min(self.counts[ENDLESS], ENOUGH - 1)
        self.counts.clear()
        self.counts[ENDLESS] = endless
        self.rules.clear()
        self.incomplete = self.lasting = 0


def kind_of(sent: Sequence[bytes]) -> tuple[str, str] | None:
    """Return the method and the target of the first request; None if it is not complete, or empty lines precede it."""
    data = b"".join(sent)
    first = None if data.startswith(b"\r\n") else next(split_requests(data), None)
    return (first.method, first.target) if first and first.end is not None else None


def without_query(kind: tuple[str, str]) -> tuple[str, str]:
    method, target = kind
    return method, target.partition("?")[0]


@dataclass
class Findings:
    """The facts about one server; all copies of a Server share them."""

    ends: float = math.inf  # when judging ends, in time.monotonic()
    response_time: float = 0.0  # the longest of a few plain requests, in seconds
    pages: dict[str, int] = field(default_factory=dict)  # the status of each page that was requested; see find_page
    defects: frozenset[str] | None = None  # codes of the defects of its pages; None if they were not requested yet
    unknown: Response | None = None  # to a path that cannot exist; None if it was not requested yet, or got none
    routes: dict[str, bool] = field(default_factory=dict)  # see runner/probes.py
    unanswered: Counter[str] = field(default_factory=Counter)  # requests for routes that got no response
    waits: Waits = field(default_factory=Waits)
    orphans: Orphans = field(default_factory=Orphans)

    def forget_silences(self) -> None:
        """Forget what got no response: another rule may have been the reason."""
        self.waits.forget()
        for route in self.unanswered:
            self.routes.pop(route, None)
        self.unanswered.clear()

    @property
    def page(self) -> str:
        """The path that transport rules request: the first that responded 200, or `/`."""
        return next((path for path, status in self.pages.items() if status == OK), "/")
