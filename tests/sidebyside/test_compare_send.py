"""A message is sent to one server, and the reply contains everything that the server sends back."""

import socket

import pytest

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from sidebyside.compare.request import Message
from sidebyside.compare.send import Endpoint, Reply, send, try_to_send
from tests.contract.scripted import OK, Script, says, scripted

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
    with pytest.raises(ConnectionFailed, match="connection-refused"):
        send(gone, Message((GET,)))
    reply = try_to_send(gone, Message((GET,)))
    assert (reply.responses, reply.first_byte) == ((), None)
    assert "Connection refused" in reply.failure
