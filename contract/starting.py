"""How long a server may take to listen: a given time, or as long as it is at work on that."""

import time
from dataclasses import dataclass, field

from contract.expectations import in_words
from contract.group import Group, how_of
from contract.listening import HOST, listens
from contract.server import Server

LONGEST = 30.0  # seconds for a server that is at work, compiling or importing; none that listens is waited for
IDLE = 2.5  # seconds without work after which it never will listen
WORK = 0.02  # of the time: who computes less than that is not at work
LOOK = 0.25  # seconds between looks at its work
ADVICE = "; --start-within gives it more time"
LISTEN = 0.01  # seconds between looks whether it listens


@dataclass
class Start:
    """One start of a server, up to the moment in which it listens, or never will."""

    group: Group
    server: Server
    within: float | None = None  # seconds; None where it depends on whether it is at work
    began: float = field(default_factory=time.monotonic)
    looked: float = field(init=False)
    cpu: float = field(default=0.0, init=False)  # seconds
    idle: float = field(default=0.0, init=False)  # seconds

    def __post_init__(self) -> None:
        self.looked = self.began

    def failure(self) -> str:
        """Wait until it listens, or never will, and return why not."""
        while not listens(self.server):
            if end := self.group.end:
                return end.error or end.violation or f"it has ended: {how_of(end.status)}"
            if self._is_late(time.monotonic()):
                silence = self._silence()
                if not listens(self.server):  # it may have begun to, while the judge stood, or looked up its ports
                    return silence
            time.sleep(LISTEN)
        return ""

    def _silence(self) -> str:
        port, others = self.server.port, self.group.ports
        if port in others:
            return f"it listens on port {port}, but not at {HOST}"
        if others:
            return f"it listens on port {in_words(others)}, not on {port}, as {{port}} and $PORT have told it"
        return f"it runs, but does not listen on port {port}" + (ADVICE if self.within is None else "")

    def _is_late(self, now: float) -> bool:
        if self.within is not None:
            return now - self.began > self.within
        return now - self.began > LONGEST or self._idle(now) > IDLE

    def _idle(self, now: float) -> float:
        """Return for how long it has not been at work; where the judge itself stood for a while, one look."""
        if now - self.looked > LOOK:
            cpu = self.group.cpu
            self.idle = 0.0 if cpu - self.cpu > WORK * (now - self.looked) else self.idle + LOOK
            self.cpu, self.looked = cpu, now
        return self.idle
