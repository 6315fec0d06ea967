"""Comparisons in the terminal: what was sent, the answers, what differs and what only must, and a verdict."""

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from http_contract.escaping import escape_bytes
from sidebyside.compare.comparing import Comparison, Row, worst
from sidebyside.compare.differing import Verdict
from sidebyside.compare.layout import cut, laid_out

SENT = 16  # lines that are shown of what was sent
LEGEND = "! differs   ~ differs because it must   first byte: not compared"
END = "\\r\\n"


def shown(comparisons: Sequence[Comparison], console: Console) -> Iterator[RenderableType]:
    """Yield all that there is to see, the verdict last."""
    for comparison in comparisons:
        yield from sent(comparison)
        yield from answers(comparison, console)
        yield Text()
    yield Text(LEGEND, "dim")
    yield verdict(comparisons)


def sent(comparison: Comparison) -> Iterator[Text]:
    """Yield the lines of a message; an end of line shows only where it is none of HTTP's."""
    message = comparison.message
    packets = f", in {len(message.pieces)} packets" if len(message.pieces) > 1 else ""
    fits = ", {authority} being its own host and port" if b"{authority}" in b"".join(message.pieces) else ""
    yield Text(f"Sent to each{packets}{fits}:", "bold")
    lines = message.template.splitlines(keepends=True)
    for line in lines[:SENT]:
        [text] = cut([escape_bytes(line).removesuffix(END)])
        yield Text(f"> {text}".rstrip(), "dim")
    if len(lines) > SENT:
        yield Text(f"> ... {len(lines) - SENT} more lines", "dim")


def answers(comparison: Comparison, console: Console) -> Iterator[RenderableType]:
    """Yield the first answer, and those after it that differ; the others are counted."""
    count, alike = len(comparison.responses), 0
    places = [each.place for each in comparison.transcript]
    for number, rows in enumerate(comparison.responses, 1):
        if number > 1 and worst(rows) != "differs":
            alike += 1
            continue
        if count > 1:
            yield Text(f"Answer {number} of {count}:", "bold")
        yield from laid_out(rows, first_bytes(comparison), places, console)
    if alike:
        yield Text(f"{alike} more {'answer does' if alike == 1 else 'answers do'} not differ.", "bold")


def first_bytes(comparison: Comparison) -> list[str]:
    """Return how long each took to say anything to the message; nothing where there were pauses in between."""
    if len(comparison.message.pieces) > 1:
        return []
    times = (each.first_byte for each in comparison.transcript)
    return ["never" if seconds is None else f"{seconds * 1000:.1f} ms" for seconds in times]


def verdict(comparisons: Sequence[Comparison]) -> Text:
    """Return the line about the whole."""
    rows = [row for comparison in comparisons for answer in comparison.responses for row in answer]
    where = _where(comparisons)
    if worst(rows) == "differs":
        return Text(f"They differ{where}: {_labels(rows, 'differs')}", "bold red")
    excepted = f", but for what must differ: {_labels(rows, 'may')}" if worst(rows) == "may" else ""
    return Text(f"Identical{where}{excepted}", "bold green")


def _where(comparisons: Sequence[Comparison]) -> str:
    differ = sum(comparison.verdict == "differs" for comparison in comparisons)
    if len(comparisons) == 1:
        return ""
    return f" in {differ or 'all'} of {len(comparisons)} exchanges"


def _labels(rows: Sequence[Row], verdict: Verdict) -> str:
    """Return what has that verdict, each once, with the reason if there is one."""
    found = [row for row in rows if row.finding.verdict == verdict]
    reasons = (f" ({row.finding.reason})" if row.finding.reason else "" for row in found)
    named = (f"{row.label or 'body'}{reason}" for row, reason in zip(found, reasons, strict=True))
    return ", ".join(dict.fromkeys(named))
