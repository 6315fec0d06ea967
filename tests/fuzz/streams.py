"""What clients send: valid streams, broken by a seeded chance in every way that bytes can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from tests.agreement.corpus import Composer

Ending: TypeAlias = Literal["open", "end_of_input", "time_out", "retire"]

REQUESTS = (
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HEAD /a?b=c HTTP/1.1\r\nHost: a:80\r\nAccept: text/html;q=0.5, */*\r\n\r\n",
    b"GET /%C3%A9 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET http://a/b HTTP/1.1\r\nhost: [::1]:8\r\nCookie: a=b\r\nConnection: x, y\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /204 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /304 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"DELETE /raises HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /splits HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /lies HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 22\r\n\r\nGET /b HTTP/1.1\r\n\r\n\0\xff\r",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
    b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b'PATCH / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: B\r\n\r\nA;b;c="\\"" ; d\r\n0123456789\r\n'
    b"0;e\r\nB: c\r\nD:\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n01\r\n\n\r\n00\r\n\r\n",
    b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
)
LARGE = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE_REQUESTS = (LARGE, b"GET /large HTTP/1.0\r\n\r\n", LARGE[:-2] + b"Connection: close\r\n\r\n")

TOKENS = (
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"\0", b" ", b"\t", b":", b";", b",", b"=", b'"', b"\\", b"%", b"%00",
    b"/", b"//", b"*", b"?", b"#", b"\xff", b"\xc3\xa9", b"\x7f", b"0", b"-1", b"+1", b"0x", b"FFFFFFFF", b"9" * 20,
    b"GET ", b"HEAD ", b"POST ", b"CONNECT a:1 ", b"get ", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/2.0\r\n",
    b"Host: a\r\n", b"Host:\r\n", b"Content-Length: 3\r\n", b"Content-Length: 99999999\r\n", b"Content-Length: x\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"X: y\r\n", b" z\r\n",
    b"Expect: 100-continue\r\n", b"Expect: tea\r\n", b"0\r\n\r\n", b"1\r\na\r\n", b"5;a=b\r\n", b"a" * 1100,
    b"http://", b"https://u@b/", b"HTTP/1.1", b"\x16\x03\x01\x02", b"X: y\r\n" * 110, b"PRI * HTTP/2.0\r\n\r\n",
)  # fmt: skip
FLOODS = (b"a" * 9_000, b"X: y\r\n" * 6_000, b"\r\n" * 500, b"0" * 40_000, b"1\r\na\r\n" * 2_000, b"a" * (1 << 20))


ENDINGS: Sequence[Ending] = ("open", "end_of_input", "time_out", "retire")


@dataclass(frozen=True, slots=True)
class Case:
    """What one client sends, in pieces, and how it ends."""

    pieces: tuple[bytes, ...]
    ending: Ending

    @property
    def whole(self) -> "Case":
        return Case((b"".join(self.pieces),), self.ending)


def make_case(seed: int, number: int) -> Case:
    """Return a case, always the same one for its seed and number."""
    chance = Random(f"{seed} {number}")
    data = bytearray().join(make_request(chance) for _ in range(chance.randint(1, 4)))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        chance.choice(MUTATIONS)(chance, data)
    return Case(split(chance, bytes(data)), chance.choice(ENDINGS))


def make_request(chance: Random) -> bytes:
    kind = chance.random()
    if kind < 0.01:
        return chance.choice(LARGE_REQUESTS)
    return chance.choice(REQUESTS) if kind < 0.7 else Composer(chance).request()


def split(chance: Random, data: bytes) -> tuple[bytes, ...]:
    """Return the data in pieces: few or many, at any octet, or octet by octet."""
    count = min(len(data), chance.choice((0, 1, 2, 5, 20, 400)))
    places = sorted(chance.randrange(len(data)) for _ in range(count))
    return tuple(data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True))


def span(chance: Random, data: bytearray) -> slice:
    """Return a part of the data, mostly a short one."""
    start = chance.randrange(len(data) + 1)
    return slice(start, start + chance.choice((0, 1, 1, 2, 5, 30, 200)))


def replace_octet(chance: Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def flip_bit(chance: Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def delete(chance: Random, data: bytearray) -> None:
    del data[span(chance, data)]


def duplicate(chance: Random, data: bytearray) -> None:
    part = span(chance, data)
    data[part] = data[part] * 2


def move(chance: Random, data: bytearray) -> None:
    part = data[where := span(chance, data)]
    del data[where]
    data[span(chance, data).start : 0] = part


def truncate(chance: Random, data: bytearray) -> None:
    del data[chance.randrange(len(data) + 1) :]


def insert_token(chance: Random, data: bytearray) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.choice(TOKENS)


def replace_by_token(chance: Random, data: bytearray) -> None:
    data[span(chance, data)] = chance.choice(TOKENS)


def insert_noise(chance: Random, data: bytearray) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.randbytes(chance.randrange(20))


def flood(chance: Random, data: bytearray) -> None:
    """Insert more than limits allow, but not often: it takes time."""
    if chance.random() < 0.02:
        place = chance.randrange(len(data) + 1)
        data[place:place] = chance.choice(FLOODS)


MUTATIONS: Sequence[Callable[[Random, bytearray], None]] = (
    replace_octet,
    flip_bit,
    delete,
    duplicate,
    move,
    truncate,
    insert_token,
    insert_token,
    replace_by_token,
    insert_noise,
    flood,
)
