"""What servers require, and raw_router behind nginx when one of the two fails."""

import re
import subprocess
import sys
from typing import IO, cast

import pytest

from http_contract.sandbox.ports import free_port
from sidebyside.launch.nginx import running, wait_until_listening
from sidebyside.launch.requirements import LaunchError, package_version, program_path, program_version

IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"


def test_versions_of_packages_and_programs() -> None:
    assert re.fullmatch(r"\d+\.\d+.*", package_version("flask") or "")
    assert package_version("no-such-package") is None
    assert program_version(sys.executable, "--version") == sys.version.split()[0]
    assert program_version(sys.executable, "-c0") == "unknown"
    assert program_version("no-such-program", "-v") is None


def test_a_missing_program_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sidebyside.launch.requirements.SYSTEM_FOLDERS", ())
    with pytest.raises(LaunchError, match=r"^wrk is not installed. Install it: apt-get install wrk$"):
        program_path("wrk")


def test_a_server_that_ends_is_not_waited_for() -> None:
    with running([sys.executable, "-c", ""]) as server:
        assert not wait_until_listening(free_port(), server)


def test_a_server_that_ignores_sigterm_is_killed() -> None:
    with running([sys.executable, "-c", IGNORES_SIGTERM], stdout=subprocess.PIPE) as server:
        output = cast(IO[bytes], server.stdout)
        output.readline()
    output.close()
    assert server.returncode == -9
