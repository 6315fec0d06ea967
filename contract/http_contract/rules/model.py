"""The data of the judge: a rule, and the outcome of a rule, with its failures, skip and diagnosis as codes."""

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
"""A check sends requests to the server. It raises RuleFailed, or lets ConnectionFailed pass."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a rule: a code, its parameters, and its offset in `transcript.received`, if it has one.

    Each code can have two more parameters: `path`, if the rule requests several, and `when`, itself a code.
    """

    code: str
    params: Params = NO_PARAMS
    offset: int | None = None
    transcript: Transcript | None = None

    @property
    def is_silence(self) -> bool:
        """Whether the server let the client wait, and sent nothing in time."""
        return self.code == "no-response" and self.transcript is not None and self.transcript.ended == "timeout"


class RuleFailed(Exception):
    """A check found that its rule fails."""

    def __init__(self, *failures: Failure) -> None:
        super().__init__(*failures)
        self.failures = failures


def custom(text: str, offset: int | None = None, code: str = "custom") -> Failure:
    """Return a failure with a text of your own, for your own expectations."""
    return Failure(code, Params(text=text), offset)


def fail(text: str, transcript: Transcript | None = None, offset: int | None = None, code: str = "custom") -> NoReturn:
    """Raise RuleFailed with a text of your own, in your own checks."""
    raise failed(custom(text, offset, code), transcript)


def failed(failure: Failure, transcript: Transcript | None = None) -> RuleFailed:
    """Return the exception for one failure, which is about that transcript."""
    return RuleFailed(about(transcript, failure) if transcript else failure)


def about(transcript: Transcript, failure: Failure) -> Failure:
    """Return the failure with its transcript, which is shortened if it is long."""
    short, place = transcript.shortened(failure.offset or 0)
    return replace(failure, transcript=short, offset=None if failure.offset is None else place)


def of_connection(lost: ConnectionFailed) -> Failure:
    """Return the failure of a rule that got no connection, or no response."""
    failure = Failure(lost.code, lost.params, lost.offset)
    return about(lost.transcript, failure) if lost.transcript else failure


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
    routes: tuple[str, ...] = ()  # outside the core; see runner/probes.py
    needs: tuple[str, ...] = ()  # ids of the rules without which this one cannot be judged
    exchanges: tuple[Exchange, ...] = ()
    check: Check | None = None
    half_closes: bool = False  # its check closes only the sending side, which TLS cannot
    alone: bool = False  # other connections would disturb it
    restarts: bool = False  # its check stops the server, so it must run alone
    slow: bool = False  # it waits as long as a server may take to give up, so it is judged only on request

    def failures(self, server: Server) -> Iterator[Failure]:
        """Yield the failures of the exchanges, then those of the check.

        Where no response comes in time, the rule ends: each further exchange would only wait again.
        """
        for exchange in self.exchanges:
            found = tuple(exchange.failures(server))
            yield from found
            if any(failure.is_silence for failure in found):
                return
        if self.check:
            yield from _raised(self.check, server)


@dataclass(frozen=True, slots=True)
class Skip:
    """The reason why a rule was skipped: a code, and the rule, route or limit that it depends on."""

    code: str
    params: Params = NO_PARAMS


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The cause of a failure: a stable id, a variant of it, and a detail."""

    cause: str
    failure: Failure
    variant: str = ""
    detail: str = ""  # the code of what is known besides, with these parameters
    params: Params = NO_PARAMS
    language: str = ""  # of the program, for advice; see diagnosis/languages.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one rule; `counts` is true if it counts for the points of its stage."""

    rule: Rule
    verdict: Verdict
    failures: tuple[Failure, ...] = ()
    skip: Skip | None = None  # where it was skipped
    counts: bool = True
    transcripts: tuple[Transcript, ...] = ()
    seconds: float = 0.0
    crash: Crash | None = None
    output: str = ""  # of the server while the rule was judged, if it failed and ran alone
    diagnosis: Diagnosis | None = None  # if diagnose.diagnosed found one
    reproduce: str = ""  # a line for a shell that sends the same bytes, where there is one


def expect(transcript: Transcript, *expectations: Expectation) -> None:
    """Raise RuleFailed with every failure that the expectations find; for checks."""
    failures = tuple(judged(transcript, *expectations))
    if failures:
        raise RuleFailed(*failures)


def judged(transcript: Transcript, *expectations: Expectation) -> Iterator[Failure]:
    """Return the failures of all expectations, each once, each with its transcript."""
    found = (failure for expectation in expectations for failure in expectation.failures(transcript))
    return iter([about(transcript, failure) for failure in dict.fromkeys(found)])


def _raised(check: Check, server: Server) -> Iterator[Failure]:
    try:
        check(server)
    except RuleFailed as found:
        yield from found.failures
    except ConnectionFailed as lost:
        yield of_connection(lost)
