"""Each line that reproduces a failure is run by bash against its server, and shows what the report says."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.sandbox.launcher import LocalTarget
from tests.naive.judging import HERE, outcomes
from tests.serving import becomes_true

BASH = shutil.which("bash") or ""
LIMIT = 30.0  # seconds
RULES = {
    "tutorial": (
        *("listen-survives-silence", "listen-survives-reset", "respond-crlf", "respond-three-packets"),
        *("methods-not-allowed", "methods-head-no-body", "concurrency-idle"),
    ),
    "never_closes": ("respond-length",),
    "one_buffer": ("concurrency-slow-sender",),
}
CASES = [(server, rule) for server, rules in RULES.items() for rule in rules]


@pytest.mark.parametrize(("name", "rule"), CASES, ids=lambda value: str(value))
def test_a_line_shows_the_fault(name: str, rule: str) -> None:
    [outcome] = map(diagnosed, outcomes(name, [rule]))
    assert outcome.verdict == "failed"
    assert outcome.reproduce
    command = f"{shlex.join([sys.executable, str(HERE / f'{name}.py')])} {{port}}"
    with LocalTarget(command) as target:
        port = target.running().port
        printed = run(re.sub(r"127\.0\.0\.1(:|\", )\d+", rf"127.0.0.1\g<1>{port}", outcome.reproduce))
        has_ended = outcome.crash is not None and becomes_true(lambda: target.crash() is not None)
    shown = (outcome.diagnosis.failure if outcome.diagnosis else outcome.failures[0]).transcript
    if shown and shown.received:
        assert words(shown.received) in printed
    if shown and shown.ended == "timeout":
        assert "TimeoutError" in printed
    elif outcome.crash:
        assert has_ended


def words(received: bytes) -> str:
    """Return the first line, as curl or Python prints it."""
    return received.split(b"\n")[0].rstrip(b"\r").decode("latin-1")


def run(line: str) -> str:
    done = subprocess.run([BASH, "-c", line], capture_output=True, timeout=LIMIT, text=True)
    return f"{done.stdout}{done.stderr}"
