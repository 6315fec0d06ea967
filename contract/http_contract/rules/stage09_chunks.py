"""Stage 9, Hostile input: malformed chunks."""

from http_contract.http.request import ACCEPT_JSON, FORM, URLENCODED
from http_contract.rules.expectations import CLIENT_ERRORS, Either, NothingAfter, Silent, Status
from http_contract.rules.hostile import BODY_LIKE_REQUEST, END_OF_CHUNKS, SURVIVED, must_reject, raw_head
from http_contract.rules.model import Exchange, Rule

NEEDS = ("bodies-chunked", "persistence-error")
FORM_TYPE = f"Content-Type: {URLENCODED}"
CLIENT_ERROR = Status(*CLIENT_ERRORS)


def chunks(data: bytes) -> bytes:
    return raw_head(f"POST {FORM} HTTP/1.1", FORM_TYPE, ACCEPT_JSON, "Transfer-Encoding: chunked") + data


def malformed(*bodies: bytes) -> tuple[Exchange, ...]:
    return must_reject(*map(chunks, bodies), expects=CLIENT_ERROR)


def incomplete(*bodies: bytes) -> tuple[Exchange, ...]:
    """Return exchanges with huge chunks. A server may wait for the rest, but must not read any of it as a request."""
    expects = (Either(CLIENT_ERROR, Silent()), NothingAfter())
    return tuple(Exchange((chunks(body) + BODY_LIKE_REQUEST,), expects) for body in bodies)


def optional(*bodies: bytes) -> tuple[Exchange, ...]:
    """Return exchanges with chunks that a server may accept or reject."""
    return tuple(Exchange((chunks(body),), (Either(SURVIVED, Silent()),)) for body in bodies)


RULES = (
    Rule(
        id="chunks-size-signed",
        stage=9,
        sentence="The server rejects a chunk size with a sign.",
        hint="Functions that read hexadecimal numbers accept +8 and -8. Match hexadecimal digits first.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=malformed(b"+8\r\nname=Ada\r\n" + END_OF_CHUNKS, b"-8\r\nname=Ada\r\n" + END_OF_CHUNKS),
    ),
    Rule(
        id="chunks-size-not-hexadecimal",
        stage=9,
        sentence="The server rejects a chunk size that is not hexadecimal digits, such as 0x8 or an empty size.",
        hint="Functions that read hexadecimal numbers may accept 0x8 and 0_8. Match hexadecimal digits first.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=malformed(
            b"0x8\r\nname=Ada\r\n" + END_OF_CHUNKS,
            b"0_8\r\nname=Ada\r\n" + END_OF_CHUNKS,
            b"eight\r\nname=Ada\r\n" + END_OF_CHUNKS,
            b"\r\nname=Ada\r\n" + END_OF_CHUNKS,
        ),
    ),
    Rule(
        id="chunks-size-huge",
        stage=9,
        sentence="The server handles a huge chunk size without an overflow.",
        hint="Compare the size with your limit before you read or wait for the data.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=(*NEEDS, "bodies-too-large-chunked"),
        exchanges=incomplete(
            b"FFFFFFFFFFFFFFF0\r\nname=Ada\r\n" + END_OF_CHUNKS, b"1" + b"0" * 40 + b"\r\nname=Ada\r\n" + END_OF_CHUNKS
        ),
    ),
    Rule(
        id="chunks-size-space",
        stage=9,
        sentence="The server rejects or ignores white space after a chunk size.",
        hint="White space is legal only before an extension. Respond with 400, or remove it.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=optional(b"8 \r\nname=Ada\r\n" + END_OF_CHUNKS),
    ),
    Rule(
        id="chunks-extension-broken",
        stage=9,
        sentence="The server rejects or ignores a malformed chunk extension.",
        hint="Cut the line at the first semicolon, or respond with 400.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=optional(
            b'8;a="b\r\nname=Ada\r\n' + END_OF_CHUNKS,
            b"8;=\r\nname=Ada\r\n" + END_OF_CHUNKS,
            b"8;\r\nname=Ada\r\n" + END_OF_CHUNKS,
        ),
    ),
    Rule(
        id="chunks-extension-long",
        stage=9,
        sentence="The server survives a chunk extension of 100 KB.",
        hint="Limit the length of a chunk's first line.",
        section="RFC 9112 §7.1.1",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=optional(b"8;a=" + b"b" * 100_000 + b"\r\nname=Ada\r\n" + END_OF_CHUNKS),
    ),
    Rule(
        id="chunks-overrun",
        stage=9,
        sentence="The server rejects a chunk with more data than its size announces.",
        hint="CRLF must follow the data. Check it, and respond with 400 if it is missing.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=malformed(b"8\r\nname=Ada Lovelace\r\n" + END_OF_CHUNKS),
    ),
    Rule(
        id="chunks-end",
        stage=9,
        sentence="The server rejects a chunk whose data is not followed by CRLF.",
        hint="Do not skip two bytes unchecked. Check that they are CR and LF.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        routes=(FORM,),
        needs=NEEDS,
        exchanges=malformed(b"8\r\nname=AdaXX" + END_OF_CHUNKS),
    ),
    Rule(
        id="chunks-trailer-framing",
        stage=9,
        sentence="The server rejects or ignores a framing field such as Content-Length among the trailers.",
        hint="Never merge trailers into the header fields. A second Content-Length there would change the framing.",
        section="RFC 9110 §6.5.1",
        routes=(FORM,),
        needs=(*NEEDS, "bodies-chunked-trailers"),
        exchanges=optional(b"8\r\nname=Ada\r\n0\r\nContent-Length: 50\r\n\r\n"),
    ),
)
