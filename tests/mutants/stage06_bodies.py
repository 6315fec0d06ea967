"""Broken servers for stage 6, Bodies: bodies in packets, in chunks, too large or expected."""

import re

from http_contract.rules.stage06_bodies import LIMIT
from raw_router.messages import Request, Response
from raw_router.writer import CONTINUE
from tests.mutants.serving import (
    Mutant,
    Wrapped,
    answering,
    connecting,
    hearing,
    instead,
    plain,
    replacing,
    saying,
)

BAD = plain("400 Bad Request")
TO_FORM = rb"(?s)POST /form .*"


class OneBodyPacket(Wrapped):
    """A connection that rejects a body that does not arrive at once."""

    packets = 0

    def __init__(self, client: str) -> None:
        super().__init__(client)
        self.came = 0

    def receive(self, data: bytes) -> bytes:
        response = super().receive(data)
        self.came = self.came + 1 if self.waits_for == "body" and self.minds(data) else 0
        return self.refuse("400 Bad Request") if self.came > self.packets else response

    def minds(self, data: bytes) -> bool:
        return True


class FewBodyPackets(OneBodyPacket):
    packets = 10


class ChunkIsPacket(OneBodyPacket):
    """A connection that reads each packet as a chunk, and rejects the rest of one."""

    packets = 1
    chunked = False

    def minds(self, data: bytes) -> bool:
        self.chunked = self.chunked or b"Transfer-Encoding" in data
        return self.chunked


class BoundlessChunks(Wrapped):
    """A connection that accepts chunked bodies of any size."""

    chunked = False

    def receive(self, data: bytes) -> bytes:
        self.chunked = self.chunked or b"Transfer-Encoding" in data
        response = super().receive(data)
        return re.sub(rb"\AHTTP/1.1 413 [^\r]*", b"HTTP/1.1 200 OK", response) if self.chunked else response


class ForgetsBody(Wrapped):
    """A connection that sends 100 and no final response."""

    encouraged = False

    def receive(self, data: bytes) -> bytes:
        if self.encouraged:
            return self.refuse("200 OK")
        response = super().receive(data)
        self.encouraged = response == CONTINUE
        return response


class EncouragesOld(Wrapped):
    """A connection that sends 100 to HTTP/1.0 clients too."""

    def receive(self, data: bytes) -> bytes:
        is_old = b" HTTP/1.0\r\n" in data and b"Expect: 100" in data
        return (CONTINUE if is_old else b"") + super().receive(data)


class EncouragesAll(Wrapped):
    """A connection that sends 100 although the body has arrived."""

    def receive(self, data: bytes) -> bytes:
        head, _, body = data.partition(b"\r\n\r\n")
        is_there = body and b" HTTP/1.1\r\n" in head and b"Expect: 100" in head
        return (CONTINUE if is_there else b"") + super().receive(data)


def smaller_limit(request: Request, response: Response) -> Response:
    return response._replace(status=413) if len(request.body) > LIMIT - 1000 else response


def awaits_a_body(data: bytes) -> bytes:
    """Wait for the body of a POST without a length."""
    has_length = b"Content-Length" in data or b"Transfer-Encoding" in data
    return (
        data
        if has_length
        else data.replace(b"POST /form HTTP/1.1\r\n", b"POST /form HTTP/1.1\r\nContent-Length: 1\r\n")
    )


MUTANTS = (
    Mutant(id="no-zeros-first", breaks=("bodies-chunked-zeros",), serve=instead(TO_FORM + rb"\r\n\r\n0+[1-9a-f]", BAD)),
    Mutant(id="body-in-one-packet", breaks=("bodies-packets",), serve=connecting(OneBodyPacket)),
    Mutant(id="body-in-few-packets", breaks=("bodies-many-packets",), serve=connecting(FewBodyPackets)),
    Mutant(id="smaller-limit", breaks=("bodies-largest",), serve=answering(smaller_limit)),
    Mutant(
        id="no-limit",
        breaks=("bodies-too-large",),
        serve=instead(TO_FORM + b"Content-Length: %d\r\n" % (LIMIT + 1), plain("200 OK")),
    ),
    Mutant(id="no-limit-in-chunks", breaks=("bodies-too-large-chunked",), serve=connecting(BoundlessChunks)),
    Mutant(id="awaits-a-body", breaks=("bodies-no-length",), serve=hearing(awaits_a_body)),
    Mutant(
        id="no-chunks",
        breaks=("bodies-chunked",),
        serve=instead(TO_FORM + b"Transfer-Encoding: chunked", plain("411 Length Required")),
    ),
    Mutant(
        id="small-hexadecimal",
        breaks=("bodies-chunked-several",),
        serve=instead(TO_FORM + rb"\r\n[0-9]*[A-F]\r\n", BAD),
    ),
    Mutant(
        id="one-chunk",
        breaks=("bodies-chunked-several",),
        serve=instead(TO_FORM + rb"\r\n3\r\nnam\r\n1\r\n", BAD),
    ),
    Mutant(
        id="chunks-split-at-crlf",
        breaks=("bodies-chunked-binary",),
        serve=instead(TO_FORM + rb"chunked.*\r\n0\r\n\r\n5\r\nhello", BAD),
    ),
    Mutant(
        id="coding-in-small-letters",
        breaks=("bodies-chunked-case",),
        serve=instead(TO_FORM + b"Transfer-Encoding: Chunked", plain("501 Not Implemented")),
    ),
    Mutant(id="no-extensions", breaks=("bodies-chunked-extensions",), serve=instead(TO_FORM + rb"\r\n[0-9a-f]+;", BAD)),
    Mutant(
        id="no-trailers", breaks=("bodies-chunked-trailers",), serve=instead(TO_FORM + rb"\r\n0\r\nX-Checksum", BAD)
    ),
    Mutant(id="chunk-is-packet", breaks=("bodies-chunked-packets",), serve=connecting(ChunkIsPacket)),
    Mutant(id="no-100", breaks=("bodies-expect",), serve=saying(replacing(re.escape(CONTINUE), b""))),
    Mutant(
        id="417-instead-of-100",
        breaks=("bodies-expect",),
        serve=instead(rb"(?s)POST /form HTTP/1\.1\r\n.*Expect: 100", plain("417 Expectation Failed")),
    ),
    Mutant(id="body-forgotten-after-100", breaks=("bodies-expect-answer",), serve=connecting(ForgetsBody)),
    Mutant(
        id="100-with-length",
        breaks=("bodies-expect-answer",),
        serve=saying(replacing(rb"(100 Continue\r\n)", rb"\1Content-Length: 0\r\n")),
    ),
    Mutant(id="100-to-old-clients", breaks=("bodies-expect-http10",), serve=connecting(EncouragesOld)),
    Mutant(id="needless-100", breaks=("bodies-expect-unneeded",), serve=connecting(EncouragesAll)),
    Mutant(
        id="any-expectation", breaks=("bodies-expect-unknown",), serve=hearing(replacing(rb"Expect: applause\r\n", b""))
    ),
)
