"""Content-Length: it counts the bytes of the body, not its characters, and the client notices a body that is cut.
It cannot read a request in two packets: `recv` returns what has arrived so far, and perhaps that is half a head."""

import socket
import sys
from contextlib import suppress
from email.utils import formatdate
from html import escape
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1><a href='/test'>Test</a> <a href='/time'>Time</a>"


def index():
    return "Index"


def test():
    return "Test"


def time():
    return strftime("%H:%M:%S %d.%m.%Y")


URLS = {"/": index, "/test": test, "/time": time, "/time.html": time}


def serve(client):
    with client, suppress(OSError):
        status, title = respond(client.recv(4096))
        body = PAGE.format(escape(title)).encode()
        client.sendall(generate_headers(status, len(body)) + body)


def parse_request(request):
    """Return the path, without the query. Raise ValueError if the request is invalid."""
    line, *fields = request.decode("latin-1").split("\r\n")  # in Latin-1 each byte is a character: this cannot fail
    method, target, version = line.split(" ")
    return target.split("?")[0]


def respond(request):
    """Return the status, and the title of the page."""
    try:
        path = parse_request(request)
    except ValueError:
        return "400 Bad Request", "This is not a request"
    if path not in URLS:
        return "404 Not Found", f"{path} was not found"
    return "200 OK", URLS[path]()


def generate_headers(status, length):
    fields = f"Date: {formatdate(usegmt=True)}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}"
    return f"HTTP/1.1 {status}\r\n{fields}\r\nConnection: close\r\n\r\n".encode()


with suppress(KeyboardInterrupt), socket.create_server(("127.0.0.1", PORT)) as listener:
    print(f"Listening on port {listener.getsockname()[1]}", flush=True)
    while True:
        client, address = listener.accept()
        serve(client)
