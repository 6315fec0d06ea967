"""Child processes that a fault ended are found until their parent waits for them, and others are not."""

import signal
import subprocess
import sys

from http_contract.sandbox.children import fault_of, faults_below
from tests.serving import becomes_true

PARENT = """
import os, signal, sys
def child(end):
    if os.fork() == 0:
        end()
        os._exit(3)
child(lambda: os.kill(os.getpid(), signal.SIGSEGV))
child(lambda: os.kill(os.getpid(), signal.SIGPIPE))
child(lambda: None)
child(lambda: child(lambda: os.kill(os.getpid(), signal.SIGABRT)) or sys.stdin.read())
sys.stdin.read()
"""


def test_only_faults_are_found_at_any_depth() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", PARENT], stdin=subprocess.PIPE) as parent:
        found = becomes_true(lambda: len(faults_below(parent.pid)) == 2)
        assert found
        assert sorted(faults_below(parent.pid).values()) == [signal.SIGABRT, signal.SIGSEGV]
        pids = list(faults_below(parent.pid))
    assert faults_below(parent.pid) == {}
    assert parent.returncode == 0
    assert becomes_true(lambda: not any(map(fault_of, pids)))
