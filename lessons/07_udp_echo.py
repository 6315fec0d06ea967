"""Echo over UDP: each datagram is one message with its sender's address, and there are no connections.
It cannot know what was lost: a datagram without room in a buffer disappears, and nobody reports that."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", PORT))
        print(f"Listening on port {server.getsockname()[1]}", flush=True)
        while True:
            data, address = server.recvfrom(65_535)
            server.sendto(data, address)


with suppress(KeyboardInterrupt):
    main()
