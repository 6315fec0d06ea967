"""One rule at a time, each of them on a server that answers: what a rule does to a server is the rule's own affair."""

import time
from dataclasses import dataclass, replace

from contract.client import GRACE
from contract.conversation import Broken, Complaint
from contract.judging import lacking, run
from contract.model import Crash, Outcome, Rule
from contract.requests import get
from contract.server import Server
from contract.subject import Subject

SETTLE = 0.5  # seconds within which a process that is about to end has ended
WORDS = 0.1  # seconds within which one that lives on has written why it gave no answer
LOOK = 0.01  # seconds between two looks at it
OVERLAP = 100  # characters by which one output is found in another


@dataclass
class Alone:
    """Judges one rule after the other.

    After each rule the server is asked for its front page, if it ever gave it. One that has ended, or answers no more,
    has failed the rule, and is started anew for the next one; where that can't be done, the rest is skipped.
    """

    subject: Subject
    timeout: float  # seconds for each step
    answers: bool  # whether the server has answered a plain request before any rule was judged
    gone: str = ""  # why there is no server to judge any more

    def judge(self, rule: Rule) -> Outcome:
        if self.gone:
            return Outcome(rule=rule, verdict="skipped", reason=self.gone)
        try:
            server = replace(self.subject.running(), timeout=self.timeout)
        except Broken as broken:
            return Outcome(rule=rule, verdict="failed", complaints=broken.complaints)
        before = self.subject.output
        outcome = run(rule, server)
        if not self._lives(server):
            return self._blamed(outcome)
        return replace(outcome, output=self._written(before, outcome)) if outcome.verdict == "failed" else outcome

    def lacks(self, rule: Rule) -> str:
        """Return the route that the rule is about and the server lacks; nothing where it can't be asked."""
        if not self.answers or self.gone:
            return ""
        try:
            return lacking(rule, replace(self.subject.running(), timeout=self.timeout))
        except Broken:
            return ""

    def renew(self) -> None:
        """End a server that answers no more, so that it is started anew; where it can't be, keep why."""
        try:
            self.subject.stop()
        except Broken as broken:
            self.gone = str(broken)

    def _lives(self, server: Server) -> bool:
        if self.answers:
            return is_answered(server)
        return settled(self.subject) is None

    def _written(self, before: str, outcome: Outcome) -> str:
        """Return what the server wrote while the rule was judged; of no answer it may take a moment to tell why."""
        unanswered = any(not heard.received for heard in outcome.conversations)
        deadline = time.monotonic() + (WORDS if unanswered else 0)
        while (after := self.subject.output) == before and time.monotonic() < deadline:
            time.sleep(LOOK)
        return added(before, after)

    def _blamed(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a rule after which the server does not answer."""
        crash = settled(self.subject)
        self.gone = self.subject.violation
        if crash is None and not self.gone:
            self.renew()
        text = f"the server's process ended: {crash.how}" if crash else "afterwards, the server answers no more"
        complaint = Complaint(self.gone or text)
        return replace(outcome, verdict="failed", complaints=(*outcome.complaints, complaint), crash=crash)


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
        with server.apart().connect() as connection:
            connection.send(get("/"))
            if not connection.wire.received:  # while it was asked
                connection.wire.wait(began + server.timeout)
            took = time.monotonic() - began
            connection.wire.drain(GRACE)  # to leave while it answers is what some servers die of
            return took if connection.wire.received else None
    except Broken:
        return None


def settled(subject: Subject) -> Crash | None:
    """Return how the server ended, once it has had time to: its last words may take it a moment."""
    deadline = time.monotonic() + SETTLE
    while not (crash := subject.crash()) and time.monotonic() < deadline:
        time.sleep(LOOK)
    return crash
