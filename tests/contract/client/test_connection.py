"""The client against scripted servers: it records every byte, ends every wait, and names every end of a connection."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event

import pytest

from http_contract import Server
from http_contract.client import transport
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get, head, last, post, request
from http_contract.http.response import CloseReason
from tests.contract.scripted import OK, TIMEOUT, Script, answers_at, says, scripted


def resets(client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(OK)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def resets_at_once(client: socket.socket) -> None:
    client.recv(65536)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stays(client: socket.socket) -> None:
    """Answer once, then wait for the client's end."""
    client.recv(65536)
    client.sendall(OK)
    while client.recv(65536):
        pass


def mute(client: socket.socket) -> None:
    while client.recv(65536):
        pass


def puts_off(client: socket.socket) -> None:
    """Say again and again that an answer will come."""
    client.recv(65536)
    client.settimeout(TIMEOUT / 10)
    there = True
    while there:
        client.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        with suppress(TimeoutError):
            there = bool(client.recv(1))


@contextmanager
def never_reading() -> Iterator[Server]:
    """Yield a server that accepts a connection and leaves it alone until the end of the block."""
    over = Event()

    def waits(client: socket.socket) -> None:
        over.wait()

    with scripted(waits) as server:
        try:
            yield server
        finally:
            over.set()


def floods(client: socket.socket) -> None:
    client.recv(65536)
    while True:
        client.sendall(bytes(1024 * 1024))


def refuses_early(client: socket.socket) -> None:
    """Answer before the request is read, and read no more."""
    client.recv(1)
    client.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
    client.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("script", "ended", "state", "responses"),
    [
        (says(OK), "closed", "open", 1),
        (stays, "closed", "open", 1),
        (mute, "timeout", "timeout", 0),
        (puts_off, "timeout", "timeout", 0),
        (says(), "closed", "closed", 0),
        (resets_at_once, "reset", "reset", 0),
        (floods, "overflow", "overflow", 1),
    ],
)
def test_how_it_ends(script: Script, ended: CloseReason, state: CloseReason, responses: int) -> None:
    with scripted(script, timeout=1.0) as server:
        transcript = server.ask(get("/"))
    assert (transcript.ended, len(transcript.responses)) == (ended, responses)
    assert transcript.state_before_half_close in (state, ended)


def test_a_reset_after_the_answer_is_seen() -> None:
    with scripted(resets) as server:
        assert server.ask(get("/"), after="await-close").ended == "reset"


def test_no_connection() -> None:
    with scripted(mute) as server:
        pass
    with pytest.raises(ConnectionFailed, match="connection-refused"):
        server.ask(get("/"))


def test_awaiting_the_close() -> None:
    with scripted(stays) as server:
        assert server.ask(get("/"), after="await-close").state_before_half_close == "open"
    with scripted(says(OK)) as server:
        assert server.ask(get("/"), after="await-close").state_before_half_close == "closed"


def test_a_server_that_never_reads_ends_the_sending() -> None:
    with never_reading() as server, server.connect() as connection:
        connection.send(bytes(64 * 1024 * 1024))
        assert connection.transcript.ended == "timeout"


def test_a_refusal_in_the_midst_of_sending_is_heard() -> None:
    with scripted(refuses_early, timeout=2.0) as server:
        transcript = server.ask(last("POST", "/", body=bytes(16 * 1024 * 1024)))
    assert [response.status for response in transcript.responses] == [413]


def test_pieces_are_packets_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause lasts here until the server has what was sent, so that no load can join two pieces."""
    came: SimpleQueue[bytes] = SimpleQueue()
    packets: list[bytes] = []

    def listens(client: socket.socket) -> None:
        while data := client.recv(65536):
            came.put(data)

    with scripted(listens) as server, server.connect() as connection:
        with monkeypatch.context() as patch:
            patch.setattr(connection.transport, "drain", lambda seconds: packets.append(came.get()))
            connection.send(b"one", b"two", b"three")
        connection.half_close()
        with pytest.raises(ConnectionFailed, match=r"no-response.*closed"):
            connection.response()
    assert [*packets, came.get()] == [b"one", b"two", b"three"]


@pytest.mark.parametrize(
    ("first", "rest", "is_early"),
    [
        (b"GET / HTTP/1.1\r\nHost: x", b"\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r", b"\n\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r", b"\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"body", False),
        (b"GET / HTTP/1.1\nHost: x\n", b"\n", True),
        (b"GET / HTTP/1.1\nHost: x\n\n", b"body", False),
    ],
)
def test_an_answer_before_the_empty_line_is_early(first: bytes, rest: bytes, is_early: bool) -> None:
    """A program that takes a CR for the end of a line has read the whole head before the last LF."""
    with scripted(answers_at(first), timeout=5.0) as server, server.connect() as connection:
        connection.send(first, rest, pauses=[5.0])  # ends when the server closes
        assert connection.finish().is_early == is_early


def test_interim_answers_come_with_the_final_one() -> None:
    with scripted(says(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK)) as server:
        (response,) = server.ask(get("/")).responses
    assert ([one.status for one in response.interim], response.status, response.body) == ([100, 103], 200, b"hi")


def test_answers_in_a_row_and_what_is_left_over() -> None:
    with scripted(says(OK, OK[:9], OK[9:] + b"rest")) as server:
        transcript = server.ask(request("GET", "/") + get("/"), methods=("GET", "GET"))
    assert [response.body for response in transcript.responses] == [b"hi", b"hi"]
    assert transcript.rest == b"rest"


def test_no_further_answer_is_waited_for_after_a_broken_one() -> None:
    with scripted(says(OK[:-1])) as server:
        (response,) = server.ask(get("/"), methods=("GET", "GET")).responses
    assert not response.complete


def test_receiving_for_a_time() -> None:
    with scripted(stays) as server, server.connect() as connection:
        assert connection.receive_for(0.01) == b""
        connection.send(get("/"))
        assert connection.receive_for(0.1) == OK


def test_pushing_ends_where_the_server_takes_no_more() -> None:
    with never_reading() as server, server.connect(transport.SMALL_WINDOW) as connection:
        data = bytes(64 * 1024 * 1024)
        left = connection.push(data)
        assert 0 < len(left) < len(data)
        assert connection.transcript.sent == (data[len(left) :],)
        assert connection.transcript.ended == "open"


def test_where_there_is_no_room_nothing_is_sent() -> None:
    """Also where a socket was said to have room; being full is no end of the connection."""
    with never_reading() as server, server.connect() as connection:
        while connection.transport._send(memoryview(bytes(64 * 1024))):
            pass
        assert connection.transcript.ended == "open"


def test_pushing_reads_nothing() -> None:
    with scripted(stays, timeout=2.0) as server, server.connect() as connection:
        assert connection.push(get("/")) == b""
        assert connection.transcript.received == b""
        assert connection.response().status == 200


@pytest.mark.parametrize(
    ("script", "over"),
    [(says(OK), True), (says(OK, OK[:1]), False), (stays, False), (resets, False)],
    ids=["closed", "goes-on", "open", "reset"],
)
def test_the_end_after_an_answer(script: Script, over: bool) -> None:
    with scripted(script) as server, server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        assert connection.is_closed() == over


def test_a_name_that_leads_to_several_places(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(says(OK)) as server:
        right = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (server.host, server.port))
        for wrong in [(*right[:-1], ("127.0.0.1", 0)), (*right[:-1], ("256.0.0.1", 80))]:
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, wrong=wrong, **__: [wrong, right])
            assert server.ask(get("/")).responses[0].status == 200
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, wrong=wrong, **__: [wrong])
            with pytest.raises(ConnectionFailed, match=r"no-connection|connection-refused"):
                server.ask(get("/"))


def test_each_byte_is_recorded() -> None:
    with scripted(says(OK)) as server:
        server.ask(b"GET / HTTP/1.1\r\nHost: ", b"{authority}", b"\r\n\r\n")
        server.ask(head("/"))
    first, second = server.transcripts
    assert first.sent == (b"GET / HTTP/1.1\r\nHost: ", server.authority.encode(), b"\r\n\r\n")
    assert first.received == second.received == OK
    assert first.began <= first.finished <= second.finished
    assert second.responses[0].body == b""
    assert server.with_own_record().transcripts == ()


@pytest.mark.parametrize(
    ("server", "authority"),
    [
        (Server("127.0.0.1", 80), "127.0.0.1:80"),
        (Server("::1", 8001), "[::1]:8001"),
        (Server("127.0.0.1", 80, name="example.org"), "example.org"),
    ],
)
def test_authority(server: Server, authority: str) -> None:
    assert server.authority == authority


def test_random_data_follows_seed_and_salt() -> None:
    drawn = [Server("a", 1, seed=seed).random(salt).random() for seed in (1, 2) for salt in ("a", "b", "a")]
    assert (len(set(drawn)), drawn[0]) == (4, drawn[2])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (request("GET", "/"), b"GET / HTTP/1.1\r\nHost: {authority}\r\n\r\n"),
        (get("/", "A: b"), b"GET / HTTP/1.1\r\nHost: {authority}\r\nA: b\r\nConnection: close\r\n\r\n"),
        (head("/"), b"HEAD / HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"),
        (
            post("/", b"a=1", "text/plain"),
            b"POST / HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            b"Content-Length: 3\r\n\r\na=1",
        ),
    ],
)
def test_requests(made: bytes, expected: bytes) -> None:
    assert made == expected
