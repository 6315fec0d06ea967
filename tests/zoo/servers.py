"""Servers that do a judge harm, or try to fool it: python servers.py NAME PORT."""

import os
import signal
import socket
import string
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

from http_contract import Server
from raw_router.application import generate_response
from raw_router.drivers import TIMEOUTS, threads
from raw_router.messages import Handler
from raw_router.responder import Responder

Converse: TypeAlias = Callable[[socket.socket], None]
MiB = 1024 * 1024
PAGE = b"<h1>Hello</h1>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
OK = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)
NEVER_MIND = struct.pack("ii", 1, 0)


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=128)


def serve(converse: Converse) -> None:
    """Serve each client in a thread."""
    with listen() as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=hear, args=(client, converse), daemon=True).start()


def hear(client: socket.socket, converse: Converse) -> None:
    with client, suppress(OSError):
        client.recv(65536)
        converse(client)


def wait() -> None:
    signal.pause()


# -- those that are not there


def exits_at_once() -> None:
    sys.exit("I would rather not")


def never_binds() -> None:
    wait()


def binds_elsewhere() -> None:
    with socket.create_server(("127.0.0.1", 0)):
        wait()


def never_accepts() -> None:
    with listen():
        wait()


# -- those that have an odd way to answer


def says_nothing() -> None:
    serve(lambda client: wait())


def closes_at_once() -> None:
    serve(lambda client: None)


def resets() -> None:
    serve(lambda client: client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NEVER_MIND))


def answers_forever() -> None:
    """Send a body without an end."""
    serve(lambda client: pour(client, HEAD + b"\r\n", PAGE * 4096))


def pour(client: socket.socket, head: bytes, part: bytes) -> None:
    client.sendall(head)
    while True:
        client.sendall(part)


def endless_head() -> None:
    serve(lambda client: pour(client, HEAD, b"X-More: and more\r\n" * 4096))


def drips() -> None:
    serve(drip)


def drip(client: socket.socket) -> None:
    for octet in OK:
        client.sendall(bytes([octet]))
        time.sleep(1)


def hundred_megabytes() -> None:
    """Send what it promises, which is very much."""
    response = HEAD + b"Content-Length: %d\r\n\r\n" % (100 * MiB) + bytes(100 * MiB)
    serve(lambda client: client.sendall(response))


def bad_chunks() -> None:
    serve(
        lambda client: client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n" + PAGE + b"\r\nno\r\n")
    )


# -- those that do not end


def children_hold_the_port() -> None:
    """Leave children behind that serve on, in a session of their own, under another parent."""
    with listen() as listener:
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            os.environ.clear()
        while True:
            client, _ = listener.accept()
            hear(client, lambda client: client.sendall(OK))


def ignores_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve(lambda client: client.sendall(OK))


# -- those that take too much


def floods_stdout() -> None:
    """Say something, as fast as can be."""
    threading.Thread(target=say, daemon=True).start()
    serve(lambda client: client.sendall(OK))


def say() -> None:
    while True:
        os.write(1, b"GET / HTTP/1.1 200 and so on, without end or even an empty line " * 1024)


def hoards_memory() -> None:
    hoard: list[bytes] = []

    def response(client: socket.socket) -> None:
        hoard.append(b"more" * (16 * MiB))  # so little that the response is in time on a busy machine
        client.sendall(OK)

    serve(response)


def fills_the_disk() -> None:
    def write(client: socket.socket) -> None:
        with open("big", "wb") as file:
            for _ in range(1024):
                file.write(bytes(MiB))
        client.sendall(OK)

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    serve(write)


# -- those that end


def exits_in_mid_run() -> None:
    """Serve some clients, and end while it serves one more."""
    with listen() as listener:
        for _ in range(100):
            client, _ = listener.accept()
            hear(client, lambda client: client.sendall(OK))
        client, _ = listener.accept()
    sys.exit("Enough")


# -- those that cheat


def cheat(handler: Handler) -> None:
    """Serve with our own server, so that nothing but the cheating can be found fault with."""
    stop, stops = socket.socketpair()
    signal.signal(signal.SIGTERM, lambda *_: stops.close())
    with listen() as listener:
        threads.serve([listener], partial(Responder, handler), stop, TIMEOUTS)


def hard_coded() -> None:
    """Have answers ready for what the judge asks with seed 0, and for nothing else."""
    random = Server("", 0, seed=0).random("parameters-hello")
    names = ["".join(random.choices(string.ascii_letters, k=12)) for _ in range(3)]
    known = {"/", "/test", "/time", *(f"/hello/{name}" for name in names)}
    cheat(lambda request: generate_response(request if request.path in known else request._replace(path="/nowhere")))


def for_the_judge() -> None:
    """Serve who does not say who it is, as the judge mostly does not."""
    cheat(lambda it: generate_response(it._replace(path="/nowhere") if it.field("User-Agent") else it))


def writes_its_own_results() -> None:
    """Claim full marks wherever results may be read, up to the last moment."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.setsid()
        while True:
            for name in ("result.json", "results.json", "report.json"):
                Path(name).write_text('{"points": 100, "most": 100}')
            time.sleep(0.01)
    serve(lambda client: client.sendall(OK))


def locks_its_report() -> None:
    """Put a folder in the place of the report, and lock the folder around it."""
    Path("report.json", "forged").mkdir(parents=True)
    Path.cwd().chmod(0o555)
    serve(lambda client: client.sendall(OK))


def kills_the_judge() -> None:
    """Write a report, and end the judge before it writes its own."""
    Path("report.json").write_text('{"points": 100, "most": 100}')
    os.kill(os.getppid(), signal.SIGKILL)
    wait()


# -- those that attack who reads


def prints_commands() -> None:
    """Print what a terminal, a CI system or a spreadsheet takes for a command, and send it, too."""
    hostile = "\x1b]0;title\x07\x1b[2J\u202edetrever\r\n::error::forged\n  ::add-mask::a\n##[error]forged\n=1+1;=1\n"
    print(hostile, flush=True)
    body = hostile.encode()
    head = b"HTTP/1.1 200 OK\r\n::error::forged\r\nX: \x1b[2J##[error]\r\nContent-Length: %d\r\n\r\n" % len(body)
    serve(lambda client: client.sendall(head + body))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
