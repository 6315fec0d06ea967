"""What was sent and received, for the page: the lines of the message with those that were added, and the time line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_contract.escaping import escape_bytes
from sidebyside.compare.diff import Comparison
from sidebyside.compare.hexdump import format_size
from sidebyside.compare.request import Message
from sidebyside.compare.send import Reply
from sidebyside.page.editor import EditorInput

# -- the message


@dataclass(frozen=True, slots=True)
class SentLine:
    """One line of the message, or a note between two packets."""

    text: str
    kind: str = ""  # "added" by the page, a "note", or "" for what the reader wrote


def sent_lines(given: EditorInput, message: Message, limit: int) -> list[SentLine]:
    """Return the lines of the first `limit` bytes of a message."""
    packets = [*message.pieces[:-1], message.pieces[-1] + message.tail]
    return list(_limited(_all_lines(given, packets, message.pauses), limit, sum(map(len, packets))))


def _all_lines(given: EditorInput, packets: Sequence[bytes], pauses: Sequence[float]) -> Iterator[SentLine]:
    own = {line.partition(":")[0].lower() for line in given.field_lines}
    for number, packet in enumerate(packets, 1):
        if len(packets) > 1:
            pause = f", after a pause of {pauses[number - 2]:g} s" if pauses and number > 1 else ""
            yield SentLine(f"packet {number} of {len(packets)}{pause}", "note")
        head, separator, body = packet.partition(b"\r\n\r\n")
        lines = (head + separator).splitlines(keepends=True)
        for at, line in enumerate([*lines, *body.splitlines(keepends=True)]):
            is_field = not given.raw and 0 < at < len(lines) - 1
            yield SentLine(escape_bytes(line), "added" if is_field and _name(line) not in own else "")


def _name(line: bytes) -> str:
    return line.partition(b":")[0].decode("latin-1").lower()


def _limited(lines: Iterator[SentLine], limit: int, size: int) -> Iterator[SentLine]:
    """Yield lines as long as they have at most `limit` characters, and then how long the message is."""
    for line in lines:
        limit -= len(line.text)
        if limit < 0:
            yield SentLine(f"... {format_size(size)} in all", "note")
            return
        yield line


# -- the time line


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an exchange, and its place on the line, in percent of the longest exchange."""

    name: str
    text: str
    percent: float


@dataclass(frozen=True, slots=True)
class TimeLine:
    """The steps of the exchange with one server."""

    name: str
    colour: str
    events: tuple[Event, ...]


def time_lines(comparison: Comparison) -> list[TimeLine]:
    """Return the time line of each server, all in one scale."""
    longest = max((at for reply in comparison.replies for _, at in _steps(reply)), default=0) or 1
    return [
        TimeLine(reply.endpoint.name, reply.endpoint.colour, tuple(_events(reply, longest)))
        for reply in comparison.replies
    ]


def _events(reply: Reply, longest: float) -> Iterator[Event]:
    for name, at in _steps(reply):
        yield Event(name, f"{at * 1000:.1f} ms", round(100 * at / longest, 1))


def _steps(reply: Reply) -> Iterator[tuple[str, float]]:
    """Yield the steps that happened, each with its seconds. The end is seen after all servers have responded."""
    times = reply.times
    steps = (
        ("connected", times.connected),
        ("first byte", times.first_byte),
        ("last byte", times.last_byte),
        (f"{reply.end} within", times.ended),
    )
    yield from ((name, at) for name, at in steps if at is not None)
