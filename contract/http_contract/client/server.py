"""The server to judge: its address, how to send requests to it, and the transcripts of all its connections."""

import random
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from http_contract.client.connection import After, Connection, addressed
from http_contract.client.findings import Findings
from http_contract.client.transport import LIMIT, NO_OPTIONS, Address, ConnectionFailed, Options
from http_contract.errors import CannotJudge
from http_contract.http.request import method_of
from http_contract.http.rewrite import UNCHANGED, Names
from http_contract.http.transcript import Transcript

TIMEOUT = 5.0  # seconds for each step: to connect, to send, to read one response
PATIENCE = 30.0  # seconds for a server to give up a request that never ends
HOST_AND_PORT = r"(?:[\w.-]+|\[[\w:.]+\]):\d+/?"  # as a user may type them for a URL
DEFAULT_PORTS = {"http": 80, "https": 443}


ExitKind = Literal["exit", "signal"]
"""How a process ended: by itself, with a status; or by a signal."""


SIGNAL_IN_SHELL = 128  # shells add this to the number of the signal that ended a process, as its exit status


@dataclass(frozen=True, slots=True)
class Crash:
    """The server's process ended while a rule was judged: how, and the end of its output."""

    kind: ExitKind
    number: int  # the exit status, or the number of the signal
    output: str


@dataclass(frozen=True)
class Server:
    """The server to judge, and the record of its connections."""

    host: str
    port: int
    timeout: float = TIMEOUT
    patience: float = PATIENCE
    seed: int = 0
    restart: Callable[[], None] | None = None  # restarts it on the same port; None where the judge cannot
    is_fixed: bool = False  # it is on this machine and can use no other port, which must be free for its next start
    name: str = ""  # the value of Host, if it is not the address
    names: Names = field(default_factory=lambda: UNCHANGED, repr=False)  # of its routes, if not the contract's
    tls: ssl.SSLContext | None = None  # for https; None for http
    connections: list[Connection] = field(default_factory=list, compare=False, repr=False)
    findings: Findings = field(default_factory=Findings, compare=False, repr=False)

    @property
    def authority(self) -> str:
        return self.name or self.address.url.partition("//")[2]

    @property
    def address(self) -> Address:
        return Address(self.host, self.port, self.tls, self.findings.orphans if self.is_fixed else None)

    @property
    def origin(self) -> str:
        return f"{self.address.scheme}://{self.authority}"

    @property
    def transcripts(self) -> tuple[Transcript, ...]:
        """The transcript of each connection, in the order of connecting."""
        return tuple(connection.transcript for connection in self.connections)

    def with_own_record(self) -> "Server":
        """Return the same server with an empty record of connections."""
        return replace(self, connections=[])

    def random(self, salt: str) -> random.Random:
        """Return a source of random data that depends only on the seed and the salt, which is mostly a rule's id."""
        return random.Random(f"{self.seed}:{salt}")

    @contextmanager
    def connect(self, options: Options = NO_OPTIONS, limit: int = LIMIT) -> Iterator[Connection]:
        """Connect, and close the connection after the block; it receives at most `limit` octets.

        ConnectionFailed if the server accepts no connection.
        """
        place = (self.address, self.authority, self.timeout)
        with Connection(*place, options, limit, self.names, self.findings) as connection:
            self.connections.append(connection)
            yield connection

    def ask(self, *pieces: bytes, methods: Sequence[str] = (), after: After = "half-close") -> Transcript:
        """Send the pieces on a new connection, read one response for each method, and close the connection.

        Without methods, it reads one response, to the method of the request. ConnectionFailed if the server accepts no
        connection; a response that does not come only ends the reading. WaitsAgain, before it connects, if the server
        is known to send none: the request could stop it.
        """
        self.findings.waits.check_request(addressed(pieces, self.findings, self.names))
        with self.connect() as connection:
            connection.send(*pieces)
            for method in methods or (method_of(pieces),):
                if not _completes_response(connection, method):
                    break
            return connection.finish(after)


def _completes_response(connection: Connection, method: str) -> bool:
    try:
        return connection.response(method).complete
    except ConnectionFailed:
        return False


def url_from(text: str) -> str:
    """Return a URL as it is, and a host with a port as an http URL."""
    return f"http://{text}" if re.fullmatch(HOST_AND_PORT, text) else text


def server_at(url: str, ca: str | None = None) -> Server:
    """Return the server at an http or https URL without a path.

    `ca` names a file with the certificates to trust; without it, the system's are trusted. CannotJudge where the URL or
    the file is not valid.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        default = DEFAULT_PORTS[parts.scheme]
        port = default if parts.port is None else parts.port
    except (ValueError, KeyError):
        host, port = "", 0
    if not (host and port) or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise CannotJudge(f"{url!r} is not a valid URL of a server; write one like http://127.0.0.1:8001")
    if ca and parts.scheme != "https":
        raise CannotJudge("a certificate requires a URL that begins with https:")
    return Server(host, port, tls=tls_context(ca) if parts.scheme == "https" else None)


def tls_context(ca: str | None) -> ssl.SSLContext:
    """Return a context that trusts a file's certificates, or the system's. CannotJudge where the file has none."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise CannotJudge(f"no certificate can be read from {ca}: {error}") from error
