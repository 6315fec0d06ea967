"""The way of a request through raw_router, step by step: its own functions on the same bytes, and what flows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from logging import LogRecord
from threading import get_ident

from raw_router.application import generate_response, logger
from raw_router.connection import Connection
from raw_router.drivers import events
from raw_router.framing import read_body, take_head
from sidebyside.page.answering import answering
from sidebyside.page.octets import counted, in_lines
from sidebyside.page.reading import CLIENT, Read, read
from sidebyside.page.steps import SHOWN, Step, written

CORE = "Bytes in; bytes will come out. No socket from here on."
HEAD = "Request line and fields keep to the grammar; how long the body is, and what comes after it, is known."
WAITS = "More bytes are waited for; after a few seconds, 408 is the answer."


def way(data: bytes) -> Iterator[Step]:
    """Yield the steps of the first request in the bytes, until it is answered, refused, or waits."""
    how = read(data)
    said = f"A driver receives {counted(len(data))}."
    yield Step("The socket is readable", events.Loop.run, said, octets=in_lines(data, SHOWN))
    yield Step("It enters the core", Connection.receive, CORE)
    yield _head(how)
    if how.framing and how.framing.length != 0:
        yield _body(how)
    if how.request:
        yield from answering(how.request)
    yield _leaving(data)


@contextmanager
def unlogged() -> Iterator[None]:
    """Log nothing of what fails in this thread meanwhile: the servers themselves have logged it."""
    here = get_ident()

    def elsewhere(record: LogRecord) -> bool:
        return record.thread != here

    logger.addFilter(elsewhere)
    try:
        yield
    finally:
        logger.removeFilter(elsewhere)


def _head(how: Read) -> Step:
    if how.head is None:
        return _stopped(Step("A head is not complete", take_head, ""), how)
    return Step("A head is complete", take_head, HEAD, "\n".join(map(written, how.head)))


def _body(how: Read) -> Step:
    if how.request is None:
        return _stopped(Step("A body is not complete", read_body, ""), how)
    framed = "by chunks" if how.framing and how.framing.length is None else "by Content-Length"
    said = f"{counted(len(how.request.body))}, framed {framed}."
    return Step("A body is complete", read_body, said, written(how.request.body))


def _stopped(step: Step, how: Read) -> Step:
    """Return a step with what there is to tell where reading goes no further."""
    if how.refusal is None:
        return replace(step, kind="waits", said=WAITS)
    said = f"Refused with {how.refusal.status.value}: the connection answers by itself and closes, and asks no router."
    return replace(step, kind="refused", said=said, data=written(how.refusal))


def _leaving(data: bytes) -> Step:
    """Return the step in which a connection says all that it has to say to the bytes."""
    connection = Connection(generate_response, CLIENT)
    with unlogged():
        answer = connection.receive(data)
    then = "then it closes" if connection.waits_for == "closed" else f"then it waits ({connection.waits_for})"
    said = f"receive returns {counted(len(answer))}; {then}."
    return Step("Bytes leave", Connection.receive, said, octets=in_lines(answer, SHOWN))
