"""What a rule is: data, and where data cannot say it, a check."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from contract.client import After
from contract.conversation import Broken, Complaint, Conversation, about
from contract.server import Server

Level = Literal["MUST", "SHOULD"]
Verdict = Literal["passed", "failed", "skipped"]
Check = Callable[[Server], None]
"""A check talks to the server as it likes, and raises Broken."""


class Expectation(Protocol):
    """One thing that a legal answer keeps; str() says it in words."""

    def complaints(self, heard: Conversation) -> Iterable[Complaint]: ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection: the pieces to send (packets of their own), and what must hold of what comes back.

    One answer is read for each of `methods`; none named means one answer to the request sent.
    """

    sends: tuple[bytes, ...]
    expects: tuple[Expectation, ...]
    methods: tuple[str, ...] = ()
    after: After = "half-close"

    def complaints(self, server: Server) -> Iterator[Complaint]:
        heard = server.ask(*self.sends, methods=self.methods, after=self.after)
        return judged(heard, *self.expects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One promise: a sentence for learners, the usual cause where it is broken, its section, how it is judged."""

    id: str
    stage: int
    sentence: str
    hint: str
    section: str  # "RFC 9110 §15.5.6"
    level: Level = "MUST"
    routes: tuple[str, ...] = ()  # outside the core; see judging.PROBES
    needs: tuple[str, ...] = ()  # ids of rules without which this one can't be judged
    exchanges: tuple[Exchange, ...] = ()
    check: Check | None = None
    half_closes: bool = False  # its check ends the client's side alone, which TLS cannot
    alone: bool = False  # its check keeps the server busy, or is about what comes right after something: others disturb
    restarts: bool = False  # its check stops the server, so that it must run alone

    def complaints(self, server: Server) -> Iterator[Complaint]:
        """Yield all that is wrong: with the exchanges first, then with the check."""
        for exchange in self.exchanges:
            yield from exchange.complaints(server)
        if self.check:
            yield from _raised(self.check, server)


@dataclass(frozen=True, slots=True)
class Crash:
    """The server's process ended while a rule was judged: how, and the end of what it had written."""

    how: str  # "exit status 1", "SIGSEGV"
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a rule. A skipped rule says why, and whether it counts among those to be kept."""

    rule: Rule
    verdict: Verdict
    complaints: tuple[Complaint, ...] = ()
    reason: str = ""
    counts: bool = True
    conversations: tuple[Conversation, ...] = ()
    seconds: float = 0.0
    crash: Crash | None = None
    output: str = ""  # what the server wrote meanwhile, where the rule does not hold and was judged by itself


def expect(heard: Conversation, *expectations: Expectation) -> None:
    """Raise Broken with every complaint that the expectations have; for checks."""
    complaints = tuple(judged(heard, *expectations))
    if complaints:
        raise Broken(*complaints)


def judged(heard: Conversation, *expectations: Expectation) -> Iterator[Complaint]:
    """Return the complaints of all expectations, each once, each with the conversation that it is about."""
    found = (complaint for expectation in expectations for complaint in expectation.complaints(heard))
    return iter([about(heard, complaint) for complaint in dict.fromkeys(found)])


def _raised(check: Check, server: Server) -> Iterator[Complaint]:
    try:
        check(server)
    except Broken as broken:
        yield from broken.complaints
