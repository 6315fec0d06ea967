"""A server with one buffer for all its clients."""

import selectors
import socket
import sys

selector = selectors.DefaultSelector()
buffer = b""


def accept(listener: socket.socket) -> None:
    client, _ = listener.accept()
    selector.register(client, selectors.EVENT_READ, read)


def read(client: socket.socket) -> None:
    global buffer
    data = client.recv(4096)
    buffer += data
    if b"\r\n\r\n" in buffer or not data:
        selector.unregister(client)
        client.sendall(response(buffer.decode()))
        client.close()
        buffer = b""


def response(request: str) -> bytes:
    is_valid = len(request.split("\r\n")[0].split()) == 3
    status, body = ("200 OK", "<h1>Hello</h1>") if is_valid else ("400 Bad Request", "<h1>Bad request</h1>")
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
