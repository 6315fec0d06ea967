"""What is judged: a server that somebody else runs, or one that the judge starts."""

from dataclasses import dataclass
from typing import Protocol

from http_contract.client.server import Crash, Server
from http_contract.client.transport import ConnectionFailed


class Target(Protocol):
    """What is judged, as the judge sees it (sandbox.launcher.LocalTarget is one, too)."""

    @property
    def output(self) -> str:
        """The end of what the server has written, where the judge can read it."""

    @property
    def violation(self) -> ConnectionFailed | None:
        """Why no more can be judged, if it can't: most often a limit that the server has exceeded."""

    def running(self) -> Server:
        """Return the server as it runs now, started if it does not. ConnectionFailed where that can't be done."""

    def crash(self) -> Crash | None:
        """Tell how the server has ended by itself since it was last started, if it has."""

    def stop(self) -> None:
        """End a server that stopped responding, so that a new one is started. ConnectionFailed where it can't be."""


@dataclass
class RemoteTarget:
    """A server that runs without the judge's doing, which knows nothing of it but its address."""

    server: Server
    output: str = ""
    violation: ConnectionFailed | None = None

    def running(self) -> Server:
        return self.server

    def crash(self) -> Crash | None:
        return None

    def stop(self) -> None:
        self.violation = ConnectionFailed("gone")
        raise self.violation
