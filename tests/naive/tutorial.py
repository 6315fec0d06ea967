"""The tutorial's server: `\\n\\n`, one recv(1024), decode(), split()[1], no lengths, one client after the other."""

import socket
import sys
from datetime import datetime

PAGES = {"/": "<h1>Index</h1>", "/test": "<h1>Test</h1>"}


def page(path: str) -> str:
    if path in ("/time", "/time.html"):
        return f"<h1>{datetime.now():%H:%M:%S %d.%m.%Y}</h1>"
    return PAGES.get(path, "")


def main() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen(5)
    while True:
        client, _ = server.accept()
        request = client.recv(1024).decode()
        path = request.split()[1]
        body = page(path)
        response = "HTTP/1.1 200 OK\n\n" + body if body else "HTTP/1.1 404 NOT FOUND\n\n<h1>404</h1>"
        client.sendall(response.encode())
        client.close()


if __name__ == "__main__":
    main()
