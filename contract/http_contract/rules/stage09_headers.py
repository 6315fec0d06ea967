"""Stage 9, Hostile input, still: header fields and request lines that are none."""

from http_contract.http.request import get
from http_contract.rules.expectations import Either, Silent, Status
from http_contract.rules.hostile import BAD, BORNE, REFUSED, borne, raw, refused, repelled
from http_contract.rules.model import Rule
from http_contract.rules.stage05_parameters import ROOT

NEEDS = ("persistence-error",)
START = "GET / HTTP/1.1"
# A line end that is none, before a field that would make a server wait for chunks.
SMUGGLED = "Transfer-Encoding: chunked"


def head(*lines: str) -> bytes:
    return raw(START, *lines)


RULES = (
    Rule(
        id="headers-space-before-colon",
        stage=9,
        sentence="White space before a field's colon is answered 400.",
        hint="Do not strip() names: a server in front may read another name.",
        section="RFC 9112 §5.1",
        needs=ROOT,
        exchanges=borne(head("X-Name : value"), head("Content-Length : 0"), expects=BAD),
    ),
    Rule(
        id="headers-space-first",
        stage=9,
        sentence="White space before the first field is refused, or passed over with its line.",
        hint="Answer 400 to a head whose second line begins with white space.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=borne(raw(START, " X-Name: value", "Host: {authority}", host="")),
    ),
    Rule(
        id="headers-fold",
        stage=9,
        sentence="A folded line is refused, or part of the line before; it is no field of its own.",
        hint="A line that begins with white space goes on with the line before: answer 400, or join the two.",
        section="RFC 9112 §5.2",
        needs=ROOT,
        exchanges=borne(head("X-Name: a", f" {SMUGGLED}"), head("X-Name: a", f"\t{SMUGGLED}")),
    ),
    Rule(
        id="headers-no-colon",
        stage=9,
        sentence="A line without a colon is answered 400.",
        hint="Check that there is a colon before you split at it.",
        section="RFC 9112 §3",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(head("X-Name")),
    ),
    Rule(
        id="headers-no-name",
        stage=9,
        sentence="A field without a name is answered 400.",
        hint="A name has one character at least, all of them of the token kind.",
        section="RFC 9112 §3",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(head(": value")),
    ),
    Rule(
        id="headers-name",
        stage=9,
        sentence="A name with a character that names cannot have is answered 400.",
        hint="Match names against the grammar of a token.",
        section="RFC 9112 §3",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(head("X(Name): value"), head("X-N\xe4me: value"), head("X-\x01Name: value")),
    ),
    Rule(
        id="headers-nul",
        stage=9,
        sentence="A NUL in a value is refused, or made a space.",
        hint="Answer 400 to NUL; to C code behind you it is the end of the value.",
        section="RFC 9110 §5.5",
        needs=ROOT,
        exchanges=borne(head("X-Name: a\0b")),
    ),
    Rule(
        id="headers-control",
        stage=9,
        sentence="Another control character in a value does no harm.",
        hint="Answer 400, or take it as it is.",
        section="RFC 9110 §5.5",
        needs=ROOT,
        exchanges=borne(head("X-Name: a\x01b"), head("X-Name: a\x7fb"), head("X-Name: a\x0bb")),
    ),
    Rule(
        id="headers-bare-cr",
        stage=9,
        sentence="A CR without LF is no end of a line.",
        hint="splitlines() splits at CR, and at more: split at CR LF.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=borne(head(f"X-Name: a\r{SMUGGLED}")),
    ),
    Rule(
        id="headers-line-separator",
        stage=9,
        sentence="Characters that end a line elsewhere do not end one here.",
        hint="str.splitlines() splits at VT, FF, FS and NEL: split bytes at CR LF.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=borne(*(head(f"X-Name: a{character}{SMUGGLED}") for character in "\x0b\x0c\x1c\x85")),
    ),
    Rule(
        id="headers-bare-lf",
        stage=9,
        sentence="Lines that end in LF alone are taken, or refused.",
        hint="Answer 400, or take LF for CR LF throughout.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=borne(get("/").replace(b"\r\n", b"\n"), expects=Either(BORNE, Silent())),
    ),
    Rule(
        id="headers-empty-line",
        stage=9,
        sentence="An empty line before a request is passed over.",
        hint="Old clients send CRLF after a body: skip one before the request line.",
        section="RFC 9112 §2.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(b"\r\n" + get("/"), expects=Status(200)),
    ),
    Rule(
        id="headers-empty-lines",
        stage=9,
        sentence="More empty lines before a request are passed over or refused, or just end the connection.",
        hint="Answer 400 where you do not skip them.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=repelled(b"\r\n\r\n\r\n" + get("/"), expects=BORNE),
    ),
    Rule(
        id="headers-spaces",
        stage=9,
        sentence="More than one space in the request line is refused, or taken for one.",
        hint="split(' ') gives empty parts: check that there are three.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=borne(raw("GET  / HTTP/1.1"), raw("GET /  HTTP/1.1"), raw("GET\t/ HTTP/1.1"), raw(" GET / HTTP/1.1")),
    ),
    Rule(
        id="headers-request-line",
        stage=9,
        sentence="A request line with a control character is refused.",
        hint="Match the request line against the grammar, whole.",
        section="RFC 9112 §3",
        level="SHOULD",
        needs=NEEDS,
        exchanges=refused(
            raw("GET /\0 HTTP/1.1"), raw("GET /\x1b HTTP/1.1"), raw("G\x01T / HTTP/1.1"), expects=REFUSED
        ),
    ),
    Rule(
        id="headers-few-words",
        stage=9,
        sentence="A request line without target or version is refused, or just ends the connection.",
        hint="Check that the line has three parts before you take them.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=repelled(raw("GET", host=""), raw("GET"), raw(""), raw("/")),
    ),
    Rule(
        id="headers-many",
        stage=9,
        sentence="A thousand fields are taken or refused.",
        hint="Limit their number, and answer 431 beyond; a limit that resets the connection tells nobody why.",
        section="RFC 6585 §5",
        needs=ROOT,
        exchanges=borne(head(*(f"X-Name-{number}: a" for number in range(1000)), "Connection: close")),
    ),
    Rule(
        id="headers-large",
        stage=9,
        sentence="A head of 100 KB does no harm.",
        hint="Limit its size, and answer 431 beyond.",
        section="RFC 6585 §5",
        needs=ROOT,
        exchanges=borne(head("X-Name: " + "a" * 100_000, "Connection: close"), expects=Either(BORNE, Silent())),
    ),
)
