"""Stage 9, Hostile input, still: how long a body is, said twice, wrongly, or in a way that two servers read as two."""

from http_contract.http.request import get
from http_contract.rules.expectations import NothingAfter
from http_contract.rules.hostile import AS_REQUEST, BORNE, REFUSED, borne, raw, refused
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.stage07_persistence import BodyIsNoRequest

LAST = b"0\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"
NEEDS = ("persistence-error",)


def posted(*lines: str, version: str = "1.1", body: bytes = b"") -> bytes:
    return raw(f"POST / HTTP/{version}", *lines) + body


def coded(*codings: str) -> bytes:
    return posted(*(f"Transfer-Encoding: {coding}" for coding in codings), body=LAST)


def counted(*lengths: str) -> tuple[Exchange, ...]:
    """A body of that length, told so; it looks like a request, and is none."""
    sends = posted(*(f"Content-Length: {length}" for length in lengths), body=AS_REQUEST)
    return (Exchange((sends + get("/test"),), (BORNE, BodyIsNoRequest(), NothingAfter()), ("POST", "GET")),)


LENGTH = str(len(AS_REQUEST))

RULES = (
    Rule(
        id="framing-length-first",
        stage=9,
        sentence="After a request with Content-Length and then Transfer-Encoding, the connection ends.",
        hint="Two servers may read such a body as two lengths, and one smuggles: answer 400 and close.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=refused(posted("Content-Length: 5", CHUNKED, body=LAST), expects=BORNE),
    ),
    Rule(
        id="framing-coding-first",
        stage=9,
        sentence="After a request with Transfer-Encoding and then Content-Length, the connection ends.",
        hint="Look for both fields, whichever comes first: answer 400 and close.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=refused(posted(CHUNKED, "Content-Length: 5", body=LAST), expects=BORNE),
    ),
    Rule(
        id="framing-lengths-differ",
        stage=9,
        sentence="Two lengths that differ are answered 400.",
        hint="Collect all Content-Length lines; a dict keeps one of them, and the next server another.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=refused(posted("Content-Length: 5", "Content-Length: 6"), posted("Content-Length: 5, 6")),
    ),
    Rule(
        id="framing-lengths-same",
        stage=9,
        sentence="A length that is said twice is refused, or counts once.",
        hint="Either answer 400, or read just so many bytes as both say.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=(*counted(LENGTH, LENGTH), *counted(f"{LENGTH}, {LENGTH}")),
    ),
    Rule(
        id="framing-length-signed",
        stage=9,
        sentence="A length with a sign is answered 400.",
        hint="int() takes +5 and -5; a length is digits and nothing else.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=refused(posted("Content-Length: +5"), posted("Content-Length: -5")),
    ),
    Rule(
        id="framing-length-not-decimal",
        stage=9,
        sentence="A length that is no decimal number is answered 400.",
        hint="int() takes 1_0 and the digits of every script; match [0-9]+ first.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=refused(
            posted("Content-Length: 0x5"),
            posted("Content-Length: 1_0"),
            posted("Content-Length: 5 5"),
            posted("Content-Length: 5.0"),
            posted("Content-Length: \xb2"),
        ),
    ),
    Rule(
        id="framing-chunked-not-last",
        stage=9,
        sentence="A coding after chunked is answered 400.",
        hint="Without chunked at the end, nobody can tell where the body ends.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=refused(coded("chunked, gzip"), coded("chunked", "identity")),
    ),
    Rule(
        id="framing-chunked-twice",
        stage=9,
        sentence="Chunked twice is refused.",
        hint="Split the list of codings, and count.",
        section="RFC 9112 §6.1",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(coded("chunked, chunked"), coded("chunked", "chunked"), expects=REFUSED),
    ),
    Rule(
        id="framing-coding-empty",
        stage=9,
        sentence="An empty Transfer-Encoding is answered; no chunks are waited for.",
        hint="Compare the coding with chunked; that the field is there is not enough.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=borne(posted("Transfer-Encoding:"), posted("Transfer-Encoding: ,")),
    ),
    Rule(
        id="framing-coding-disguised",
        stage=9,
        sentence="What is not quite chunked is refused.",
        hint="Compare the whole coding: strip() takes away more than spaces, and `in` finds chunked anywhere.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=refused(coded("\x0bchunked"), coded("xchunked"), coded('"chunked"'), expects=REFUSED),
    ),
    Rule(
        id="framing-coding-http10",
        stage=9,
        sentence="After a request of HTTP/1.0 with Transfer-Encoding, the connection ends.",
        hint="HTTP/1.0 knows no codings, so the request's length is doubtful.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=refused(posted(CHUNKED, "Connection: keep-alive", version="1.0", body=LAST), expects=BORNE),
    ),
    Rule(
        id="framing-coding-unknown",
        stage=9,
        sentence="An unknown coding is refused, with 501 or 400.",
        hint="Compare the codings with those that you can undo; there need be no other than chunked.",
        section="RFC 9112 §6.1",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(coded("x-unheard-of, chunked"), expects=REFUSED),
    ),
)
