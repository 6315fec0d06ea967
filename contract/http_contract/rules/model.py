"""The data of the judge: rules, and what came of them: outcomes with failures, skips and diagnoses, all by codes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NoReturn, Protocol

from http_contract.client.connection import After
from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.transcript import Transcript

Level = Literal["MUST", "SHOULD"]
Verdict = Literal["passed", "failed", "skipped"]
Check = Callable[[Server], None]
"""A check talks to the server as it likes; it raises RuleFailed, or ConnectionFailed comes through it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong: its code, what it is about, and the place in `transcript.received`, if there is one.

    Two parameters belong to any code: `path`, where a rule asks for several, and `when`, a code of its own.
    """

    code: str
    params: Params = NO_PARAMS
    offset: int | None = None
    transcript: Transcript | None = None


class RuleFailed(Exception):
    """A check found that its rule fails."""

    def __init__(self, *failures: Failure) -> None:
        super().__init__(*failures)
        self.failures = failures


def custom(text: str, offset: int | None = None, code: str = "custom") -> Failure:
    """Return a failure with a text of its own, for expectations and checks of your own."""
    return Failure(code, Params(text=text), offset)


def fail(text: str, transcript: Transcript | None = None, offset: int | None = None, code: str = "custom") -> NoReturn:
    """Raise RuleFailed with a text of its own, for checks of your own."""
    raise failed(custom(text, offset, code), transcript)


def failed(failure: Failure, transcript: Transcript | None = None) -> RuleFailed:
    """Return the exception for one failure, which is about that transcript."""
    return RuleFailed(about(transcript, failure) if transcript else failure)


def about(transcript: Transcript, failure: Failure) -> Failure:
    """Return the failure with the transcript that it is about, shortened where that is long."""
    short, place = transcript.shortened(failure.offset or 0)
    return replace(failure, transcript=short, offset=None if failure.offset is None else place)


def of_connection(lost: ConnectionFailed) -> Failure:
    """Return the failure that a rule has because there was no connection, or no response."""
    failure = Failure(lost.code, lost.params, lost.offset)
    return about(lost.transcript, failure) if lost.transcript else failure


class Expectation(Protocol):
    """One thing that a legal response fulfils; str() returns it in words."""

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
    """One requirement: a sentence for learners, the usual cause where it fails, its section, and how it is judged."""

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


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a rule was not judged: a code, and the rule, the route or the limit that it depends on."""

    code: str
    params: Params = NO_PARAMS


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The cause of a failure: its stable id, which variant of it this is, and what is known besides."""

    cause: str
    failure: Failure
    variant: str = ""
    detail: str = ""  # the code of what is known besides, with these parameters
    params: Params = NO_PARAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a rule, and whether it counts for the points of its stage."""

    rule: Rule
    verdict: Verdict
    failures: tuple[Failure, ...] = ()
    skip: Skip | None = None  # where it was skipped
    counts: bool = True
    transcripts: tuple[Transcript, ...] = ()
    seconds: float = 0.0
    crash: Crash | None = None
    output: str = ""  # what the server wrote meanwhile, where the rule failed and was judged by itself
    diagnosis: Diagnosis | None = None  # once it was looked for
    reproduce: str = ""  # a line for a shell that sends the same bytes, where there is one


def expect(transcript: Transcript, *expectations: Expectation) -> None:
    """Raise RuleFailed with every failure that the expectations find; for checks."""
    failures = tuple(judged(transcript, *expectations))
    if failures:
        raise RuleFailed(*failures)


def judged(transcript: Transcript, *expectations: Expectation) -> Iterator[Failure]:
    """Return the failures that all expectations find, each once, each with the transcript that it is about."""
    found = (failure for expectation in expectations for failure in expectation.failures(transcript))
    return iter([about(transcript, failure) for failure in dict.fromkeys(found)])


def _raised(check: Check, server: Server) -> Iterator[Failure]:
    try:
        check(server)
    except RuleFailed as found:
        yield from found.failures
    except ConnectionFailed as lost:
        yield of_connection(lost)
