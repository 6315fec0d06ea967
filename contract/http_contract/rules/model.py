"""What a rule is: data, and where data cannot say it, a check."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from http_contract.client.connection import After
from http_contract.client.server import Crash, Server
from http_contract.http.transcript import Broken, Failure, Transcript, about

Level = Literal["MUST", "SHOULD"]
Verdict = Literal["passed", "failed", "skipped"]
Check = Callable[[Server], None]
"""A check talks to the server as it likes, and raises Broken."""


class Expectation(Protocol):
    """One thing that a legal answer keeps; str() says it in words."""

    def failures(self, transcript: Transcript) -> Iterable[Failure]: ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection: the pieces to send (packets of their own), and what must hold of what comes back.

    One answer is read for each of `methods`; none named means one answer to the request sent.
    """

    sends: tuple[bytes, ...]
    expects: tuple[Expectation, ...]
    methods: tuple[str, ...] = ()
    after: After = "half-close"

    def failures(self, server: Server) -> Iterator[Failure]:
        transcript = server.ask(*self.sends, methods=self.methods, after=self.after)
        return judged(transcript, *self.expects)


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

    def failures(self, server: Server) -> Iterator[Failure]:
        """Yield all that is wrong: with the exchanges first, then with the check."""
        for exchange in self.exchanges:
            yield from exchange.failures(server)
        if self.check:
            yield from _raised(self.check, server)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a rule. A skipped rule says why, and whether it counts among those to be kept."""

    rule: Rule
    verdict: Verdict
    failures: tuple[Failure, ...] = ()
    reason: str = ""
    counts: bool = True
    transcripts: tuple[Transcript, ...] = ()
    seconds: float = 0.0
    crash: Crash | None = None
    output: str = ""  # what the server wrote meanwhile, where the rule does not hold and was judged by itself


def expect(transcript: Transcript, *expectations: Expectation) -> None:
    """Raise Broken with every complaint that the expectations have; for checks."""
    failures = tuple(judged(transcript, *expectations))
    if failures:
        raise Broken(*failures)


def judged(transcript: Transcript, *expectations: Expectation) -> Iterator[Failure]:
    """Return the complaints of all expectations, each once, each with the conversation that it is about."""
    found = (failure for expectation in expectations for failure in expectation.failures(transcript))
    return iter([about(transcript, failure) for failure in dict.fromkeys(found)])


def _raised(check: Check, server: Server) -> Iterator[Failure]:
    try:
        check(server)
    except Broken as broken:
        yield from broken.failures
