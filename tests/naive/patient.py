"""A careful server, but it waits for one client at a time, writes the page on HEAD, and shows its errors."""

import socket
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

PAGES = {"/": "Index", "/test": "Test", "/time": "", "/time.html": ""}


def head(status: str, length: int, *fields: str) -> bytes:
    date = format_datetime(datetime.now(UTC), usegmt=True)
    kind = "Content-Type: text/html; charset=utf-8"
    lines = (f"HTTP/1.1 {status}", f"Date: {date}", kind, f"Content-Length: {length}", *fields, "", "")
    return "\r\n".join(lines).encode()


def answer(status: str, page: str, *fields: str) -> bytes:
    body = page.encode()
    return head(status, len(body), *fields) + body


def respond(request: bytes) -> bytes:
    method, target, _ = request.decode("latin-1").split("\r\n")[0].split(" ")
    path = target.split("?")[0]
    if path.startswith("%", 1):
        path = "/" + bytes.fromhex(path[2:4]).decode("ascii") + path[4:]
    if path not in PAGES:
        return answer("404 Not Found", f"<h1>Not found</h1>{path}")
    if method not in ("GET", "HEAD"):
        return answer("405 Method Not Allowed", "<h1>No</h1>", "Allow: GET, HEAD")
    page = PAGES[path] or f"{datetime.now():%H:%M:%S %d.%m.%Y}"
    return answer("200 OK", f"<h1>{page}</h1>")


def serve(client: socket.socket) -> None:
    request = b""
    while b"\r\n\r\n" not in request:
        data = client.recv(65536)
        if not data:
            return
        request += data
    try:
        client.sendall(respond(request))
    except ValueError:
        client.sendall(answer("500 Internal Server Error", traceback.format_exc()))


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = server.accept()
        with client, suppress(ConnectionError):
            serve(client)


if __name__ == "__main__":
    main()
