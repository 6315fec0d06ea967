"""A message is sent to one server, and the reply contains everything that the server sends back."""

import socket
import time
from dataclasses import replace

import pytest

from http_contract.client.server import Server
from sidebyside.compare.request import Message
from sidebyside.compare.send import End, Endpoint, Reply, send, send_in_turn
from tests.contract.scripted import OK, Script, says, scripted
from tests.serving import reset

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhi"


def reply_of(script: Script, message: Message) -> Reply:
    with scripted(script) as server:
        return send(Endpoint("scripted", server), message)


def waits(client: socket.socket) -> None:
    """Send half of a response, and wait for the client to close the connection."""
    client.recv(65536)
    client.sendall(HALF)
    while client.recv(65536):
        pass


@pytest.mark.parametrize(
    ("script", "message", "bodies"),
    [
        (says(OK), Message((GET,), methods=("GET",)), [b"hi"]),
        (says(OK + OK), Message((GET,), methods=("GET",)), [b"hi", b"hi"]),
        (says(OK + OK), Message((GET, GET), methods=("GET", "GET")), [b"hi", b"hi"]),
        (says(HALF), Message((GET,)), [b"hi"]),
        (waits, Message((GET + GET,), methods=("GET", "GET")), [b"hi"]),
    ],
    ids=["one", "one more", "pieces", "incomplete", "incomplete first"],
)
def test_responses(script: Script, message: Message, bodies: list[bytes]) -> None:
    reply = reply_of(script, message)
    assert [response.body for response in reply.responses] == bodies
    assert reply.first_byte is not None


def test_a_server_without_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = Endpoint("gone", Server("127.0.0.1", listener.getsockname()[1]))
    reply = send(gone, Message((GET,)))
    assert (reply.responses, reply.first_byte) == ((), None)
    assert "Connection refused" in reply.failure


def stays(text: bytes) -> Script:
    """Return a script that sends a response, and closes only after the client has closed its side."""

    def script(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(text)
        client.recv(65536)

    return script


def resets(client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(OK)
    reset(client)


@pytest.mark.parametrize(
    ("script", "end"),
    [(stays(OK), "kept"), (says(OK), "closed"), (resets, "reset"), (waits, "timeout")],
    ids=["kept", "closed", "reset", "half a response"],
)
def test_how_the_connection_ends(script: Script, end: End) -> None:
    with scripted(script) as server:
        assert send(Endpoint("scripted", replace(server, timeout=0.3)), Message((GET,), methods=("GET",))).end == end


def slowly(client: socket.socket) -> None:
    """Send each response a third of a second after the one before it."""
    client.recv(65536)
    try:
        for _ in range(20):
            time.sleep(0.3)
            client.sendall(OK)
    except OSError:
        pass  # the client has left


def test_all_responses_of_a_slow_server_have_one_limit() -> None:
    with scripted(slowly) as server:
        began = time.monotonic()
        message = Message((GET * 20,), methods=("GET",) * 20)
        [reply] = send_in_turn(message, [Endpoint("slow", replace(server, timeout=1.0))], limit=1.0)
    assert time.monotonic() - began < 3.0
    assert 1 <= len(reply.responses) < 10
    assert reply.end == "timeout"
