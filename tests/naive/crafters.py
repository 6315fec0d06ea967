"""CodeCrafters' assignment: `/` is an empty 200, /echo, /user-agent, an empty 404, one recv, and no /test."""

import socket
import sys
import threading

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\n\r\n"


def text(content: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content.encode()


def respond(request: str) -> bytes:
    lines = request.split("\r\n")
    path = lines[0].split(" ")[1]
    if path == "/":
        return b"HTTP/1.1 200 OK\r\n\r\n"
    if path.startswith("/echo/"):
        return text(path.removeprefix("/echo/"))
    if path == "/user-agent":
        return text(next((line[12:] for line in lines if line.startswith("User-Agent: ")), ""))
    return NOT_FOUND


def serve(client: socket.socket) -> None:
    with client:
        client.sendall(respond(client.recv(1024).decode()))


def main() -> None:
    server = socket.create_server(("localhost", int(sys.argv[1])), reuse_port=True)
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,)).start()


if __name__ == "__main__":
    main()
