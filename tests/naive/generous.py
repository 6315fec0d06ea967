"""A page and 200 for every path, with nothing between head and page."""

import socket
import sys

RESPONSE = """\
HTTP/1.1 200 OK\r
Content-Type: text/html\r
<h1>Welcome</h1>
"""


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = server.accept()
        client.recv(65536)
        client.sendall(RESPONSE.encode())
        client.close()


if __name__ == "__main__":
    main()
