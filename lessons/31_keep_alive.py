"""Keep-alive: a connection carries many requests, one after the other, until one side closes it.
It cannot tell methods apart: HEAD gets a body, which the client takes for the next response, and POST is GET."""

import socket
import sys
from contextlib import suppress
from email.utils import formatdate
from html import escape
from threading import Thread
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
        for head in receive_heads(client):
            status, title, keep = respond(head)
            body = PAGE.format(escape(title)).encode()
            client.sendall(generate_headers(status, len(body), keep) + body)
            if not keep:
                return


def receive_heads(client):
    """Yield the head of each request, once it has arrived whole."""
    data = b""
    while len(data) < LONGEST_HEAD and (received := client.recv(4096)):
        *heads, data = (data + received).split(b"\r\n\r\n")
        yield from heads


def parse_request(head):
    """Return the path, and whether the connection stays open. Raise ValueError if the head is invalid."""
    line, *fields = head.decode("latin-1").split("\r\n")
    method, target, version = line.split(" ")
    headers = dict(field.lower().split(":", 1) for field in fields)
    path = target.split("?")[0]
    keep = version == "HTTP/1.1" and "close" not in headers.get("connection", "")
    return path, keep and not headers.keys() & {"content-length", "transfer-encoding"}  # it reads no bodies


def respond(head):
    """Return the status, the title of the page, and whether the connection stays open."""
    try:
        path, keep = parse_request(head)
    except ValueError:
        return "400 Bad Request", "This is not a request", False
    if path not in URLS:
        return "404 Not Found", f"{path} was not found", keep
    return "200 OK", URLS[path](), keep


def generate_headers(status, length, keep):
    fields = f"Date: {formatdate(usegmt=True)}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}"
    return f"HTTP/1.1 {status}\r\n{fields}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n\r\n".encode()


with suppress(KeyboardInterrupt), socket.create_server(("127.0.0.1", PORT)) as listener:
    print(f"Listening on port {listener.getsockname()[1]}", flush=True)
    while True:
        client, address = listener.accept()
        Thread(target=serve, args=(client,), daemon=True).start()
