"""Whole heads: it receives until the empty line has come, in one packet or in many.
It cannot serve two browsers at once: a connection that stays silent blocks all others."""

import socket
import sys
from contextlib import suppress
from email.utils import formatdate
from html import escape
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
LONGEST_HEAD = 64 * 1024  # bytes
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
        status, title = respond(receive_head(client))
        body = PAGE.format(escape(title)).encode()
        client.sendall(generate_headers(status, len(body)) + body)


def receive_head(client):
    """Return the head of the request, once it has arrived whole. Raise ConnectionError if the client leaves before."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = client.recv(4096)
        if not received or len(data) > LONGEST_HEAD:
            raise ConnectionError
        data += received
    return data.split(b"\r\n\r\n")[0]


def parse_request(head):
    """Return the path, without the query. Raise ValueError if the head is invalid."""
    line, *fields = head.decode("latin-1").split("\r\n")  # in Latin-1 each byte is a character: this cannot fail
    method, target, version = line.split(" ")
    return target.split("?")[0]


def respond(head):
    """Return the status, and the title of the page."""
    try:
        path = parse_request(head)
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
