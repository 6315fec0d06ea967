"""`sidebyside compare --watch`: compares again at each change, and goes on after errors."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from http_contract.errors import CannotJudge
from sidebyside.checkout import environment
from sidebyside.compare.watching import WAITING, report_errors
from tests.contract.scripted import OK, says, scripted
from tests.serving import HOST
from tests.session import LIMIT, PATIENCE


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Compare two servers again at each change in a folder."""
    with scripted(says(OK)) as one, scripted(says(OK)) as two:
        urls = [f"http://{HOST}:{each.port}" for each in (one, two)]
        command = [sys.executable, "-m", "sidebyside", "compare", "GET", "/", "--watch", "--urls", *urls]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": tmp_path, "env": environment()}
        with subprocess.Popen(command, text=True, **options) as process:  # type: ignore[call-overload]
            watchdog = Timer(PATIENCE, process.kill)
            watchdog.start()
            yield process
            watchdog.cancel()
            process.kill()


def until_it_waits(process: subprocess.Popen[str]) -> list[str]:
    """Return the lines of its output until it waits for a change."""
    assert process.stdout is not None
    return [line.rstrip() for line in iter(process.stdout.readline, f"{WAITING}\n") if line]


def test_it_compares_again_when_a_source_changes(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    assert until_it_waits(watching)[-1] == "Identical"
    (tmp_path / "server.log").write_text("a server writes this")
    (tmp_path / "server.py").write_text("pass")
    assert until_it_waits(watching)[-1] == "Identical"
    watching.send_signal(signal.SIGINT)
    assert watching.wait(LIMIT) == 130


def test_an_error_is_printed_and_does_not_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise CannotJudge("no server")

    report_errors(fail, 0.0)
    assert capsys.readouterr().err == "Error: no server\n"


def test_a_server_that_starts_again_is_awaited(capsys: pytest.CaptureFixture[str]) -> None:
    failures = iter([CannotJudge("no server"), CannotJudge("no server")])

    def fail_twice() -> None:
        for failure in failures:
            raise failure

    report_errors(fail_twice, PATIENCE)
    assert capsys.readouterr() == ("", "")
