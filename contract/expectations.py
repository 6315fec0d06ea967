"""What a legal answer keeps: small expectations that compose, each with its complaint in plain words.

Unless wrapped in `Nth`, an expectation looks at the first answer of the conversation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.answer import Answer
from contract.conversation import Complaint, Conversation, silence

SHOWN = 60  # characters of a value that a complaint shows
MANY = 20  # status codes of a class, which is named instead where there are more


class OfAnswer:
    """Complaints about the first answer; that there is none is the complaint otherwise."""

    def complaints(self, heard: Conversation) -> Iterable[Complaint]:
        if heard.answers:
            return self.about(heard.answers[0])
        return silence(heard).complaints

    def about(self, answer: Answer) -> Iterable[Complaint]:
        raise NotImplementedError


@dataclass(frozen=True)
class Status(OfAnswer):
    """The status is one of these."""

    codes: frozenset[int]

    def __init__(self, *codes: int) -> None:
        object.__setattr__(self, "codes", frozenset(codes))

    def __str__(self) -> str:
        return f"status {in_words(self.codes)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if answer.status not in self.codes:
            yield Complaint(f"the status is {answer.status or 'missing'}, not {in_words(self.codes)}", answer.start)


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

    def about(self, answer: Answer) -> Iterator[Complaint]:
        value = answer.get(self.name)
        if value is None:
            yield Complaint(f"the field {self.name} is missing", answer.start)
        elif not re.fullmatch(self.pattern, value):
            yield Complaint(f"{self.name} is {shown(value)}, not {self._shape}", answer.offset_of(self.name))


@dataclass(frozen=True)
class Lists(OfAnswer):
    """The list field has every one of these members, whatever else."""

    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} lists {', '.join(self.members)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        listed = answer.items(self.name)
        for member in self.members:
            if member not in listed:
                yield Complaint(f"{self.name} does not list {member}", answer.offset_of(self.name) or answer.start)


@dataclass(frozen=True)
class Lacks(OfAnswer):
    """The field is not there."""

    name: str

    def __str__(self) -> str:
        return f"no field {self.name}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if answer.get(self.name) is not None:
            yield Complaint(f"the field {self.name} is there", answer.offset_of(self.name))


@dataclass(frozen=True)
class BodyHolds(OfAnswer):
    """The content holds these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content that holds {shown(self.part)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if self.part not in answer.body:
            yield Complaint(f"the content does not hold {shown(self.part)}", answer.body_start)


@dataclass(frozen=True)
class BodyLacks(OfAnswer):
    """The content does not hold these bytes."""

    part: bytes

    def __str__(self) -> str:
        return f"content without {shown(self.part)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if self.part in answer.body:
            yield Complaint(f"the content holds {shown(self.part)}", answer.body_start)


@dataclass(frozen=True)
class BodyMatches(OfAnswer):
    """The content matches the whole pattern."""

    pattern: bytes
    shape: str  # the pattern in words

    def __str__(self) -> str:
        return f"content with {self.shape}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if not re.fullmatch(self.pattern, answer.body):
            yield Complaint(f"the content has not {self.shape}", answer.body_start)


@dataclass(frozen=True)
class SomeBody(OfAnswer):
    """There is content."""

    def __str__(self) -> str:
        return "content"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if not answer.body.strip():
            yield Complaint("there is no content", answer.body_start)


@dataclass(frozen=True)
class Without(OfAnswer):
    """The answer, its interim ones included, has none of these defects (see reading.py for their names)."""

    causes: frozenset[str]

    def __init__(self, *causes: str) -> None:
        object.__setattr__(self, "causes", frozenset(causes))

    def __str__(self) -> str:
        return f"no fault such as {in_words(self.causes)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        for part in (*answer.interim, answer):
            for defect in part.defects:
                if defect.cause in self.causes:
                    yield Complaint(defect.text, defect.offset)


@dataclass(frozen=True)
class Complete(OfAnswer):
    """The answer came whole, by its own framing."""

    def __str__(self) -> str:
        return "a whole answer"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if not answer.complete:
            why = answer.defects[-1].text if answer.defects else "the answer is cut short"
            yield Complaint(why, answer.end)


@dataclass(frozen=True)
class Framed(OfAnswer):
    """The answer tells its own end, by Content-Length or chunks, instead of leaving it to the connection."""

    def __str__(self) -> str:
        return "Content-Length, or chunks"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        if answer.framing == "close":
            yield Complaint("neither Content-Length nor Transfer-Encoding", answer.start)


@dataclass(frozen=True)
class NoInterim(OfAnswer):
    """The final answer comes without an interim one before it."""

    def __str__(self) -> str:
        return "no interim answer"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        for interim in answer.interim:
            yield Complaint(f"an interim answer, {interim.status}, comes first", interim.start)


def first(heard: Conversation) -> Answer:
    """Return the first answer. Broken where none came."""
    if heard.answers:
        return heard.answers[0]
    raise silence(heard)


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
