"""Submissions that harm a judge, or fool it: each gets a verdict that names it, in time, and nothing of it is left."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from http_contract.escaping import escape_controls

HERE = Path(__file__).parent
TIME = 90.0  # seconds for a judgement, on a busy machine
MEMORY = 200 * 1024  # KiB for the judge
QUICK = 3  # the last stage that is judged in `make test`
STAGES = {"hard_coded": 5}  # the stage in which one of them is named, if it is a later one

# What is said of each, in this order.
SAID = {
    "exits_at_once": ("did not start: it ended with exit status 1", "I would rather not"),
    "never_binds": ("did not start: it runs, but does not listen on port",),
    "binds_elsewhere": ("did not start: it listens on port",),
    "never_accepts": ("listen-answers", "no response came: the server sent nothing in time"),
    "says_nothing": ("listen-answers", "no response came: the server sent nothing in time"),
    "closes_at_once": ("listen-answers", "no response came: the server closed the connection"),
    "resets": ("listen-answers", "no response came: the server reset the connection"),
    "answers_forever": (
        "respond-length",
        "only the end of the connection ends the response: the judge stopped reading after too many bytes",
    ),
    "endless_head": ("respond-length", "the header fields have no end: the judge stopped reading after too many bytes"),
    "drips": ("listen-answers", "no status line came in time"),
    "hundred_megabytes": (
        "respond-length",
        "Content-Length is 104857600",
        "the judge stopped reading after too many bytes",
    ),
    "bad_chunks": ("respond-length", "a chunk has "),
    "children_hold_the_port": ("route-unknown", "the status is 200, not 404"),
    "ignores_sigterm": ("route-unknown", "the status is 200, not 404"),
    "floods_stdout": ("route-unknown", "the status is 200, not 404"),
    "hoards_memory": ("Judging stopped early: it used more than 2048 MiB of memory",),
    "fills_the_disk": ("Judging stopped early: it wrote a file of more than 256 MiB",),
    "exits_in_mid_run": ("the server's process ended with exit status 1", "Enough"),
    "hard_coded": ("parameters-hello ", "there is no /hello/<name>"),
    "for_the_judge": ("route-user-agent", "the status is 404, not 200"),
    "writes_its_own_results": ("route-unknown", "the status is 200, not 404"),
    "locks_its_report": ("route-unknown", "the status is 200, not 404"),
    "kills_the_judge": ("Judging stopped early: it ended the process that watches it",),
    "prints_commands": ("respond-fields", "\\x1b]0;title\\x07", "\\u202e"),
}

# `make test` judges one server of each group: these are left to `make test-all`.
ALIKE = {
    "binds_elsewhere",
    "never_accepts",
    "resets",
    "endless_head",
    "bad_chunks",
    "writes_its_own_results",
}
NAMES = [pytest.param(name, marks=pytest.mark.full) if name in ALIKE else name for name in SAID]


def judged(name: str, until: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return the judge's last words of one of them, which ran in a folder, as did all that came of it."""
    server = shlex.join([sys.executable, str(HERE / "servers.py"), name]) + " {port}"
    check = [
        "check",
        "--command",
        server,
        "--until",
        str(until),
        "--all",
        "--seed",
        "1",
        "--report",
        "json=report.json",
    ]
    judge = [sys.executable, str(HERE / "measured.py"), *check]
    return subprocess.run(judge, cwd=folder, capture_output=True, text=True, timeout=TIME)


@pytest.mark.parametrize("until", [pytest.param(QUICK, id="quick"), pytest.param(10, id="all", marks=pytest.mark.full)])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_named_and_gone(name: str, until: int, tmp_path: Path) -> None:
    judge = judged(name, max(until, STAGES.get(name, 0)), tmp_path)
    assert judge.returncode == 1, judge.stderr
    assert in_this_order(judge.stdout, SAID[name])
    assert int(judge.stderr.splitlines()[-1]) < MEMORY
    assert not list(running_in(tmp_path))
    assert escape_controls(judge.stdout) == judge.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert f"{report['points']} of {report['max_points']} points" in judge.stdout.splitlines()[-1]


def in_this_order(text: str, parts: tuple[str, ...]) -> bool:
    for part in parts:
        _, found, text = text.partition(part)
        if not found:
            pytest.fail(f"not said: {part}")
    return True


def running_in(folder: Path) -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder))
