"""A WSGI application that forks in the ways that applications do, each at a path of its own."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

LATE = 20  # seconds, after which a process that should have been ended ends


def double(number: int) -> int:
    return 2 * number


def pool() -> str:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return str(pool.map(double, [1, 2]))


def run() -> str:
    return subprocess.run([sys.executable, "-c", "print('ran')"], capture_output=True, text=True, check=True).stdout


def forked(in_child: Callable[[], object]) -> str:
    """Fork; return what became of the child."""
    child = os.fork()
    if child == 0:
        in_child()
        return "child"
    return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def raises() -> None:
    raise RuntimeError("in the child")


def killed() -> str:
    child = os.fork()
    if child == 0:
        time.sleep(LATE)
        os._exit(0)
    os.kill(child, signal.SIGTERM)
    return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def sleeping_program() -> str:
    with subprocess.Popen(
        [sys.executable, "-c", f"import time; print(flush=True); time.sleep({LATE})"], stdout=-1
    ) as it:
        assert it.stdout
        it.stdout.readline()
        it.terminate()
        return str(it.wait())


def sleeper() -> str:
    if os.fork() == 0:
        time.sleep(LATE)
        os._exit(0)
    return "sleeps"


PATHS: dict[str, Callable[[], str]] = {
    "/": lambda: "here",
    "/pool": pool,
    "/run": run,
    "/exit": lambda: forked(lambda: os._exit(3)),
    "/sys-exit": lambda: forked(lambda: sys.exit(4)),
    "/raise": lambda: forked(raises),
    "/return": lambda: forked(lambda: None),
    "/kill": killed,
    "/program": sleeping_program,
    "/sleeper": sleeper,
}
EXPECTED = {
    "/pool": "[2, 4]",
    "/run": "ran\n",
    "/exit": "3",
    "/sys-exit": "4",
    "/raise": "1",
    "/return": "0",
    "/kill": str(-signal.SIGTERM),
    "/program": str(-signal.SIGTERM),
    "/pieces": "1",
}


def pieces() -> Iterator[bytes]:
    yield b""
    yield forked(raises).encode()


def torn() -> Iterator[bytes]:
    sleeper()
    yield b"torn"
    raise RuntimeError("in the parent")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    match environ["PATH_INFO"]:
        case "/pieces":
            return pieces()
        case "/torn":
            return torn()
        case path:
            return [PATHS[path]().encode()]
