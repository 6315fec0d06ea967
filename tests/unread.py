"""Commands whose output nobody reads, as where `head` has seen enough."""

import os
import subprocess
import sys


def status_unread(module: str, *arguments: str) -> int:
    """Return how python -m MODULE ends; it complains of nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([sys.executable, "-m", module, *arguments], stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert done.stderr == b""
    return done.returncode
