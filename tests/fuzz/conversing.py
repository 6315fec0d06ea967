"""One fuzzed client's conversation with a connection, carried as a driver carries it."""

from collections.abc import Iterator
from dataclasses import dataclass

from raw_router.messages import Request, Response
from raw_router.responder import Responder
from tests.fuzz.streams import Case, Ending

STATES = {"idle", "head", "body", "write", "closed"}
LARGE = b"x" * 300_000  # more than a connection lets wait before the client has read
LAST_REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said to the client, and to which requests; None for one that was refused."""

    answered: list[tuple[Request | None, int]]
    output: bytes
    state: str


def handle(request: Request) -> Response:
    """Answer by nothing but the request, properly or as a broken view would."""
    match request.path:
        case "/large":
            return respond(LARGE)
        case "/204" | "/304" as path:
            return Response(int(path[1:]))
        case "/raises":
            raise RuntimeError
        case "/nothing":
            return None  # type: ignore[return-value]
        case "/splits":
            return Response(200, (("Content-Length", "0"), ("A", "b\r\n\r\nHTTP/1.1 200 OK")))
        case "/lies":
            return Response(200, (("Content-Length", "5"),), b"four")
    return respond(f"{request.method} {request.target} {request.host} ".encode() + request.body)


def respond(body: bytes) -> Response:
    return Response(200, (("Content-Length", str(len(body))),), body)


class Client:
    """Sends a case's pieces, and notes what is answered. Raises AssertionError where that cannot be right."""

    def __init__(self) -> None:
        self.answered: list[tuple[Request | None, int]] = []
        self.connection = Responder(handle, log=self.log)

    def log(self, client: str, request: Request | None, response: Response, octets: int, end: str) -> None:
        self.answered.append((request, response.status))

    def converse(self, case: Case) -> Transcript:
        output = b"".join(said for piece in case.pieces for said in self.send(piece))
        output += b"".join(self.end(case.ending))
        self.connection.took(len(output))
        return Transcript(self.answered, output, self.state())

    def state(self) -> str:
        state = self.connection.waits_for
        assert state in STATES, f"waits for {state}"
        return state

    def send(self, data: bytes) -> Iterator[bytes]:
        """Send bytes, and read for as long as that is waited for."""
        closed = self.state() == "closed"
        said = self.connection.receive(data)
        assert not (closed and said), "speaks after the end"
        yield said
        yield from self.read()

    def read(self) -> Iterator[bytes]:
        while self.state() == "write":
            yield self.connection.receive(b"")

    def end(self, ending: Ending) -> Iterator[bytes]:
        if ending == "retire":
            self.connection.retire()
            yield from self.read()
            if self.state() == "idle":
                yield self.connection.receive(LAST_REQUEST)
                assert self.state() == "closed", "waits for another request, though retired"
            ending = "end_of_input"
        if ending != "open":
            yield getattr(self.connection, ending)()
            yield from self.read()
            assert self.state() == "closed", "open after the end"
        if self.state() == "closed":
            late = (self.connection.receive(b"GET"), self.connection.end_of_input(), self.connection.time_out())
            assert late == (b"", b"", b""), "speaks after the end"
