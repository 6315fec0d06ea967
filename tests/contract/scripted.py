"""A server that plays a script to each client, to do what no real server does."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

from http_contract import Server

Script: TypeAlias = Callable[[socket.socket], None]

TIMEOUT = 0.3  # seconds that the judge waits where the script says too little
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def says(*pieces: bytes) -> Script:
    """Hear something, say the pieces, close."""

    def script(client: socket.socket) -> None:
        client.recv(65536)
        for piece in pieces:
            client.sendall(piece)

    return script


def answers_at(end: bytes) -> Script:
    """Answer as soon as what came ends so, and close without a reset."""

    def script(client: socket.socket) -> None:
        came = b""
        while not came.endswith(end) and (data := client.recv(1)):
            came += data
        client.sendall(OK)
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass

    return script


def says_nothing(client: socket.socket) -> None:
    while client.recv(65536):
        pass


@contextmanager
def scripted(script: Script, timeout: float = TIMEOUT) -> Iterator[Server]:
    """Play the script to one client after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=play, args=(listener, script))
        thread.start()
        try:
            yield Server("127.0.0.1", listener.getsockname()[1], timeout=timeout)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def play(listener: socket.socket, script: Script) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, suppress(OSError):
                script(client)
