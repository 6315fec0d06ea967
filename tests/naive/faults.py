"""Small servers that read whole requests and have one fault each, which the second argument names."""

import socket
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime

FAULT = sys.argv[2]
LOCK = threading.Lock()
PAGES = {"/": "Index", "/test": "Test", "/time": "", "/time.html": ""}


def fields(body: bytes) -> list[str]:
    date = f"Date: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}"
    return [date, "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}"]


def response(status: str, page: str, method: str) -> bytes:
    body = page.encode()
    lines = [f"HTTP/1.1 {status}", *fields(body)]
    if FAULT == "comma":
        lines[2:] = [f"Content-Type: text/html; charset=utf-8Content-Length: {len(body)}"]
    if FAULT == "literal":
        return ("\\r\\n".join([*lines, "", ""])).encode() + body
    head = "\r\n".join([*lines, "", ""]).encode() + (b"\r\n" if FAULT == "extra-crlf" else b"")
    if FAULT == "puts":
        body += b"\n"
    return head + (b"" if method == "HEAD" else body)


def respond(request: bytes) -> bytes:
    words = request.decode("ascii" if FAULT == "ascii" else "latin-1").split("\r\n")[0].split(" ")
    if len(words) != 3 or (FAULT == "bare-400" and not request.endswith(b"\r\n\r\n")):
        return b"HTTP/1.1 400 Bad Request\r\n" if FAULT == "bare-400" else response("400 Bad Request", "Bad", "GET")
    method, target, _ = words
    path = target.split("?")[0]
    if FAULT == "many-words" and len(request.split()) > 12:
        return response("400 Bad Request", "Bad", method)
    if FAULT == "one-page":
        return response("200 OK", "<h1>Welcome</h1>", method)
    if FAULT == "empty-body" and method != "GET":
        return response("200 OK", str(1 // len(request.partition(b"\r\n\r\n")[2])), method)
    if path not in PAGES or (FAULT == "refuses" and path != "/"):
        status = "405 Method Not Allowed" if FAULT == "refuses" else "404 Not Found"
        return response(status, f"<h1>{status[:3]}</h1>", method)
    if method not in ("GET", "HEAD"):
        return response("405 Method Not Allowed", "<h1>405</h1>", method)
    return response("200 OK", f"<h1>{PAGES[path] or f'{datetime.now():%H:%M:%S %d.%m.%Y}'}</h1>", method)


def answers(request: bytes) -> bool:
    """Return whether a request gets a response; otherwise its client waits."""
    method, path = (*request.split(b" "), b"", b"")[:2]
    if FAULT == "silent":
        return False
    if FAULT == "only-root":
        return (method, path) == (b"GET", b"/")
    return not (FAULT == "head-hangs" and method == b"HEAD")


def serve(client: socket.socket) -> None:
    with client:
        request = b""
        while (b"\n\n" if FAULT == "lf" else b"\r\n\r\n") not in request:
            data = client.recv(65536)
            if not data and FAULT == "accept-thread":
                raise ValueError("an empty request")
            if not data:
                return
            request += data
        while not answers(request):
            if not client.recv(65536):
                return
        if FAULT == "deadlock":
            LOCK.acquire()
        try:
            send(client, request)
        finally:
            if FAULT == "deadlock" and not request.startswith((b"HEAD ", b"POST ")):
                LOCK.release()


def send(client: socket.socket, request: bytes) -> None:
    if FAULT == "catches":
        with suppress(TypeError):
            client.sendall(str(request))  # type: ignore[arg-type]
        return
    client.sendall(respond(request))
    if FAULT == "twice" and request.startswith(b"GET / "):
        client.sendall(response("404 Not Found", "<h1>404</h1>", "GET"))


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    if FAULT == "accept-thread":
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        threading.Event().wait()
    accept(server)


def accept(server: socket.socket) -> None:
    while True:
        client, _ = server.accept()
        if FAULT in ("ascii", "accept-thread"):
            serve(client)
        else:
            threading.Thread(target=serve, args=(client,)).start()


if __name__ == "__main__":
    main()
