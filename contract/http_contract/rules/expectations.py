"""Expectations: small properties of legal responses that compose.

An expectation looks at the first response of the transcript, unless it is wrapped in `Nth`. The expectations about a
response come first, then those that combine others, then those about the end of the connection.
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
    """An expectation of the first response, which fails if there is no response."""

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        if transcript.responses:
            return self.about(transcript.responses[0])
        return [of_connection(no_response(transcript))]

    def about(self, response: Response) -> Iterable[Failure]:
        raise NotImplementedError


@dataclass(frozen=True)
class Status(OfAnswer):
    """The status is one of these codes."""

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
SERVER_ERRORS = tuple(range(500, 600))


@dataclass(frozen=True)
class Has(OfAnswer):
    """The response contains the field, and its value (lines joined by commas) matches the whole pattern."""

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
    """The list in the field contains all of these members."""

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
    """The response does not contain the field."""

    name: str

    def __str__(self) -> str:
        return f"no field {self.name}"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.get(self.name) is not None:
            yield Failure("field-present", Params(name=self.name), response.offset_of(self.name))


@dataclass(frozen=True)
class BodyContains(OfAnswer):
    """The content contains these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content that contains {quoted(self.part)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.part not in response.body:
            yield Failure("content-lacks", Params(part=excerpt(self.part)), response.body_start)


@dataclass(frozen=True)
class BodyLacks(OfAnswer):
    """The content does not contain these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content without {quoted(self.part)}"

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
    """The response has content."""

    def __str__(self) -> str:
        return "content"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.body.strip():
            yield Failure("no-content", offset=response.body_start)


@dataclass(frozen=True)
class Without(OfAnswer):
    """The response and its interim responses have none of these defects (http/parser.py names them)."""

    codes: frozenset[str]

    def __init__(self, *codes: str) -> None:
        object.__setattr__(self, "codes", frozenset(codes))

    def __str__(self) -> str:
        return f"no defect such as {in_words(sorted(self.codes))}"

    def about(self, response: Response) -> Iterator[Failure]:
        for part in (*response.interim, response):
            for defect in part.defects:
                if defect.code in self.codes:
                    yield Failure(defect.code, defect.params, defect.offset)


@dataclass(frozen=True)
class Complete(OfAnswer):
    """The response is complete by its own framing."""

    def __str__(self) -> str:
        return "a complete response"

    def about(self, response: Response) -> Iterator[Failure]:
        if not response.complete:
            for last in response.defects[-1:]:
                yield Failure(last.code, last.params, response.end)
            if not response.defects:
                yield Failure("cut-short", offset=response.end)


@dataclass(frozen=True)
class Framed(OfAnswer):
    """The response announces its length with Content-Length or chunks; it does not end with the connection."""

    def __str__(self) -> str:
        return "Content-Length or chunks"

    def about(self, response: Response) -> Iterator[Failure]:
        if response.framing == "close":
            yield Failure("no-framing", offset=response.start)


@dataclass(frozen=True)
class NoInterim(OfAnswer):
    """No interim response comes before the final response."""

    def __str__(self) -> str:
        return "no interim response"

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


def quoted(value: str | bytes) -> str:
    """Return a value as a sentence shows it: quoted, control characters visible, shortened."""
    text = repr(value if isinstance(value, str) else value.decode("latin-1"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


@dataclass(frozen=True)
class Nth:
    """An expectation of a later response; 0 is the first, -1 the last."""

    index: int
    expectation: Expectation

    def __str__(self) -> str:
        return f"in response {self.index}: {self.expectation}"

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        one = transcript.responses[self.index :][:1]
        return self.expectation.failures(replace(transcript, responses=one))


@dataclass(frozen=True)
class All:
    """All of the expectations pass."""

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
    """At least one of the expectations passes; otherwise the failures are those of the first."""

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
    """The expectation passes if the condition does."""

    condition: Expectation
    expectation: Expectation

    def __str__(self) -> str:
        return f"{self.expectation}, if {self.condition}"

    def failures(self, transcript: Transcript) -> Iterable[Failure]:
        return [] if list(self.condition.failures(transcript)) else self.expectation.failures(transcript)


@dataclass(frozen=True)
class NoBody:
    """No byte follows the head, neither content nor bytes that a client would read as the next response."""

    def __str__(self) -> str:
        return "no content"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses[:1]:
            if response.body:
                yield Failure("unwanted-content", Params(count=len(response.body)), response.body_start)
        yield from NothingAfter().failures(transcript)


@dataclass(frozen=True)
class NothingAfter:
    """No byte comes after the last requested response."""

    def __str__(self) -> str:
        return "nothing after the end of the response"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.responses and transcript.rest:
            yield Failure("bytes-after", Params(count=len(transcript.rest)), transcript.responses[-1].end)


@dataclass(frozen=True)
class NothingServed:
    """Only errors come after the last requested response: the server read no further bytes as a request.

    Some servers respond to a request before they read its body, and once more if they cannot read it.
    """

    def __str__(self) -> str:
        return "nothing except errors after the end of the response"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        further = re.split(rb"(?=HTTP/\d\.\d \d)", transcript.rest) if transcript.responses else []
        if not all(re.match(rb"\Z|HTTP/\d\.\d [45]", each) for each in further):
            yield Failure("rest-answered", offset=transcript.responses[-1].end)


@dataclass(frozen=True)
class Closes:
    """The server closes the connection itself; for exchanges that wait for that."""

    def __str__(self) -> str:
        return "the server closes the connection"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.state_before_half_close not in ("closed", "reset"):
            yield Failure("not-closed", offset=len(transcript.received))


@dataclass(frozen=True)
class NoReset:
    """The connection does not end with a reset, which can destroy a response (RFC 9112 §9.6)."""

    def __str__(self) -> str:
        return "no reset"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.ended == "reset":
            yield Failure("reset", offset=len(transcript.received))


@dataclass(frozen=True)
class Silent:
    """The server closes the connection without a response."""

    def __str__(self) -> str:
        return "no response"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        if transcript.received:
            yield Failure("answered", offset=0)
