"""Rungs in processes of their own: starting one, the commands that talk to it, and its end."""

import re
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen, TimeoutExpired

from sidebyside.checkout import ROOT
from sidebyside.launch.requirements import LaunchError
from sidebyside.lessons.ladder import Rung

PLACE = re.compile(r"(?P<path>/\S+\.sock)|port (?P<port>[0-9]+)|:(?P<url_port>[0-9]+)/")
PATIENCE = 5.0  # seconds that a program has to end


@dataclass(frozen=True)
class Place:
    """Where a server listens: its port as text, or the path of its Unix socket."""

    port: str = ""
    path: str = ""

    def fill(self, template: str) -> str:
        """Return a command, or a part of an output, with this server's port and path."""
        return template.replace("{port}", self.port).replace("{path}", self.path)


@contextmanager
def running(rung: Rung, port: int = 0) -> Iterator[tuple[Place, "Popen[str]"]]:
    """Run a server of the ladder until the block ends; port 0 is a free one. Raises LaunchError."""
    command = [sys.executable, str(rung.path), str(port)]
    with Popen(command, cwd=ROOT, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout
            yield read_place(rung, process.stdout.readline()), process
        finally:
            end(process)


def read_place(rung: Rung, line: str) -> Place:
    """Return the place that a server prints when it listens. Raises LaunchError."""
    found = PLACE.search(line)
    if found is None:
        raise LaunchError(f"{rung.name} ended before it listened.")
    return Place(found["port"] or found["url_port"] or "", found["path"] or "")


def with_this_python(command: str) -> str:
    """Return a command of the ladder with the Python that runs now."""
    return re.sub(r"\bpython\b(?= (?:lessons/|-c))", shlex.quote(sys.executable), command)


def end(process: "Popen[str]") -> None:
    """End a process as Ctrl-C does, and by force if that is not enough."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except TimeoutExpired:
        process.kill()


def typed(rung: Rung, port: str = "8080") -> Sequence[str]:
    """Return the commands that a reader types in a second terminal."""
    return [Place(port, f"/tmp/echo-{port}.sock").fill(command) for command in rung.talk]
