"""The server under judgement: how to reach it, how to ask it, and the record of all that was said with it."""

import random
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from contract.client import After, Connection
from contract.conversation import Broken, Conversation
from contract.renaming import UNCHANGED, Names
from contract.wire import MOST, WIDE, Address, Options

TIMEOUT = 5.0  # seconds for one step: to connect, to send, to get one answer
PATIENCE = 5.0  # seconds for a server to give up a request that never ends


@dataclass(frozen=True)
class Server:
    """The server under judgement, and the record of all that was said with it."""

    host: str
    port: int
    timeout: float = TIMEOUT
    patience: float = PATIENCE
    seed: int = 0
    restart: Callable[[], None] | None = None  # stops it, starts it on the same port; only where the judge may
    name: str = ""  # what Host says, if not the address
    names: Names = field(
        default_factory=lambda: UNCHANGED, repr=False
    )  # of its routes, where they are not the contract's
    tls: ssl.SSLContext | None = None  # where it is spoken to over TLS
    connections: list[Connection] = field(default_factory=list, compare=False, repr=False)
    known: dict[str, int] = field(default_factory=dict, compare=False, repr=False)  # see judging.serves

    @property
    def authority(self) -> str:
        return self.name or self.address.url.partition("//")[2]

    @property
    def address(self) -> Address:
        return Address(self.host, self.port, self.tls)

    @property
    def origin(self) -> str:
        return f"{self.address.scheme}://{self.authority}"

    @property
    def conversations(self) -> tuple[Conversation, ...]:
        """What was said so far, a conversation for each connection, in the order of connecting."""
        return tuple(connection.conversation for connection in self.connections)

    def apart(self) -> "Server":
        """Return the same server with a record of its own."""
        return replace(self, connections=[])

    def random(self, salt: str) -> random.Random:
        """Return a source of random data that is the same for the same seed and rule."""
        return random.Random(f"{self.seed}:{salt}")

    @contextmanager
    def connect(self, options: Options = WIDE, most: int = MOST) -> Iterator[Connection]:
        """Open a connection, to be closed at the end, that takes so many octets. Broken where there is none."""
        with Connection(self.address, self.authority, self.timeout, options, most, self.names) as connection:
            self.connections.append(connection)
            yield connection

    def ask(self, *pieces: bytes, methods: Sequence[str] = (), after: After = "half-close") -> Conversation:
        """Send the pieces on a new connection, read one answer a method (by default: to the one sent), end it."""
        with self.connect() as connection:
            connection.send(*pieces)
            for method in methods or (method_of(pieces),):
                if not _answered(connection, method):
                    break
            return connection.finish(after)


def method_of(pieces: Sequence[bytes]) -> str:
    """Return the method that the pieces ask with: it decides whether the answer has content."""
    return b"".join(pieces).partition(b" ")[0].decode("latin-1")


def _answered(connection: Connection, method: str) -> bool:
    try:
        return connection.answer(method).complete
    except Broken:
        return False
