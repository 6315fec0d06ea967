"""A thread for each client, a Content-Length of characters, a 405 without Allow; what fails, fails in its thread."""

import socket
import sys
import threading
from datetime import UTC, datetime

PAGES = {"/": "<h1>Café</h1>", "/test": "<h1>Thé</h1>"}


def answer(status: str, body: str) -> bytes:
    date = f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}"
    head = f"HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def respond(method: str, target: str) -> bytes:
    path = target.split("?")[0]
    if path in ("/time", "/time.html"):
        return answer("200 OK", f"<h1>{datetime.now():%H:%M:%S %d.%m.%Y}</h1>")
    if path not in PAGES:
        return answer("404 Not Found", "<h1>404</h1>")
    if method != "GET":
        return answer("405 Method Not Allowed", "<h1>405</h1>")
    return answer("200 OK", PAGES[path])


def serve(client: socket.socket) -> None:
    with client:
        method, target, _ = client.recv(4096).decode("latin-1").split("\r\n")[0].split(" ")
        client.sendall(respond(method, target))


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,)).start()


if __name__ == "__main__":
    main()
