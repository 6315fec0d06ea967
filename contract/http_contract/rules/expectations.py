"""What a legal answer keeps: small expectations that compose, each with its complaint in plain words.

Unless wrapped in `Nth`, an expectation looks at the first answer of the conversation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from http_contract.http.response import Response
from http_contract.http.transcript import Failure, Transcript, silence
from http_contract.rules.model import Expectation

SHOWN = 60  # characters of a value that a complaint shows
MANY = 20  # status codes of a class, which is named instead where there are more


class OfAnswer:
    """Complaints about the first answer; that there is none is the complaint otherwise."""

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        if transcript.responses:
            return self.about(transcript.responses[0])
        return silence(transcript).failures

    def about(self, response: Response) -> Iterable[Failure]:
        raise NotImplementedError


@dataclass(frozen=True)
class Status(OfAnswer):
    """The status is one of these."""

    codes: frozenset[int]

    def __init__(self, *codes: int) -> None:
        object.__setattr__(self, "codes", frozenset(codes))

    def __str__(self) -> str:
        return f"status {in_words(self.codes)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.status not in self.codes:
            yield Failure(f"the status is {response.status or 'missing'}, not {in_words(self.codes)}", response.start)


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
            yield Failure(f"the field {self.name} is missing", response.start)
        elif not re.fullmatch(self.pattern, value):
            yield Failure(f"{self.name} is {shown(value)}, not {self._shape}", response.offset_of(self.name))


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
                yield Failure(f"{self.name} does not list {member}", response.offset_of(self.name) or response.start)


@dataclass(frozen=True)
class Lacks(OfAnswer):
    """The field is not there."""

    name: str

    def __str__(self) -> str:
        return f"no field {self.name}"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.get(self.name) is not None:
            yield Failure(f"the field {self.name} is there", response.offset_of(self.name))


@dataclass(frozen=True)
class BodyHolds(OfAnswer):
    """The content holds these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content that holds {shown(self.part)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.part not in response.body:
            yield Failure(f"the content does not hold {shown(self.part)}", response.body_start)


@dataclass(frozen=True)
class BodyLacks(OfAnswer):
    """The content does not hold these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content without {shown(self.part)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.part in response.body:
            yield Failure(f"the content holds {shown(self.part)}", response.body_start)


@dataclass(frozen=True)
class BodyMatches(OfAnswer):
    """The content matches the whole pattern."""

    pattern: bytes
    shape: str  # the pattern in words

    def __str__(self) -> str:
        return f"content with {self.shape}"

    def about(self, response: Response) -> Iterator[Failure]:
        if not re.fullmatch(self.pattern, response.body):
            yield Failure(f"the content has not {self.shape}", response.body_start)


@dataclass(frozen=True)
class SomeBody(OfAnswer):
    """There is content."""

    def __str__(self) -> str:
        return "content"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.body.strip():
            yield Failure("there is no content", response.body_start)


@dataclass(frozen=True)
class Without(OfAnswer):
    """The answer, its interim ones included, has none of these defects (see reading.py for their names)."""

    causes: frozenset[str]

    def __init__(self, *causes: str) -> None:
        object.__setattr__(self, "causes", frozenset(causes))

    def __str__(self) -> str:
        return f"no fault such as {in_words(self.causes)}"

    def about(self, response: Response) -> Iterator[Failure]:
        for part in (*response.interim, response):
            for defect in part.defects:
                if defect.cause in self.causes:
                    yield Failure(defect.text, defect.offset)


@dataclass(frozen=True)
class Complete(OfAnswer):
    """The answer came whole, by its own framing."""

    def __str__(self) -> str:
        return "a whole answer"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.complete:
            why = response.defects[-1].text if response.defects else "the answer is cut short"
            yield Failure(why, response.end)


@dataclass(frozen=True)
class Framed(OfAnswer):
    """The answer tells its own end, by Content-Length or chunks, instead of leaving it to the connection."""

    def __str__(self) -> str:
        return "Content-Length, or chunks"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.framing == "close":
            yield Failure("neither Content-Length nor Transfer-Encoding", response.start)


@dataclass(frozen=True)
class NoInterim(OfAnswer):
    """The final answer comes without an interim one before it."""

    def __str__(self) -> str:
        return "no interim answer"

    def about(self, response: Response) -> Iterator[Failure]:
        for interim in response.interim:
            yield Failure(f"an interim answer, {interim.status}, comes first", interim.start)


def first(transcript: Transcript) -> Response:
    """Return the first answer. Broken where none came."""
    if transcript.responses:
        return transcript.responses[0]
    raise silence(transcript)


def in_words(items: Iterable[object]) -> str:
    """Return `a, b or c`; of a class of status codes that is there in great part, its name."""
    words = sorted(map(str, items))
    sizes = Counter(word[0] for word in words)
    words = list(dict.fromkeys(f"any {word[0]}xx" if sizes[word[0]] > MANY else word for word in words))
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def shown(value: str | bytes) -> str:
    """Return a value as a complaint shows it: quoted, control characters visible, shortened."""
    text = repr(value if isinstance(value, str) else value.decode("latin-1"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


# -- combining


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
    """At least one of the expectations; the complaints are those of the first."""

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


# -- endings


@dataclass(frozen=True)
class NoBody:
    """Not a byte follows the header fields: no content, nor anything that a client would take for the next answer."""

    def __str__(self) -> str:
        return "no content"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses[:1]:
            if response.body:
                yield Failure(f"{len(response.body)} bytes of content, where none belongs", response.body_start)
        yield from NothingAfter().failures(transcript)


@dataclass(frozen=True)
class NothingAfter:
    """Not a byte comes after the last answer that was asked for."""

    def __str__(self) -> str:
        return "nothing after the end of the answer"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.responses and transcript.rest:
            bytes_ = "a byte" if len(transcript.rest) == 1 else f"{len(transcript.rest)} bytes"
            yield Failure(f"{bytes_} after the end of the answer", transcript.responses[-1].end)


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
            yield Failure("what follows the request is answered as if it were one, too", transcript.responses[-1].end)


@dataclass(frozen=True)
class Closes:
    """The server closes the connection by itself; for exchanges that await it."""

    def __str__(self) -> str:
        return "the server closes the connection"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.left not in ("closed", "reset"):
            yield Failure("the server does not close the connection", len(transcript.received))


@dataclass(frozen=True)
class NoReset:
    """The connection does not end in a reset, which may destroy what was sent before it (RFC 9112 §9.6)."""

    def __str__(self) -> str:
        return "no reset"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.ended == "reset":
            yield Failure("the server reset the connection instead of closing it in order", len(transcript.received))


@dataclass(frozen=True)
class Silent:
    """No answer at all; the server just closes."""

    def __str__(self) -> str:
        return "no answer"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.received:
            yield Failure("there is an answer", 0)
