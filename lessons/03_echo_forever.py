"""An echo server for one client after another: `while True` around `accept`, and no client's error ends it.
It cannot serve two clients at once: the second one waits until the first one leaves."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        while True:
            client, address = listener.accept()
            echo(client)


def echo(client):
    with client, suppress(ConnectionError):
        while data := client.recv(4096):
            client.sendall(data)


with suppress(KeyboardInterrupt):
    main()
