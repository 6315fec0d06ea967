"""A pool of threads and a queue: sixteen threads share the work of connecting to a thousand ports of this machine.
It cannot know what a port is for: the registered name of a port is a habit, and any program may listen there."""

import queue
import socket
import sys
from contextlib import suppress
from threading import Thread

FIRST = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
THREADS = 16


def sweep(ports, open_ports):
    """Take ports from the queue until it is empty."""
    while True:
        try:
            port = ports.get_nowait()
        except queue.Empty:
            return
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            open_ports.append(port)


def service(port):
    try:
        return socket.getservbyport(port)
    except OSError:
        return "no registered service"


def main():
    ports, open_ports = queue.Queue(), []
    last = min(FIRST + 999, 65_535)
    for port in range(FIRST, last + 1):
        ports.put(port)
    threads = [Thread(target=sweep, args=(ports, open_ports), daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"ports {FIRST} to {last} of 127.0.0.1, open: {len(open_ports)}")
    for port in sorted(open_ports):
        print(f"{port}: {service(port)}")


with suppress(KeyboardInterrupt):
    main()
