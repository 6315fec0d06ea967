"""What is judged: a server that somebody else runs, or one that the judge starts."""

from dataclasses import dataclass
from typing import Protocol

from http_contract.client.server import Crash, Server
from http_contract.http.transcript import broken


class Target(Protocol):
    """What is judged, as the judge sees it (launch.Launched is one, too)."""

    @property
    def output(self) -> str:
        """The end of what the server has written, where the judge can read it."""

    @property
    def violation(self) -> str:
        """Why no more can be judged, in a sentence: most often a limit that the server has broken."""

    def running(self) -> Server:
        """Return the server as it runs now, started if it does not. Broken where that can't be done."""

    def crash(self) -> Crash | None:
        """Tell how the server has ended by itself since it was last started, if it has."""

    def stop(self) -> None:
        """End a server that answers no more, so that a new one is started. Broken where that is not the judge's."""


GONE = (
    "the server answers no more, and is not the judge's to start again; "
    "`contract check --command` starts it, tells which rule ends it, and goes on"
)


@dataclass
class RemoteTarget:
    """A server that runs without the judge's doing, which knows nothing of it but its address."""

    server: Server
    output: str = ""
    violation: str = ""

    def running(self) -> Server:
        return self.server

    def crash(self) -> Crash | None:
        return None

    def stop(self) -> None:
        self.violation = GONE
        raise broken(GONE)
