"""Fixtures: applications of tests/strangers/applications behind raw_router in a process of its own, and a client."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TypeAlias

import httpx
import pytest
from playwright.sync_api import Browser

from tests.page.page_server import chromium

APPLICATIONS = Path(__file__).parent / "applications"
PATIENCE = 30  # seconds for any step, on a busy machine


class Stranger:
    """A server with an application that nobody here wrote, and a client that remembers cookies."""

    def __init__(self, folder: Path, *options: str) -> None:
        environment = {**os.environ, "STRANGER_FOLDER": str(folder), "PYTHONWARNINGS": "ignore"}
        environment["PYTHONPATH"] = os.pathsep.join([str(APPLICATIONS.parents[2]), str(APPLICATIONS)])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "raw_router", "--port", "0", *options],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        assert self.process.stderr
        self.output: list[str] = []
        self.errors: list[str] = []
        found = None
        while found is None:
            line = self.process.stderr.readline()
            assert line, "".join(self.errors)
            self.errors.append(line)
            found = re.search(r"listens on (http://127\.0\.0\.1:[0-9]+)", line)
        self.url = found[1]
        self.readers = [
            Thread(target=self.output.extend, args=(self.process.stdout,)),
            Thread(target=self.errors.extend, args=(self.process.stderr,)),
        ]
        for reader in self.readers:
            reader.start()
        self.client = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self) -> int:
        """Stop the server; return its exit status."""
        self.client.close()
        self.process.terminate()
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return status


Serve: TypeAlias = Callable[..., Stranger]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start raw_router with options; each server ends with the test, by SIGTERM and with status 0."""
    with ExitStack() as stack:

        def started(*options: str) -> Stranger:
            stranger = Stranger(tmp_path, *options)
            stack.callback(check, stranger)
            return stranger

        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def check(stranger: Stranger) -> None:
    if stranger.process.poll() is None:
        assert stranger.end() == 0, "".join(stranger.errors)
