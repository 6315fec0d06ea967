"""`HTTP/1.1 200` and no more in the first line; the loop ends where a client says nothing."""

import socket
import sys

PAGES = {"/": "Index", "/test": "Test", "/time": "12:00:00 01.01.2020", "/time.html": "12:00:00 01.01.2020"}
OK = "HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n"
NOT_FOUND = "HTTP/1.1 404\r\nContent-Type: text/html\r\n\r\n"


def main() -> None:
    server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = server.accept()
        data = client.recv(65536)
        if not data:
            break
        path = data.decode("latin-1").split(" ")[1]
        head, page = (OK, PAGES[path]) if path in PAGES else (NOT_FOUND, "Not found")
        client.send(f"{head}<h1>{page}</h1>".encode())
        client.close()


if __name__ == "__main__":
    main()
