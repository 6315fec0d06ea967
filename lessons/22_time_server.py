"""A time server: the smallest use of HTTP. `/time.html` is a page, other paths are 404, and an error is 500.
It cannot be started again at once: the system reserves the port for its old connections for a minute."""

import socket
import sys
from contextlib import suppress
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def serve(client):
    with client, suppress(OSError):
        status, page = respond(client.recv(4096))
        client.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{page}".encode())


def respond(request):
    """Return the status, and the page."""
    try:
        path = request.decode().split(" ")[1]
    except (UnicodeDecodeError, IndexError):
        return "500 Internal Server Error", "<h1>This server has failed</h1>"
    if path == "/time.html":
        return "200 OK", strftime("<h1>%H:%M:%S %d.%m.%Y</h1>")
    return "404 Not Found", "<h1>This page was not found</h1>"


with suppress(KeyboardInterrupt), socket.socket() as listener:
    listener.bind(("127.0.0.1", PORT))
    listener.listen()
    print(f"Listening on port {listener.getsockname()[1]}", flush=True)
    while True:
        client, address = listener.accept()
        serve(client)
