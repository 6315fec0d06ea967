"""`generate_headers`: each response has a status line, the date, and the type and encoding of its page.
It cannot name the missing path on its 404 page: a path may contain HTML, which the browser would execute."""

import socket
import sys
from contextlib import suppress
from email.utils import formatdate
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


def index():
    return "<h1>Index</h1><a href='/test'>Test</a> <a href='/time'>Time</a>"


def test():
    return "<h1>Test</h1>"


def time():
    return strftime("<h1>%H:%M:%S %d.%m.%Y</h1>")


URLS = {"/": index, "/test": test, "/time": time, "/time.html": time}


def serve(client):
    with client, suppress(OSError):
        status, page = respond(client.recv(4096))
        client.sendall(generate_headers(status) + page.encode())


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
    if path not in URLS:
        return "404 Not Found", "<h1>This page was not found</h1>"
    return "200 OK", URLS[path]()


def generate_headers(status):
    fields = f"Date: {formatdate(usegmt=True)}\r\nContent-Type: text/html; charset=utf-8"
    return f"HTTP/1.1 {status}\r\n{fields}\r\nConnection: close\r\n\r\n".encode()


with suppress(KeyboardInterrupt), socket.create_server(("127.0.0.1", PORT)) as listener:
    print(f"Listening on port {listener.getsockname()[1]}", flush=True)
    while True:
        client, address = listener.accept()
        serve(client)
