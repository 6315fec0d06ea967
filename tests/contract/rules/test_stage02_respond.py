"""The rules of stage 2: what they accept besides what the service sends."""

import socket
import struct

import pytest

from http_contract import BY_ID, run
from tests.contract.scripted import OK, answers_at, says, scripted


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("200 OK", "failed"), ("404 Not Found", "failed"), ("500 Internal Server Error", "passed")],
)
@pytest.mark.parametrize("id", ["respond-date", "respond-date-form", "respond-date-now"])
def test_only_an_error_of_the_server_may_lack_its_date(id: str, status: str, verdict: str) -> None:
    with scripted(says(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nhi".encode())) as server:
        assert run(BY_ID[id], server).verdict == verdict


@pytest.mark.parametrize(("end", "codes"), [(b"Connection", ["early-response"]), (b"\r\n\r\n", [])])
def test_an_answer_in_the_midst_of_the_head_fails(end: bytes, codes: list[str]) -> None:
    with scripted(answers_at(end)) as server:
        outcome = run(BY_ID["respond-byte-by-byte"], server)
    assert [failure.code for failure in outcome.failures] == codes


def ends_lines_at_their_cr(client: socket.socket) -> None:
    """Answer at the last CR, after the last LF has come, and reset: as Java's readLine() does on a slow machine."""
    came = b""
    while not came.endswith(b"\r\n\r"):
        came += client.recv(1)
    client.recv(1, socket.MSG_PEEK)
    client.sendall(OK)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_line_may_end_at_its_cr() -> None:
    with scripted(ends_lines_at_their_cr) as server:
        assert run(BY_ID["respond-byte-by-byte"], server).verdict == "passed"
