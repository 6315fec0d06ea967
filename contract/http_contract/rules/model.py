"""A rule: data, and a check if data is not enough."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from http_contract.client.connection import After
from http_contract.client.server import Crash, Server
from http_contract.http.transcript import Broken, Failure, Transcript, about

Level = Literal["MUST", "SHOULD"]
Verdict = Literal["passed", "failed", "skipped"]
Check = Callable[[Server], None]
"""A check sends requests to the server and raises Broken if the rule fails."""


class Expectation(Protocol):
    """A property of a legal response; str() returns it in words."""

    def failures(self, transcript: Transcript) -> Iterable[Failure]: ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection: the pieces to send, each in a packet of its own, and expectations of the transcript.

    One response is read for each of `methods`, or one response to the request if `methods` is empty.
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
    """A rule: a sentence and a hint for learners, the section that requires it, and how it is judged."""

    id: str
    stage: int
    sentence: str
    hint: str
    section: str  # "RFC 9110 §15.5.6"
    level: Level = "MUST"
    routes: tuple[str, ...] = ()  # outside the core; see rule_runner.PROBES
    needs: tuple[str, ...] = ()  # ids of the rules without which this one cannot be judged
    exchanges: tuple[Exchange, ...] = ()
    check: Check | None = None
    half_closes: bool = False  # its check closes only the sending side, which TLS cannot
    alone: bool = False  # other connections would disturb it
    restarts: bool = False  # its check stops the server, so it must run alone

    def failures(self, server: Server) -> Iterator[Failure]:
        """Yield the failures of the exchanges, then those of the check."""
        for exchange in self.exchanges:
            yield from exchange.failures(server)
        if self.check:
            yield from _raised(self.check, server)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one rule. A skipped rule has a reason, and `counts` if it counts for points."""

    rule: Rule
    verdict: Verdict
    failures: tuple[Failure, ...] = ()
    reason: str = ""
    counts: bool = True
    transcripts: tuple[Transcript, ...] = ()
    seconds: float = 0.0
    crash: Crash | None = None
    output: str = ""  # of the server while the rule was judged, if it failed and ran alone


def expect(transcript: Transcript, *expectations: Expectation) -> None:
    """Raise Broken with all failures of the expectations; for checks."""
    failures = tuple(judged(transcript, *expectations))
    if failures:
        raise Broken(*failures)


def judged(transcript: Transcript, *expectations: Expectation) -> Iterator[Failure]:
    """Return the failures of all expectations, each once, each with its transcript."""
    found = (failure for expectation in expectations for failure in expectation.failures(transcript))
    return iter([about(transcript, failure) for failure in dict.fromkeys(found)])


def _raised(check: Check, server: Server) -> Iterator[Failure]:
    try:
        check(server)
    except Broken as broken:
        yield from broken.failures
