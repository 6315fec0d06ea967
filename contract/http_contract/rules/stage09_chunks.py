"""Stage 9, Hostile input, still: chunks that are none."""

from http_contract.http.request import FORM, JSON_WANTED, URLENCODED
from http_contract.rules.expectations import CLIENT_ERRORS, Either, NothingAfter, Silent, Status
from http_contract.rules.hostile import AS_REQUEST, BORNE, raw, refused
from http_contract.rules.model import Exchange, Rule

NEEDS = ("bodies-chunked", "persistence-error")
TYPED = f"Content-Type: {URLENCODED}"
REFUSED = Status(*CLIENT_ERRORS)


def chunks(data: bytes) -> bytes:
    return raw(f"POST {FORM} HTTP/1.1", TYPED, JSON_WANTED, "Transfer-Encoding: chunked") + data


def broken(*bodies: bytes) -> tuple[Exchange, ...]:
    return refused(*map(chunks, bodies), expects=REFUSED)


def endless(*bodies: bytes) -> tuple[Exchange, ...]:
    """Chunks of which more is said to come: a server may wait for it, but takes nothing of it for a request."""
    expects = (Either(REFUSED, Silent()), NothingAfter())
    return tuple(Exchange((chunks(body) + AS_REQUEST,), expects) for body in bodies)


def odd(*bodies: bytes) -> tuple[Exchange, ...]:
    """Chunks that may be read or refused."""
    return tuple(Exchange((chunks(body),), (Either(BORNE, Silent()),)) for body in bodies)


LAST = b"0\r\n\r\n"

RULES = (
    Rule(
        id="chunks-size-signed",
        stage=9,
        sentence="A chunk's size has no sign.",
        hint="int(size, 16) takes +8 and -8: match hexadecimal digits first.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=broken(b"+8\r\nname=Ada\r\n" + LAST, b"-8\r\nname=Ada\r\n" + LAST),
    ),
    Rule(
        id="chunks-size-not-hexadecimal",
        stage=9,
        sentence="A chunk's size is hexadecimal digits, without 0x, and not none.",
        hint="int(size, 16) takes 0x8 and 0_8: match hexadecimal digits first.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=broken(
            b"0x8\r\nname=Ada\r\n" + LAST,
            b"0_8\r\nname=Ada\r\n" + LAST,
            b"eight\r\nname=Ada\r\n" + LAST,
            b"\r\nname=Ada\r\n" + LAST,
        ),
    ),
    Rule(
        id="chunks-size-huge",
        stage=9,
        sentence="A chunk's size beyond all measure overflows nothing.",
        hint="Compare the size with your limit before you read, or wait, for so much.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=(*NEEDS, "bodies-too-large-chunked"),
        exchanges=endless(b"FFFFFFFFFFFFFFF0\r\nname=Ada\r\n" + LAST, b"1" + b"0" * 40 + b"\r\nname=Ada\r\n" + LAST),
    ),
    Rule(
        id="chunks-size-space",
        stage=9,
        sentence="White space after a chunk's size is refused, or passed over.",
        hint="There may be white space before an extension, and only there: answer 400, or strip it.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=odd(b"8 \r\nname=Ada\r\n" + LAST),
    ),
    Rule(
        id="chunks-extension-broken",
        stage=9,
        sentence="An extension against the grammar is refused, or passed over.",
        hint="Cut the line at the first semicolon, or answer 400.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=odd(b'8;a="b\r\nname=Ada\r\n' + LAST, b"8;=\r\nname=Ada\r\n" + LAST, b"8;\r\nname=Ada\r\n" + LAST),
    ),
    Rule(
        id="chunks-extension-long",
        stage=9,
        sentence="An extension of 100 KB does no harm.",
        hint="Limit the length of a chunk's first line.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=odd(b"8;a=" + b"b" * 100_000 + b"\r\nname=Ada\r\n" + LAST),
    ),
    Rule(
        id="chunks-overrun",
        stage=9,
        sentence="A chunk that is longer than its size is refused.",
        hint="After so many bytes as the size says there must be CRLF: look, and answer 400 where there is none.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=broken(b"8\r\nname=Ada Lovelace\r\n" + LAST),
    ),
    Rule(
        id="chunks-end",
        stage=9,
        sentence="A chunk without CRLF after it is refused.",
        hint="Do not pass over two bytes unseen: they must be CR and LF.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=broken(b"8\r\nname=AdaXX" + LAST),
    ),
    Rule(
        id="chunks-trailer-framing",
        stage=9,
        sentence="A trailer that speaks of framing is refused, or passed over.",
        hint="Never merge trailers into the header fields: Content-Length among them would count a second time.",
        section="RFC 9110 §6.5.1",
        routes=(FORM,),
        needs=(*NEEDS, "bodies-chunked-trailers"),
        exchanges=odd(b"8\r\nname=Ada\r\n0\r\nContent-Length: 50\r\n\r\n"),
    ),
)
