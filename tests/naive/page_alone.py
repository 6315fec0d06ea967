"""HTTP/0.9: the page alone, and no port without SO_REUSEADDR."""

import socket
import sys

PAGES = {b"/": "Index", b"/test": "Test", b"/time": "12:00:00 01.01.2020", b"/time.html": "12:00:00 01.01.2020"}


def main() -> None:
    server = socket.socket()
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen()
    while True:
        client, _ = server.accept()
        with client:
            words = client.recv(65536).split()
            page = PAGES.get(words[1], "Not found") if len(words) > 1 else "Bad request"
            client.sendall(f"<h1>{page}</h1>".encode())


if __name__ == "__main__":
    main()
