"""What is judged: a server that somebody else runs, or one that the judge starts."""

from dataclasses import dataclass
from typing import Protocol

from contract.conversation import broken
from contract.model import Crash
from contract.server import Server


class Subject(Protocol):
    """What is judged, as the judge sees it (launch.Launched is one, too)."""

    @property
    def output(self) -> str:
        """The end of what the server has written, where the judge can read it."""

    @property
    def violation(self) -> str:
        """The limit that the server has broken, in a sentence; nothing where it has broken none."""

    def running(self) -> Server:
        """Return the server as it runs now, started if it does not. Broken where that can't be done."""

    def crash(self) -> Crash | None:
        """Tell how the server has ended by itself since it was last started, if it has."""

    def stop(self) -> None:
        """End a server that answers no more, so that a new one is started. Broken where that is not the judge's."""


@dataclass(frozen=True)
class Remote:
    """A server that runs without the judge's doing, which knows nothing of it but its address."""

    server: Server
    output: str = ""
    violation: str = ""

    def running(self) -> Server:
        return self.server

    def crash(self) -> Crash | None:
        return None

    def stop(self) -> None:
        raise broken("the server answers no more, and it is not the judge's to start it again")
