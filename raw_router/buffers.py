"""Buffers: octets to send, in one piece or in several."""

from typing import TypeAlias

# Several pieces are sent by sendmsg, because joining them would copy large ones.
Buffers: TypeAlias = bytes | tuple[bytes | memoryview, ...]


def size_of(buffers: Buffers) -> int:
    return len(buffers) if isinstance(buffers, bytes) else sum(map(len, buffers))


def joined(buffers: Buffers) -> bytes:
    return buffers if isinstance(buffers, bytes) else b"".join(buffers)


def rest_of(buffers: Buffers, sent: int) -> Buffers:
    """Return what is left after some octets were sent, without a copy."""
    buffers = (buffers,) if isinstance(buffers, bytes) else buffers
    for number, buffer in enumerate(buffers):
        if sent < len(buffer):
            return (memoryview(buffer)[sent:], *buffers[number + 1 :])
        sent -= len(buffer)
    return b""


def memory_of(buffers: Buffers) -> int:
    """Return the octets that buffers keep in memory: the rest of an object keeps the whole object."""
    if isinstance(buffers, bytes):
        return len(buffers)
    return sum(memoryview(each.obj).nbytes if isinstance(each, memoryview) else len(each) for each in buffers)
