"""What servers said, made by hand."""

from http_contract.client.server import Server
from http_contract.http.parser import read_response
from http_contract.http.transcript import Transcript
from sidebyside.compare.sending import Heard, Place

BEGAN = 1_800_000_000.0
PORT = 8001


def heard(received: bytes, number: int = 0, ended: str = "closed", host: str = "127.0.0.1") -> Heard:
    """Return what the server of that number said, asked that many tenths of a second after the first."""
    place = Place("abcdef"[number], Server(host, PORT + number))
    began = BEGAN + number / 10
    conversation = Transcript(
        sent=(b"GET / HTTP/1.1\r\n\r\n",),
        received=received,
        ended=ended,  # type: ignore[arg-type]
        began=began,
        finished=began + 0.1,
        url=place.server.address.url,
    )
    answers = (read_response(received, 0, "GET", "closed"),) if received else ()
    return Heard(place, conversation, answers, 0.001 if received else None)


def answer(*fields: str, body: str = "", status: str = "200 OK") -> bytes:
    lines = (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body.encode())}", "", body)
    return "\r\n".join(lines).encode()


def several(*received: bytes) -> list[Heard]:
    return [heard(each, number) for number, each in enumerate(received)]
