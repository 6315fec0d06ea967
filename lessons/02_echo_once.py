"""An echo server for one client: it sends back what it receives.
It cannot serve a second client: it ends when the first one leaves."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        client, address = listener.accept()
        with client:
            while data := client.recv(4096):
                client.sendall(data)


with suppress(KeyboardInterrupt):
    main()
