"""What one silent client does to each echo server of this ladder: a second client sends a line and measures.
It cannot show what many clients cost: for that, start a thousand, and look at memory and time."""

import re
import socket
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from time import perf_counter

SERVERS = ("03_echo_forever", "10_threads", "11_forks", "12_nonblocking", "13_select", "14_selectors",
           "15_asyncio_streams")  # fmt: skip
PATIENCE = 1.0  # seconds


def measure(port):
    """Return how long an echo takes while another client is connected and sends nothing."""
    with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as second:
        second.settimeout(PATIENCE)
        start = perf_counter()
        second.sendall(b"hello\n")
        try:
            second.recv(100)
        except TimeoutError:
            return f"no echo within {PATIENCE:.0f} second: the second client waits for the first"
        return f"echo after {1000 * (perf_counter() - start):.1f} ms"


def main():
    for name in SERVERS:
        with Popen([sys.executable, Path(__file__).with_name(f"{name}.py"), "0"], stdout=PIPE, text=True) as server:
            try:
                line = server.stdout.readline()
                print(f"{name:20} {measure(int(re.search('port ([0-9]+)', line)[1]))}", flush=True)
            finally:
                server.terminate()


with suppress(KeyboardInterrupt):
    main()
