"""Stage 9, Hostile input: Content-Length and Transfer-Encoding that are malformed or contradict each other."""

from http_contract.http.request import ANY_PAGE, get
from http_contract.rules.common import BodyIsNotARequest
from http_contract.rules.expectations import NothingAfter, Status
from http_contract.rules.hostile import (
    BODY_LIKE_REQUEST,
    END_OF_CHUNKS,
    REJECTED,
    SURVIVED,
    must_reject,
    must_survive,
    raw_head,
)
from http_contract.rules.model import Exchange, Rule

CHUNKED = "Transfer-Encoding: chunked"
NEEDS = ("persistence-error",)


def post_lines(*lines: str, version: str = "1.1", body: bytes = b"") -> bytes:
    return raw_head(f"POST {ANY_PAGE} HTTP/{version}", *lines) + body


def with_codings(*codings: str) -> bytes:
    return post_lines(*(f"Transfer-Encoding: {coding}" for coding in codings), body=END_OF_CHUNKS)


def with_lengths(*lengths: str) -> tuple[Exchange, ...]:
    """Return an exchange with a body that looks like a request, and its length in each of these values."""
    sends = post_lines(*(f"Content-Length: {length}" for length in lengths), body=BODY_LIKE_REQUEST)
    return (Exchange((sends + get(ANY_PAGE),), (SURVIVED, BodyIsNotARequest(), NothingAfter()), ("POST", "GET")),)


BODY_LENGTH = str(len(BODY_LIKE_REQUEST))

RULES = (
    Rule(
        id="framing-length-first",
        stage=9,
        sentence="The server closes the connection after a request with Content-Length and then Transfer-Encoding.",
        hint="Two servers may read such a body with two lengths, which permits request smuggling. Respond with "
        "400 and close.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=must_reject(post_lines("Content-Length: 5", CHUNKED, body=END_OF_CHUNKS), expects=SURVIVED),
    ),
    Rule(
        id="framing-coding-first",
        stage=9,
        sentence="The server closes the connection after a request with Transfer-Encoding and then Content-Length.",
        hint="Check for both fields, in either order. Respond with 400 and close.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=must_reject(post_lines(CHUNKED, "Content-Length: 5", body=END_OF_CHUNKS), expects=SURVIVED),
    ),
    Rule(
        id="framing-lengths-differ",
        stage=9,
        sentence="The server responds 400 to two Content-Length fields that differ.",
        hint="Collect all Content-Length lines. A map keeps one of them, and another server may use the other.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=must_reject(post_lines("Content-Length: 5", "Content-Length: 6"), post_lines("Content-Length: 5, 6")),
    ),
    Rule(
        id="framing-lengths-same",
        stage=9,
        sentence="The server rejects a repeated Content-Length, or uses the value once.",
        hint="Respond with 400, or read exactly as many bytes as both fields announce.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=(*with_lengths(BODY_LENGTH, BODY_LENGTH), *with_lengths(f"{BODY_LENGTH}, {BODY_LENGTH}")),
    ),
    Rule(
        id="framing-length-signed",
        stage=9,
        sentence="The server responds 400 to a Content-Length with a sign.",
        hint="Functions that convert text to numbers accept +5 and -5. A length contains digits only.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=must_reject(post_lines("Content-Length: +5"), post_lines("Content-Length: -5")),
    ),
    Rule(
        id="framing-length-not-decimal",
        stage=9,
        sentence="The server responds 400 to a Content-Length that is not a decimal number.",
        hint="Functions that convert text to numbers may accept 1_0 or digits of other scripts. Match `[0-9]+` first.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=must_reject(
            post_lines("Content-Length: 0x5"),
            post_lines("Content-Length: 1_0"),
            post_lines("Content-Length: 5 5"),
            post_lines("Content-Length: 5.0"),
            post_lines("Content-Length: \xb2"),
        ),
    ),
    Rule(
        id="framing-chunked-not-last",
        stage=9,
        sentence="The server responds 400 or 501 to a request whose last transfer coding is not chunked.",
        hint="The end of a body is unknown if chunked is not the last coding.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=must_reject(
            with_codings("chunked, gzip"), with_codings("chunked", "identity"), expects=Status(400, 501)
        ),
    ),
    Rule(
        id="framing-chunked-twice",
        stage=9,
        sentence="The server rejects a request that lists the transfer coding chunked twice.",
        hint="Split the list of codings at commas, and count.",
        section="RFC 9112 §6.1",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(with_codings("chunked, chunked"), with_codings("chunked", "chunked"), expects=REJECTED),
    ),
    Rule(
        id="framing-coding-empty",
        stage=9,
        sentence="The server responds to an empty Transfer-Encoding and does not wait for chunks.",
        hint="Compare the value with `chunked`. The presence of the field is not enough.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=must_survive(post_lines("Transfer-Encoding:"), post_lines("Transfer-Encoding: ,")),
    ),
    Rule(
        id="framing-coding-disguised",
        stage=9,
        sentence="The server rejects transfer codings that only resemble chunked.",
        hint="Compare the whole coding. Trimming removes more than spaces in many languages, and a substring "
        "search finds too much.",
        section="RFC 9112 §6.3",
        needs=NEEDS,
        exchanges=must_reject(
            with_codings("\x0bchunked"), with_codings("xchunked"), with_codings('"chunked"'), expects=REJECTED
        ),
    ),
    Rule(
        id="framing-coding-http10",
        stage=9,
        sentence="The server closes the connection after an HTTP/1.0 request with Transfer-Encoding.",
        hint="HTTP/1.0 has no transfer codings, so the length of the body is uncertain. Respond and close.",
        section="RFC 9112 §6.1",
        needs=NEEDS,
        exchanges=must_reject(
            post_lines(CHUNKED, "Connection: keep-alive", version="1.0", body=END_OF_CHUNKS), expects=SURVIVED
        ),
    ),
    Rule(
        id="framing-coding-unknown",
        stage=9,
        sentence="The server responds 400 or 501 to an unknown transfer coding.",
        hint="Compare the codings with those that you can decode. chunked alone is enough.",
        section="RFC 9112 §6.1",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(with_codings("x-unheard-of, chunked"), expects=REJECTED),
    ),
)
