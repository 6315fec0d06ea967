"""An outcome in words: what was promised, what was sent, what came back, why, what to do about it, how to see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from contract.answer import Ended
from contract.conversation import Complaint
from contract.diagnosis import diagnose
from contract.evidence import Evidence
from contract.model import Outcome
from contract.repeating import again

SHOWN = 600  # octets that are shown of what was sent, and of what was received
COMPLAINTS = 3  # that are shown of one rule, each in other words
WIDTH = 160  # characters that are shown of one line
BEFORE = 200  # octets of it that stand before the place in question
BUT, CAUSE, AGAIN = "  But ", "  Cause: ", "  Again: "  # how lines begin that are looked for in what was told
ENDS: dict[Ended, str] = {
    "closed": ", then the end",
    "reset": ", then a reset",
    "timeout": ", then no more in time",
    "flood": ", and stopped reading",
}

Kind = Literal["rule", "complaint", "note", "bytes", "caret", "cause", "hint", "section", "again"]


@dataclass(frozen=True, slots=True)
class Part:
    """One line of what there is to tell, indented, and what kind of line it is."""

    kind: Kind
    text: str


def tell(outcome: Outcome) -> str:
    """Return all that a learner needs to know of a rule that does not hold."""
    return "\n".join(part.text for part in parts(outcome))


def parts(outcome: Outcome) -> Iterator[Part]:
    """Yield the lines of it; the complaint whose cause is known comes before the others."""
    rule, diagnosis = outcome.rule, diagnose(outcome)
    explained = diagnosis.complaint if diagnosis else None
    told = _different(sorted(outcome.complaints, key=lambda complaint: complaint is not explained))[:COMPLAINTS]
    yield Part("rule", f"{rule.id} ({rule.level}): {rule.sentence}")
    for complaint in told:
        yield from _complaint(complaint)
    if len(outcome.complaints) > len(told):
        yield Part("note", f"  And {len(outcome.complaints) - len(told)} more like these")
    if diagnosis:
        yield Part("cause", f"{CAUSE}{diagnosis.text}")
    yield Part("hint", f"  Hint: {diagnosis.advice if diagnosis else rule.hint}")
    yield Part("section", f"  See {rule.section}")
    for complaint in told[:1]:
        yield from _repetition(Evidence(outcome, complaint))


def exchanges(outcome: Outcome) -> Iterator[Part]:
    """Yield the lines of all that was said, whether or not the rule holds."""
    for conversation in outcome.conversations:
        yield from _shown("sent", b"".join(conversation.sent), None)
        yield from _shown("received", conversation.received, None, ENDS.get(conversation.ended, ""))


def _different(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Return the first complaint of each wording."""
    first: dict[str, Complaint] = {}
    for complaint in complaints:
        first.setdefault(complaint.text, complaint)
    return list(first.values())


def _complaint(complaint: Complaint) -> Iterator[Part]:
    yield Part("complaint", f"{BUT}{complaint.text}")
    if complaint.heard:
        yield from _shown("sent", b"".join(complaint.heard.sent), None)
        yield from _shown("received", complaint.heard.received, complaint.offset, ENDS.get(complaint.heard.ended, ""))


def _repetition(evidence: Evidence) -> Iterator[Part]:
    """Yield the line that shows it again: by what the program did not survive, or by what the complaint is about.

    There is none where the server must be started anew in between.
    """
    if evidence.outcome.rule.restarts:
        return
    conversation = evidence.fatal if evidence.gone else evidence.complaint.heard
    line = again(conversation, evidence.meanwhile) if conversation else ""
    if line:
        yield Part("again", f"{AGAIN}{line}")


def _shown(what: str, data: bytes, offset: int | None, end: str = "") -> Iterator[Part]:
    """Yield the bytes around the offset, a line each, control characters made visible, a caret below the offset."""
    start = max(0, offset - BEFORE) if offset and offset > SHOWN // 2 else 0
    size = f"{len(data)} bytes" if data else "nothing"
    yield Part("note", f"    {what} {size}{end}{f', from byte {start}' if start else ''}{':' if data else ''}")
    place = None if offset is None else min(offset, len(data) - 1) - start
    for line in data[start : start + SHOWN].splitlines(keepends=True):
        yield from _line(line, place)
        place = None if place is None else place - len(line)


def _line(line: bytes, place: int | None) -> Iterator[Part]:
    """Yield a line, and a caret under the byte at that place, if it is in this line; a long one is cut around it."""
    text = visible(line)
    if place is None or not 0 <= place < len(line):
        yield Part("bytes", f"      {cut(text)}")
        return
    column, width = len(visible(line[:place])), len(visible(line[place : place + 1]))
    first = max(0, min(column - WIDTH // 2, len(text) - WIDTH))
    yield Part("bytes", f"      {cut(text, first)}")
    yield Part("caret", " " * (6 + column - first + (3 if first else 0)) + "^" * width)


def cut(text: str, first: int = 0) -> str:
    """Return as much of a line as is shown, from that column on, with dots for what is left out."""
    left, right = "..." if first else "", "..." if len(text) - first > WIDTH else ""
    return f"{left}{text[first : first + WIDTH]}{right}"


def visible(data: bytes) -> str:
    """Return bytes as text in which nothing is hidden: `\\r\\n`, `\\x00`, `\\xff`."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")
