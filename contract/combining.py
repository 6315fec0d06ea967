"""Expectations made of expectations: legal sets are as wide as the RFC is, and these say so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contract.conversation import Complaint, Conversation
from contract.model import Expectation


@dataclass(frozen=True)
class Nth:
    """An expectation of a later answer; 0 is the first, -1 the last."""

    index: int
    expectation: Expectation

    def __str__(self) -> str:
        return f"in answer {self.index}: {self.expectation}"

    def complaints(self, heard: Conversation) -> Iterable[Complaint]:
        one = heard.answers[self.index :][:1]
        return self.expectation.complaints(replace(heard, answers=one))


@dataclass(frozen=True)
class All:
    """All of the expectations."""

    expectations: tuple[Expectation, ...]

    def __init__(self, *expectations: Expectation) -> None:
        object.__setattr__(self, "expectations", expectations)

    def __str__(self) -> str:
        return ", and ".join(map(str, self.expectations))

    def complaints(self, heard: Conversation) -> Iterator[Complaint]:
        for expectation in self.expectations:
            yield from expectation.complaints(heard)


@dataclass(frozen=True)
class Either:
    """At least one of the expectations; the complaints are those of the first."""

    expectations: tuple[Expectation, ...]

    def __init__(self, *expectations: Expectation) -> None:
        object.__setattr__(self, "expectations", expectations)

    def __str__(self) -> str:
        return ", or ".join(map(str, self.expectations))

    def complaints(self, heard: Conversation) -> Iterable[Complaint]:
        found = [list(expectation.complaints(heard)) for expectation in self.expectations]
        return found[0] if all(found) else []


@dataclass(frozen=True)
class When:
    """Where the condition holds, the expectation does too."""

    condition: Expectation
    expectation: Expectation

    def __str__(self) -> str:
        return f"{self.expectation}, if {self.condition}"

    def complaints(self, heard: Conversation) -> Iterable[Complaint]:
        return [] if list(self.condition.complaints(heard)) else self.expectation.complaints(heard)
