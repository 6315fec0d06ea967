"""The bare loop, a measure for all others: whatever comes, it sends the same octets, and parses nothing."""

import select
import socket
import sys
from pathlib import Path

RECEIVE_SIZE = 64 * 1024  # octets
BACKLOG = 1024


def serve(listener: socket.socket, answer: bytes, persists: bool) -> None:
    """Answer whatever comes, for ever; a connection that does not persist is closed after its answer."""
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    clients: dict[int, socket.socket] = {}
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                client, _ = listener.accept()
                clients[client.fileno()] = client
                poll.register(client.fileno(), select.EPOLLIN)
            elif not (send_answer(clients[number], answer) and persists):
                clients.pop(number).close()


def send_answer(client: socket.socket, answer: bytes) -> bool:
    """Answer what has come; False once the client has gone."""
    try:
        return bool(client.recv(RECEIVE_SIZE) and client.send(answer))
    except OSError:
        return False


def main(port: str, file: str, times: str) -> None:
    answer = Path(file).read_bytes()
    with socket.create_server(("127.0.0.1", int(port)), backlog=BACKLOG) as listener:
        serve(listener, answer * int(times), persists=b"\r\nConnection: close\r\n" not in answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
