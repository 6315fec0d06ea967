"""Stage 9, Hostile input: malformed header fields and request lines."""

from http_contract.http.request import ANY_PAGE, get
from http_contract.rules.common import ROOT
from http_contract.rules.expectations import Either, Silent, Status
from http_contract.rules.hostile import (
    BAD_REQUEST,
    REDIRECTED,
    REJECTED,
    SURVIVED,
    may_close,
    must_reject,
    must_survive,
    raw_head,
)
from http_contract.rules.model import Rule

NEEDS = ("persistence-error",)
START_LINE = f"GET {ANY_PAGE} HTTP/1.1"
# This field makes a server wait for chunks if it reads the bytes before it as the end of a line.
SMUGGLED = "Transfer-Encoding: chunked"


def with_lines(*lines: str) -> bytes:
    return raw_head(START_LINE, *lines)


RULES = (
    Rule(
        id="headers-space-before-colon",
        stage=9,
        sentence="The server responds 400 to white space between a field name and its colon.",
        hint="Do not trim field names. A server in front of yours may read a different name.",
        section="RFC 9112 §5.1",
        needs=ROOT,
        exchanges=must_survive(with_lines("X-Name : value"), with_lines("Content-Length : 0"), expects=BAD_REQUEST),
    ),
    Rule(
        id="headers-space-first",
        stage=9,
        sentence="The server rejects white space before the first header field, or ignores that line.",
        hint="Respond with 400 if the second line of the head begins with white space.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=must_survive(raw_head(START_LINE, " X-Name: value", "Host: {authority}", host="")),
    ),
    Rule(
        id="headers-fold",
        stage=9,
        sentence="The server rejects a folded line, or joins it with the line before.",
        hint="A line that begins with white space continues the line before. Respond with 400, or join the two.",
        section="RFC 9112 §5.2",
        needs=ROOT,
        exchanges=must_survive(with_lines("X-Name: a", f" {SMUGGLED}"), with_lines("X-Name: a", f"\t{SMUGGLED}")),
    ),
    Rule(
        id="headers-no-colon",
        stage=9,
        sentence="The server responds 400 to a header line without a colon.",
        hint="Check that the line contains a colon before you split it.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(with_lines("X-Name")),
    ),
    Rule(
        id="headers-no-name",
        stage=9,
        sentence="The server responds 400 to a header field without a name.",
        hint="A field name has at least one character. Match it against the grammar of a token.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(with_lines(": value")),
    ),
    Rule(
        id="headers-name",
        stage=9,
        sentence="The server responds 400 to a field name with an illegal character.",
        hint="Match field names against the grammar of a token.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(
            with_lines("X(Name): value"), with_lines("X-N\xe4me: value"), with_lines("X-\x01Name: value")
        ),
    ),
    Rule(
        id="headers-nul",
        stage=9,
        sentence="The server rejects a NUL in a field value, or replaces it with a space.",
        hint="Respond with 400. Programs in C behind your server read NUL as the end of the value.",
        section="RFC 9110 §5.5",
        needs=ROOT,
        exchanges=must_survive(with_lines("X-Name: a\0b")),
    ),
    Rule(
        id="headers-control",
        stage=9,
        sentence="The server responds to a request with other control characters in a field value.",
        hint="Respond with 400, or accept the value as it is.",
        section="RFC 9110 §5.5",
        needs=ROOT,
        exchanges=must_survive(
            with_lines("X-Name: a\x01b"), with_lines("X-Name: a\x7fb"), with_lines("X-Name: a\x0bb")
        ),
    ),
    Rule(
        id="headers-bare-cr",
        stage=9,
        sentence="The server does not read CR without LF as the end of a line.",
        hint="Split the head at CRLF. Functions that split text into lines often split at CR alone.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=must_survive(with_lines(f"X-Name: a\r{SMUGGLED}")),
    ),
    Rule(
        id="headers-line-separator",
        stage=9,
        sentence="The server does not read VT, FF, FS or NEL as the end of a line.",
        hint="Split the bytes at CRLF. Functions that split text into lines may split at these characters too.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=must_survive(*(with_lines(f"X-Name: a{character}{SMUGGLED}") for character in "\x0b\x0c\x1c\x85")),
    ),
    Rule(
        id="headers-bare-lf",
        stage=9,
        sentence="The server rejects lines that end with LF alone, or accepts LF throughout.",
        hint="Respond with 400, or read LF as CRLF everywhere in the head.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=must_survive(get(ANY_PAGE).replace(b"\r\n", b"\n"), expects=Either(SURVIVED, Silent())),
    ),
    Rule(
        id="headers-empty-line",
        stage=9,
        sentence="The server ignores one empty line before a request.",
        hint="Old clients send CRLF after a body. Skip one empty line before the request line.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(b"\r\n" + get(ANY_PAGE), expects=Status(200)),
    ),
    Rule(
        id="headers-empty-lines",
        stage=9,
        sentence="The server ignores or rejects several empty lines before a request, or closes the connection.",
        hint="Respond with 400 if you do not skip them.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=may_close(b"\r\n\r\n\r\n" + get(ANY_PAGE), expects=SURVIVED),
    ),
    Rule(
        id="headers-spaces",
        stage=9,
        sentence="The server rejects several spaces in the request line, reads them as one, or redirects the client.",
        hint="Splitting at every space gives empty parts. Check that there are exactly three parts.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=must_survive(
            raw_head("GET  / HTTP/1.1"),
            raw_head(f"GET {ANY_PAGE}  HTTP/1.1"),
            raw_head("GET\t/ HTTP/1.1"),
            raw_head(f" {START_LINE}"),
            expects=Either(SURVIVED, REDIRECTED),
        ),
    ),
    Rule(
        id="headers-request-line",
        stage=9,
        sentence="The server rejects a request line with a control character, or redirects the client.",
        hint="Match the whole request line against the grammar.",
        section="RFC 9112 §3",
        level="SHOULD",
        needs=NEEDS,
        exchanges=must_reject(
            raw_head("GET /\0 HTTP/1.1"),
            raw_head("GET /\x1b HTTP/1.1"),
            raw_head("G\x01T / HTTP/1.1"),
            expects=Either(REJECTED, REDIRECTED),
        ),
    ),
    Rule(
        id="headers-few-words",
        stage=9,
        sentence="The server rejects a request line without a target or a version, or closes the connection.",
        hint="Check that the line has three parts before you use them.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=may_close(raw_head("GET", host=""), raw_head("GET"), raw_head(""), raw_head("/")),
    ),
    Rule(
        id="headers-content-types",
        stage=9,
        sentence="The server rejects a request with two Content-Type fields, or handles it as one with a media type.",
        hint="Only fields that are lists may be repeated. Respond with 400 to a repeated Content-Type.",
        section="RFC 9110 §5.3",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(
            with_lines("Content-Type: text/plain", "Content-Type: text/html"), expects=Status(200, 400, 415)
        ),
    ),
    Rule(
        id="headers-many",
        stage=9,
        sentence="The server accepts or rejects a request with a thousand header fields, and sends a response.",
        hint="Limit their number, and respond with 431 above the limit. After a reset the client does not learn "
        "the reason.",
        section="RFC 6585 §5",
        needs=ROOT,
        exchanges=must_survive(with_lines(*(f"X-Name-{number}: a" for number in range(1000)), "Connection: close")),
    ),
    Rule(
        id="headers-large",
        stage=9,
        sentence="The server survives a head of 100 KB.",
        hint="Limit the size of the head, and respond with 431 above the limit.",
        section="RFC 6585 §5",
        needs=ROOT,
        exchanges=must_survive(
            with_lines("X-Name: " + "a" * 100_000, "Connection: close"), expects=Either(SURVIVED, Silent())
        ),
    ),
)
