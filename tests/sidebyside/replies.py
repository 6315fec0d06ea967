"""Replies of servers, made by hand."""

from http_contract.client.server import Server
from http_contract.http.parser import read_response
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript
from sidebyside.compare.send import Endpoint, Reply, Times

BEGAN = 1_800_000_000.0
PORT = 8001


def reply(
    received: bytes,
    number: int = 0,
    ended: str = "closed",
    host: str = "127.0.0.1",
    before: CloseReason = "open",
    runs_on: str = "",
) -> Reply:
    """Return the reply of the server with this number, which was asked `number` tenths of a second after the first.

    `before` is the state of the connection before the client closed its side.
    """
    endpoint = Endpoint("abcdef"[number], Server(host, PORT + number), runs_on=runs_on)
    began = BEGAN + number / 10
    transcript = Transcript(
        sent=(b"GET / HTTP/1.1\r\n\r\n",),
        received=received,
        ended=ended,  # type: ignore[arg-type]
        state_before_half_close=before,
        began=began,
        finished=began + 0.1,
        url=endpoint.server.address.url,
    )
    responses = (read_response(received, 0, "GET", "closed"),) if received else ()
    return Reply(endpoint, transcript, responses, Times(0.0005, 0.001) if received else Times())


def response(*fields: str, body: str = "", status: str = "200 OK") -> bytes:
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body.encode())}", "", body)
    return "\r\n".join(lines).encode()


def replies(*received: bytes) -> list[Reply]:
    return [reply(each, number) for number, each in enumerate(received)]
