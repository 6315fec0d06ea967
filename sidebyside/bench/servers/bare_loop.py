"""The bare loop, an upper bound for all servers: it parses nothing, and sends the same octets whatever arrives."""

import select
import socket
import sys
from pathlib import Path

RECEIVE_SIZE = 64 * 1024  # octets
BACKLOG = 1024


def serve(listener: socket.socket, response: bytes, persists: bool) -> None:
    """Respond to whatever arrives, without end; connections that do not persist are closed after one response."""
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    clients: dict[int, socket.socket] = {}
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                client, _ = listener.accept()
                clients[client.fileno()] = client
                poll.register(client.fileno(), select.EPOLLIN)
            elif not (send_response(clients[number], response) and persists):
                clients.pop(number).close()


def send_response(client: socket.socket, response: bytes) -> bool:
    """Respond to what has arrived. Returns False if the client has closed the connection."""
    try:
        return bool(client.recv(RECEIVE_SIZE) and client.send(response))
    except OSError:
        return False


def main(port: str, file: str, times: str) -> None:
    response = Path(file).read_bytes()
    with socket.create_server(("127.0.0.1", int(port)), backlog=BACKLOG) as listener:
        serve(listener, response * int(times), persists=b"\r\nConnection: close\r\n" not in response)


if __name__ == "__main__":
    main(*sys.argv[1:])
