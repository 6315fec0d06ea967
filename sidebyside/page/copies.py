"""The message of the editor in forms to copy: a curl command, a Python program, and raw bytes."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from http_contract.client.connection import PAUSE
from http_contract.client.server import Server
from sidebyside.compare.request import Message
from sidebyside.page.editor import EditorInput, format_packets

CURL = ("curl", "-i", "--globoff", "--path-as-is", "-A", "", "-H", "Accept:")
"""Shows the head, and sends the path as it is, without the fields that curl adds."""

PROGRAM = """\
import socket
import time

packets = [  # and the seconds after each of them
{packets}
]
with socket.create_connection(({host!r}, {port}), timeout=5) as connection:
    for packet, pause in packets:
        connection.sendall(packet)
        time.sleep(pause)
    connection.shutdown(socket.SHUT_WR)
    while data := connection.recv(65536):
        print(data.decode("latin-1"), end="")
"""


def copies(given: EditorInput, message: Message, server: Server) -> Mapping[str, str]:
    """Return the forms by their titles. curl cannot send raw bytes, so it is left out for them."""
    pieces = message.pieces_for(server)
    forms = {} if given.raw else {"curl": curl_command(given, server)}
    raw = format_packets([*message.pieces[:-1], message.pieces[-1] + message.tail], message.pauses)
    return {**forms, "Python": python_program(pieces, message.pauses, server), "raw bytes": raw}


def curl_command(given: EditorInput, server: Server) -> str:
    """Return a command for a shell that sends the parts of a request."""
    return shlex.join([*CURL, *_options(given, server), _url(given, server)])


def _options(given: EditorInput, server: Server) -> Iterator[str]:
    if given.method == "HEAD":
        yield "--head"
    elif given.method != "GET" or given.body:
        yield from ("-X", given.method)
    for field in given.field_lines:
        yield from ("-H", _filled(field, server))
    if given.body:
        yield from ("--data-binary", given.body)
    if not given.path.startswith("/"):
        yield from ("--request-target", _filled(given.path, server))


def _url(given: EditorInput, server: Server) -> str:
    return server.origin + (_filled(given.path, server) if given.path.startswith("/") else "/")


def _filled(text: str, server: Server) -> str:
    return text.replace("{authority}", server.authority).replace("{origin}", server.origin)


def python_program(packets: Sequence[bytes], pauses: Sequence[float], server: Server) -> str:
    """Return a program that sends the packets and prints what comes back; Python needs nothing else for it."""
    pauses = [*(pauses or [PAUSE] * (len(packets) - 1)), 0]
    literals = "\n".join(
        f"    (\n{_literal(packet)},\n        {pause:g},\n    )," for packet, pause in zip(packets, pauses, strict=True)
    )
    return PROGRAM.format(packets=literals, host=server.host, port=server.port)


def _literal(packet: bytes) -> str:
    """Return bytes as Python writes them, each line of the head on a line of its own."""
    lines = packet.splitlines(keepends=True)
    head = list(takewhile(lambda line: line != b"\r\n", lines))
    body = b"".join(lines[len(head) :])
    return "\n".join(f"        {part!r}" for part in (*head, body) if part) or "        b''"
