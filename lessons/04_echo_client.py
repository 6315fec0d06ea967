"""An echo client: `sendall` sends everything, and a loop of `recv` reads until everything has come back.
It cannot read an answer of unknown length: it knows how long an echo is."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
MESSAGE = b"0123456789" * 20_000


def main():
    with socket.create_connection(("127.0.0.1", PORT)) as server:
        received, parts = 0, 0
        for start in range(0, len(MESSAGE), 10_000):  # without reading in between, both sides would wait
            part = MESSAGE[start : start + 10_000]
            server.sendall(part)
            echo = b""
            while len(echo) < len(part):
                data = server.recv(4096)
                if not data:
                    sys.exit("The server left in the middle of its answer.")
                echo += data
                parts += 1
            assert echo == part
            received += len(echo)
    print(f"sent {len(MESSAGE)} bytes, received {received} in {parts} parts")


with suppress(KeyboardInterrupt):
    main()
