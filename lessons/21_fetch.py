"""A client that fetches a page by hand: it reads the response by its Content-Length, in chunks, or to the end.
It cannot follow redirects, or speak TLS: `urllib.request` and browsers can."""

import socket
import sys
from contextlib import suppress

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
PATH = sys.argv[2] if len(sys.argv) > 2 else "/"


def main():
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as server, server.makefile("rb") as stream:
        server.sendall(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nConnection: close\r\n\r\n".encode())
        version, status, *_ = stream.readline().decode("latin-1").split(" ", 2)
        headers = {}
        while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        for name, value in headers.items():
            print(f"{name}: {value}")
        body = read_body(stream, headers)
    print(f"{version} status {status}, a body of {len(body)} bytes:")
    print(body.decode(errors="replace"))


def read_body(stream, headers):
    if headers.get("transfer-encoding") == "chunked":
        return b"".join(read_chunks(stream))
    if "content-length" in headers:
        return read_exactly(stream, int(headers["content-length"]))
    return stream.read()  # the body ends where the connection ends


def read_chunks(stream):
    while size := int(stream.readline().split(b";")[0], 16):
        yield read_exactly(stream, size)
        stream.readline()  # the CRLF after the chunk
    while stream.readline() not in (b"\r\n", b""):
        pass  # trailers


def read_exactly(stream, length):
    data = stream.read(length)
    if len(data) < length:
        sys.exit(f"The response is cut: {len(data)} of {length} bytes came.")
    return data


with suppress(KeyboardInterrupt):
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(f"Port {PORT} sent no response: {error}")
