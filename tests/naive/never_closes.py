"""Answers without a length, on connections that it keeps for ever."""

import socket
import sys

CLIENTS: list[socket.socket] = []


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = server.accept()
        CLIENTS.append(client)
        client.recv(65536)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Hello</h1>")


if __name__ == "__main__":
    main()
