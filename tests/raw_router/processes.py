"""raw_router in a process of its own, for tests of signals, workers and forks."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.serving import HOST

# coverage writes its data in forked children, too, and may wait there for a lock of a thread that the child lacks.
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


class Started:
    """A raw_router in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stderr is not None
        self.errors = process.stderr
        announced = self.errors.readline()
        found = re.match(r"raw_router listens on http://[\d.]+:(\d+) ", announced)
        assert found, announced
        self.port = int(found[1])

    @property
    def workers(self) -> list[int]:
        """The ids of its processes."""
        return [
            int(id) for id in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def begin(self) -> socket.socket:
        """Begin a request that does not end."""
        client = socket.create_connection((HOST, self.port), timeout=10)
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
        return client


@contextmanager
def started(
    *options: str, environment: Mapping[str, str] = os.environ, prefix: Sequence[str] = (), **settings: str
) -> Iterator[Started]:
    """Start a raw_router in a process group of its own, as a terminal does."""
    command = [*prefix, sys.executable, "-m", "raw_router", "--port", "0", *options]
    environment = {**environment, **settings}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, process_group=0) as process:
        try:
            yield Started(process)
        finally:
            process.terminate()


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()
