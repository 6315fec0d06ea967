"""What a legal response contains: small expectations that compose; what they find is a code with parameters.

Unless wrapped in `Nth`, an expectation looks at the first response of the transcript.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from http_contract.client.transport import no_response
from http_contract.http.params import Params, excerpt
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Expectation, Failure, of_connection

SHOWN = 60  # characters of a value that a sentence shows
MANY = 20  # status codes of a class, which is named instead where there are more


class OfAnswer:
    """Failures of the first response; that there is none is the failure otherwise."""

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        if transcript.responses:
            return self.about(transcript.responses[0])
        return [of_connection(no_response(transcript))]

    def about(self, response: Response) -> Iterable[Failure]:
        raise NotImplementedError


@dataclass(frozen=True)
class Status(OfAnswer):
    """The status is one of these."""

    codes: frozenset[int]

    def __init__(self, *codes: int) -> None:
        object.__setattr__(self, "codes", frozenset(codes))

    def __str__(self) -> str:
        return f"status {any_of(classes(self.codes))}"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.status not in self.codes:
            yield Failure("wrong-status", Params(status=response.status, allowed=classes(self.codes)), response.start)


CLIENT_ERRORS = tuple(range(400, 500))
"""Every 4xx, for `Status(*CLIENT_ERRORS, 501)`."""


@dataclass(frozen=True)
class Has(OfAnswer):
    """The field is there, and its value (repeats joined by commas) matches the whole pattern."""

    name: str
    pattern: str = r"(?s:.*)"
    shape: str = ""  # the pattern in words

    def __str__(self) -> str:
        return f"the field {self.name}" + (f", {self._shape}" if self.pattern != Has.pattern else "")

    @property
    def _shape(self) -> str:
        return self.shape or f"like `{self.pattern}`"

    def about(self, response: Response) -> Iterator[Failure]:
        value = response.get(self.name)
        if value is None:
            yield Failure("field-missing", Params(name=self.name), response.start)
        elif not re.fullmatch(self.pattern, value):
            params = Params(name=self.name, value=excerpt(value), shape=self._shape)
            yield Failure("wrong-field", params, response.offset_of(self.name))


@dataclass(frozen=True)
class Lists(OfAnswer):
    """The list field has every one of these members, whatever else."""

    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} lists {', '.join(self.members)}"

    def about(self, response: Response) -> Iterator[Failure]:
        listed = response.items(self.name)
        for member in self.members:
            if member not in listed:
                at = response.offset_of(self.name) or response.start
                yield Failure("not-listed", Params(name=self.name, member=member), at)


@dataclass(frozen=True)
class Lacks(OfAnswer):
    """The field is not there."""

    name: str

    def __str__(self) -> str:
        return f"no field {self.name}"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.get(self.name) is not None:
            yield Failure("field-present", Params(name=self.name), response.offset_of(self.name))


@dataclass(frozen=True)
class BodyHolds(OfAnswer):
    """The content contains these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content that holds {shown(self.part)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.part not in response.body:
            yield Failure("content-lacks", Params(part=excerpt(self.part)), response.body_start)


@dataclass(frozen=True)
class BodyLacks(OfAnswer):
    """The content does not contain these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content without {shown(self.part)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.part in response.body:
            yield Failure("content-contains", Params(part=excerpt(self.part)), response.body_start)


@dataclass(frozen=True)
class BodyMatches(OfAnswer):
    """The content matches the whole pattern."""

    pattern: bytes
    shape: str  # the pattern in words

    def __str__(self) -> str:
        return f"content with {self.shape}"

    def about(self, response: Response) -> Iterator[Failure]:
        if not re.fullmatch(self.pattern, response.body):
            yield Failure("wrong-content", Params(shape=self.shape), response.body_start)


@dataclass(frozen=True)
class SomeBody(OfAnswer):
    """There is content."""

    def __str__(self) -> str:
        return "content"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.body.strip():
            yield Failure("no-content", offset=response.body_start)


@dataclass(frozen=True)
class Without(OfAnswer):
    """The response, its interim ones included, has no defect with one of these codes (see http/parser.py)."""

    codes: frozenset[str]

    def __init__(self, *codes: str) -> None:
        object.__setattr__(self, "codes", frozenset(codes))

    def __str__(self) -> str:
        return f"no fault such as {in_words(sorted(self.codes))}"

    def about(self, response: Response) -> Iterator[Failure]:
        for part in (*response.interim, response):
            for defect in part.defects:
                if defect.code in self.codes:
                    yield Failure(defect.code, defect.params, defect.offset)


@dataclass(frozen=True)
class Complete(OfAnswer):
    """The answer came whole, by its own framing."""

    def __str__(self) -> str:
        return "a whole answer"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.complete:
            for last in response.defects[-1:]:
                yield Failure(last.code, last.params, response.end)
            if not response.defects:
                yield Failure("cut-short", offset=response.end)


@dataclass(frozen=True)
class Framed(OfAnswer):
    """The answer tells its own end, by Content-Length or chunks, instead of leaving it to the connection."""

    def __str__(self) -> str:
        return "Content-Length, or chunks"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.framing == "close":
            yield Failure("no-framing", offset=response.start)


@dataclass(frozen=True)
class NoInterim(OfAnswer):
    """The final answer comes without an interim one before it."""

    def __str__(self) -> str:
        return "no interim answer"

    def about(self, response: Response) -> Iterator[Failure]:
        for interim in response.interim:
            yield Failure("interim", Params(status=interim.status), interim.start)


def first(transcript: Transcript) -> Response:
    """Return the first response. ConnectionFailed where none came."""
    if transcript.responses:
        return transcript.responses[0]
    raise no_response(transcript)


def classes(codes: Iterable[int]) -> tuple[str, ...]:
    """Return status codes as texts, sorted; a class that is there in great part is one, such as "4xx"."""
    words = sorted(map(str, codes))
    sizes = Counter(word[0] for word in words)
    return tuple(dict.fromkeys(f"{word[0]}xx" if sizes[word[0]] > MANY else word for word in words))


def any_of(allowed: Iterable[str]) -> str:
    """Return status codes and classes as `200, 404 or any 5xx`."""
    return in_words(f"any {code}" if code.endswith("xx") else code for code in allowed)


def in_words(items: Iterable[object]) -> str:
    """Return `a, b or c`."""
    words = list(map(str, items))
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def shown(value: str | bytes) -> str:
    """Return a value as a sentence shows it: quoted, control characters visible, shortened."""
    text = repr(value if isinstance(value, str) else value.decode("latin-1"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


@dataclass(frozen=True)
class Nth:
    """An expectation of a later answer; 0 is the first, -1 the last."""

    index: int
    expectation: Expectation

    def __str__(self) -> str:
        return f"in answer {self.index}: {self.expectation}"

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        one = transcript.responses[self.index :][:1]
        return self.expectation.failures(replace(transcript, responses=one))


@dataclass(frozen=True)
class All:
    """All of the expectations."""

    expectations: tuple[Expectation, ...]

    def __init__(self, *expectations: Expectation) -> None:
        object.__setattr__(self, "expectations", expectations)

    def __str__(self) -> str:
        return ", and ".join(map(str, self.expectations))

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for expectation in self.expectations:
            yield from expectation.failures(transcript)


@dataclass(frozen=True)
class Either:
    """At least one of the expectations; the failures are those of the first."""

    expectations: tuple[Expectation, ...]

    def __init__(self, *expectations: Expectation) -> None:
        object.__setattr__(self, "expectations", expectations)

    def __str__(self) -> str:
        return ", or ".join(map(str, self.expectations))

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        found = [list(expectation.failures(transcript)) for expectation in self.expectations]
        return found[0] if all(found) else []


@dataclass(frozen=True)
class When:
    """Where the condition holds, the expectation does too."""

    condition: Expectation
    expectation: Expectation

    def __str__(self) -> str:
        return f"{self.expectation}, if {self.condition}"

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        return [] if list(self.condition.failures(transcript)) else self.expectation.failures(transcript)


@dataclass(frozen=True)
class NoBody:
    """Not a byte follows the header fields: no content, nor anything that a client would take for the next answer."""

    def __str__(self) -> str:
        return "no content"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses[:1]:
            if response.body:
                yield Failure("unwanted-content", Params(count=len(response.body)), response.body_start)
        yield from NothingAfter().failures(transcript)


@dataclass(frozen=True)
class NothingAfter:
    """Not a byte comes after the last answer that was asked for."""

    def __str__(self) -> str:
        return "nothing after the end of the answer"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.responses and transcript.rest:
            yield Failure("bytes-after", Params(count=len(transcript.rest)), transcript.responses[-1].end)


@dataclass(frozen=True)
class NothingServed:
    """After the last answer that was asked for come errors at the most: what followed was taken for no request.

    Some servers answer a request before they have read its body, and once more where they can't read it.
    """

    def __str__(self) -> str:
        return "nothing but errors after the end of the answer"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        further = re.split(rb"(?=HTTP/\d\.\d \d)", transcript.rest) if transcript.responses else []
        if not all(re.match(rb"\Z|HTTP/\d\.\d [45]", each) for each in further):
            yield Failure("rest-answered", offset=transcript.responses[-1].end)


@dataclass(frozen=True)
class Closes:
    """The server closes the connection by itself; for exchanges that await it."""

    def __str__(self) -> str:
        return "the server closes the connection"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.state_before_half_close not in ("closed", "reset"):
            yield Failure("not-closed", offset=len(transcript.received))


@dataclass(frozen=True)
class NoReset:
    """The connection does not end in a reset, which may destroy what was sent before it (RFC 9112 §9.6)."""

    def __str__(self) -> str:
        return "no reset"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.ended == "reset":
            yield Failure("reset", offset=len(transcript.received))


@dataclass(frozen=True)
class Silent:
    """No answer at all; the server just closes."""

    def __str__(self) -> str:
        return "no answer"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.received:
            yield Failure("answered", offset=0)
