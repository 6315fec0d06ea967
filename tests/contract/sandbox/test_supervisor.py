"""The supervisor: on systems that count less, and with processes that multiply faster than it can measure them."""

import ctypes
import json
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from http_contract.sandbox import supervisor
from http_contract.sandbox.output import ignore_line
from http_contract.sandbox.process import ProcessGroup
from http_contract.sandbox.supervisor import End, Limits

LISTENS = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
print(listener.getsockname()[1], flush=True)
client.recv(1)
"""
MULTIPLIES = """
import itertools, json, socket, sys, time
from http_contract.sandbox import supervisor
limits = supervisor.Limits(tasks=10)
supervisor.tasks_of_machine = itertools.count(step=limits.tasks + 1).__next__  # more at each alarm
supervisor.violation = lambda *_: time.sleep(0.2) or ""  # a measurement that takes long and finds nothing
supervisor.supervise(socket.socket(fileno=0), ["sleep", "60"], limits)
"""
OTHERS_MULTIPLY = """
import itertools, socket
from http_contract.sandbox import supervisor
limits = supervisor.Limits(tasks=10)
supervisor.tasks_of_machine = itertools.chain([0], itertools.repeat(11)).__next__
supervisor.supervise(socket.socket(fileno=0), ["sh", "-c", "sleep 0.1; exit 3"], limits)
"""


@pytest.fixture
def group() -> ProcessGroup:
    return ProcessGroup([sys.executable, "-c", LISTENS], None, {}, Limits(), ignore_line)


@pytest.fixture
def ended() -> psutil.Popen:
    process = psutil.Popen(["true"])
    process.wait()
    return process


def test_ports_are_those_listened_on(group: ProcessGroup) -> None:
    while not group.output.endswith("\n"):
        assert group.is_running
    ports = group.ports
    group.stop()
    assert ports == [int(group.output)]


def test_what_has_ended_takes_no_more_time(group: ProcessGroup) -> None:
    group.stop()
    assert group.cpu == 0.0


def test_nothing_is_below_what_has_ended(ended: psutil.Popen) -> None:
    assert supervisor.descendants(ended) == []


def test_nothing_is_measured_of_what_has_ended(ended: psutil.Popen) -> None:
    assert supervisor.total([ended], psutil.Process.num_threads) == 0


@pytest.mark.parametrize(
    ("script", "end"),
    [
        pytest.param(MULTIPLIES, End(limit="tasks", value=10), id="its own are ended"),
        pytest.param(OTHERS_MULTIPLY, End(status=3), id="those of others do it no harm"),
    ],
)
def test_processes_that_multiply_faster_than_they_are_looked_at(script: str, end: End) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, subprocess.Popen([sys.executable, "-c", script], stdin=theirs.fileno()) as process:
        theirs.close()
        with ours.makefile() as lines:
            assert json.loads(next(lines)) == asdict(end)
        assert process.wait() == 0


def test_a_system_that_does_not_count_its_tasks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "LOADAVG", tmp_path / "loadavg")
    assert supervisor.tasks_of_machine() == 0


def test_a_system_without_adoption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: pytest.fail("asked for Linux's prctl"))
    supervisor.adopt_orphans()


def test_the_first_oom_victim_where_memory_is_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    score = tmp_path / "oom_score_adj"
    score.write_text("7")
    monkeypatch.setattr(supervisor, "OOM_SCORE", score)
    with supervisor.first_oom_victim():
        assert score.read_text() == "1000"
    assert score.read_text() == "7"


def test_a_system_that_knows_no_first_oom_victim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "OOM_SCORE", tmp_path / "oom_score_adj")
    with supervisor.first_oom_victim():
        assert not supervisor.OOM_SCORE.exists()
    assert not supervisor.OOM_SCORE.exists()
