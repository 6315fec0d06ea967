"""Lines, not packets: TCP carries a stream of bytes, and a message ends at a newline wherever the packets end.
It cannot carry a message that contains a newline, such as a picture."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
LONGEST = 64 * 1024  # bytes; without a limit, a line that never ends fills the memory


def main():
    with socket.create_server(("127.0.0.1", PORT)) as listener:
        print(f"Listening on port {listener.getsockname()[1]}", flush=True)
        while True:
            client, address = listener.accept()
            answer(client)


def answer(client):
    with client, suppress(ConnectionError):
        data = b""
        while received := client.recv(4096):
            data += received
            *lines, data = data.split(b"\n")
            for line in lines:
                text = line.decode(errors="replace").rstrip("\r")
                client.sendall(f"{len(text)} characters, backwards: {text[::-1]}\n".encode())
            if len(data) > LONGEST:
                return


with suppress(KeyboardInterrupt):
    main()
