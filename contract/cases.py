"""A cause, as a case that its signs show."""

from collections.abc import Callable
from dataclasses import dataclass

from contract.evidence import Evidence
from contract.signs import Sign


def nothing(evidence: Evidence) -> str:
    return ""


def last_words(evidence: Evidence) -> str:
    """Say how the program ended."""
    how, error = evidence.how, evidence.raised
    if not how and not error:
        return "Nothing listens on its port any more."
    return f"It ended ({how or 'at its start'}){f': {error}' if error else ''}."


def error_shown(evidence: Evidence) -> str:
    return f"It raised {evidence.shown}."


def error_logged(evidence: Evidence) -> str:
    return f"It raised {evidence.logged}."


@dataclass(frozen=True, slots=True)
class Case:
    """A cause and the signs that, together, show it; without advice, the rule's hint is the advice."""

    cause: str
    signs: tuple[Sign, ...]
    text: str
    advice: str = ""
    detail: Callable[[Evidence], str] = nothing
