"""The server under judgement: how to reach it, how to ask it, and the record of all that was said with it."""

import random
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from http_contract.client.connection import After, Connection
from http_contract.client.transport import MOST, WIDE, Address, ConnectionFailed, Options
from http_contract.errors import CannotJudge
from http_contract.http.rewrite import UNCHANGED, Names
from http_contract.http.transcript import Transcript

TIMEOUT = 5.0  # seconds for one step: to connect, to send, to get one answer
PATIENCE = 5.0  # seconds for a server to give up a request that never ends


ExitKind = Literal["exit", "signal"]
"""How a process ended: by itself, with a status; or by a signal."""


@dataclass(frozen=True, slots=True)
class Crash:
    """The server's process ended while a rule was judged: how, and the end of its output."""

    kind: ExitKind
    number: int  # the exit status, or the number of the signal
    output: str


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
    def transcripts(self) -> tuple[Transcript, ...]:
        """The transcripts so far, one for each connection, in the order of connecting."""
        return tuple(connection.transcript for connection in self.connections)

    def apart(self) -> "Server":
        """Return the same server with a record of its own."""
        return replace(self, connections=[])

    def random(self, salt: str) -> random.Random:
        """Return a source of random data that is the same for the same seed and rule."""
        return random.Random(f"{self.seed}:{salt}")

    @contextmanager
    def connect(self, options: Options = WIDE, most: int = MOST) -> Iterator[Connection]:
        """Open a connection, to be closed at the end, that takes so many octets.

        ConnectionFailed where there is none.
        """
        with Connection(self.address, self.authority, self.timeout, options, most, self.names) as connection:
            self.connections.append(connection)
            yield connection

    def ask(self, *pieces: bytes, methods: Sequence[str] = (), after: After = "half-close") -> Transcript:
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
        return connection.response(method).complete
    except ConnectionFailed:
        return False


# -- locating


AUTHORITY = r"(?:[\w.-]+|\[[\w:.]+\]):\d+/?"  # a host and its port, as they are typed
PORTS = {"http": 80, "https": 443}


def url_of(text: str) -> str:
    """Return a URL; one that is typed as host and port alone is one of http."""
    return f"http://{text}" if re.fullmatch(AUTHORITY, text) else text


def server_at(url: str, ca: str | None = None) -> Server:
    """Return the server at a URL; over TLS, its certificate has to lead to those in the file `ca`, if one is named."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        usual = PORTS[parts.scheme]
        port = usual if parts.port is None else parts.port
    except (ValueError, KeyError):
        host, port = "", 0
    if not (host and port) or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise CannotJudge(f"a URL like http://127.0.0.1:8001 is wanted, not {url!r}")
    if ca and parts.scheme != "https":
        raise CannotJudge("a certificate is for a URL that begins with https:")
    return Server(host, port, tls=trusting(ca) if parts.scheme == "https" else None)


def trusting(ca: str | None) -> ssl.SSLContext:
    """Return what trusts the certificates in that file; without one, those that the system trusts."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise CannotJudge(f"{ca} holds no certificate that can be read: {error}") from error
