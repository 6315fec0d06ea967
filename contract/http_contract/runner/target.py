"""The target: a server to judge, started by the judge or by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed


class Target(Protocol):
    """A server to judge. See RemoteTarget, and LocalTarget in sandbox/launcher.py."""

    @property
    def output(self) -> str:
        """The end of the server's output, or an empty text if the judge did not start it."""

    @property
    def violation(self) -> ConnectionFailed | None:
        """The reason why no more rules can be judged, such as a limit that the server exceeded; or None."""

    @property
    def child_faults(self) -> Mapping[int, int]:
        """The signals of faults that ended child processes of the server, by process id, as far as they are known."""

    def running(self) -> Server:
        """Return the running server; start it if it does not run. ConnectionFailed if that fails."""

    def crash(self) -> Crash | None:
        """Return how the server ended by itself since its last start, or None."""

    def stop(self) -> None:
        """End a server that stopped responding, so that it is started again. ConnectionFailed if it cannot be."""


@dataclass
class RemoteTarget:
    """A server that the judge did not start: the judge has only its address."""

    server: Server
    output: str = ""
    violation: ConnectionFailed | None = None
    child_faults: Mapping[int, int] = field(default_factory=dict)

    def running(self) -> Server:
        return self.server

    def crash(self) -> Crash | None:
        return None

    def stop(self) -> None:
        self.violation = ConnectionFailed("gone")
        raise self.violation
