"""HTTP on `asyncio.start_server`: a coroutine for each connection reads heads with `readuntil`, and waits for nobody.
It cannot use a view that blocks, and it has to be written by hand: the library has no HTTP for asyncio."""

import asyncio
import sys
from contextlib import suppress
from time import strftime

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080


async def serve(reader, writer):
    with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            message, keep = respond(head.decode("latin-1"))
            writer.write(message)
            await writer.drain()
            if not keep:
                break
    writer.close()


def respond(head):
    """Return the response, and whether the connection stays open."""
    method, target, version = (*head.split("\r\n")[0].split(" "), "", "")[:3]
    status, page = choose_page(target.split("?")[0]) if version else ("400 Bad Request", "This is not a request")
    keep = version == "HTTP/1.1" and method in ("GET", "HEAD") and "close" not in head.lower()
    body = f"<!doctype html><title>{page}</title><h1>{page}</h1>".encode()
    fields = f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}"
    lines = f"HTTP/1.1 {status}\r\n{fields}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    return lines.encode() + (b"" if method == "HEAD" else body), keep


def choose_page(path):
    if path == "/":
        return "200 OK", "Index"
    if path == "/time":
        return "200 OK", strftime("%H:%M:%S %d.%m.%Y")
    return "404 Not Found", "This page was not found"


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT)
    print(f"Listening on port {server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()  # nobody sets it: until Ctrl-C


with suppress(KeyboardInterrupt):
    asyncio.run(main())
