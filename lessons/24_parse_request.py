"""`parse_request` takes the request line apart, and cuts the query off. What is not a request is a 400.
It cannot get another page without another `if`."""

import socket
import sys
from contextlib import suppress
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def serve(client):
    with client, suppress(OSError):
        status, page = respond(client.recv(4096))
        client.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{page}".encode())


def parse_request(request):
    """Return the path, without the query. Raise ValueError if the request is invalid."""
    line, *fields = request.decode("latin-1").split("\r\n")  # in Latin-1 each byte is a character: this cannot fail
    method, target, version = line.split(" ")
    return target.split("?")[0]


def respond(request):
    """Return the status, and the page."""
    try:
        path = parse_request(request)
    except ValueError:
        return "400 Bad Request", "<h1>This is not a request</h1>"
    if path == "/time.html":
        return "200 OK", strftime("<h1>%H:%M:%S %d.%m.%Y</h1>")
    return "404 Not Found", "<h1>This page was not found</h1>"


with suppress(KeyboardInterrupt), socket.create_server(("127.0.0.1", PORT)) as listener:  # with SO_REUSEADDR
    print(f"Listening on port {listener.getsockname()[1]}", flush=True)
    while True:
        client, address = listener.accept()
        serve(client)
