"""One request and its answer, in octets: how peers are given the bytes to serve, and how theirs are checked."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

PATIENCE = 5.0  # seconds for an answer, on a busy machine
RECEIVE_SIZE = 64 * 1024  # octets


class Unusable(Exception):
    """An answer that cannot be measured by; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All octets of one answer that has a Content-Length."""

    octets: bytes

    @property
    def status(self) -> bytes:
        """The code and its phrase: b"200 OK"."""
        return self.head.split(b"\r\n", 1)[0].partition(b" ")[2]

    @property
    def head(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[0]

    @property
    def fields(self) -> list[tuple[str, str]]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    @property
    def body(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[2]

    @property
    def size(self) -> int:
        """How many octets Content-Length makes it. Raises Unusable where there is none."""
        for name, value in self.fields:
            if name.lower() == "content-length":
                return len(self.head) + len(b"\r\n\r\n") + int(value)
        raise Unusable("answers without Content-Length")


def ask(port: int, request: str, times: int = 1) -> list[Answer]:
    """Send a request on a connection of its own, so often in one write. Raises Unusable where an answer is missing."""
    answers: list[Answer] = []
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            answers.extend(converse(client, request, times))
    except OSError as error:
        raise Unusable(f"{len(answers)} answers to {times} requests: {error}") from error
    return answers


def converse(client: socket.socket, request: str, times: int = 1) -> Iterator[Answer]:
    """Send a request so often in one write, and yield each answer. Raises Unusable and OSError."""
    client.sendall(request.encode("ascii") * times)
    octets = b""
    for _ in range(times):
        while not is_whole(octets):
            octets += receive(client)
        size = Answer(octets).size
        yield Answer(octets[:size])
        octets = octets[size:]


def is_whole(octets: bytes) -> bool:
    return b"\r\n\r\n" in octets and len(octets) >= Answer(octets).size


def receive(client: socket.socket) -> bytes:
    data = client.recv(RECEIVE_SIZE)
    if not data:
        raise Unusable("closes before an answer is whole")
    return data


def check(given: Answer, wanted: Answer) -> None:
    """Raise Unusable where an answer is not 200, or its body another."""
    if not given.status.startswith(b"200"):
        raise Unusable(f"answers {given.status.decode('latin-1')}")
    if given.body != wanted.body:
        raise Unusable("serves another body")
