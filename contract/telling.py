"""An outcome in words: what was promised, what was sent, what came back, what to do about it."""

from collections.abc import Iterator

from contract.conversation import Complaint, Conversation
from contract.model import Outcome

SHOWN = 600  # octets that are shown of what was sent, and of what was received
COMPLAINTS = 3  # that are shown of one rule
WIDTH = 160  # characters that are shown of one line
BEFORE = 200  # octets of it that stand before the place in question


def tell(outcome: Outcome) -> str:
    """Return all that a learner needs to know of a rule that does not hold."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    rule = outcome.rule
    yield f"{rule.id} ({rule.level}): {rule.sentence}"
    for complaint in outcome.complaints[:COMPLAINTS]:
        yield f"  But {complaint.text}"
        if complaint.heard:
            yield from _exchange(complaint, complaint.heard)
    if len(outcome.complaints) > COMPLAINTS:
        yield f"  And {len(outcome.complaints) - COMPLAINTS} more like these"
    yield f"  Hint: {rule.hint}"
    yield f"  See {rule.section}"


def _exchange(complaint: Complaint, heard: Conversation) -> Iterator[str]:
    yield from _shown("sent", b"".join(heard.sent), 0)
    yield from _shown("received", heard.received, complaint.offset or 0)


def _shown(what: str, data: bytes, offset: int) -> Iterator[str]:
    """Yield the bytes around the offset, a line each, control characters made visible."""
    start = max(0, offset - BEFORE) if offset > SHOWN // 2 else 0
    part = data[start : start + SHOWN]
    yield f"    {what} {len(data)} bytes" + (f", from byte {start}:" if start else ":")
    for line in part.splitlines(keepends=True):
        text = visible(line)
        yield f"      {text}" if len(text) <= WIDTH else f"      {text[:WIDTH]}..."


def visible(data: bytes) -> str:
    """Return bytes as text in which nothing is hidden: `\\r\\n`, `\\x00`, `\\xff`."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")
