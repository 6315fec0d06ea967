"""Stage 9, Hostile input, still: targets, versions and other protocols; and errors that tell nothing."""

from http_contract.http.request import JSON_WANTED, get
from http_contract.rules.expectations import BodyLacks, Complete, Either, Lacks, NothingAfter, Silent, SomeBody, Status
from http_contract.rules.hostile import BORNE, REFUSED, borne, raw, repelled
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.stage05_parameters import ROOT

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"  # RFC 9113 §3.4, and SETTINGS
# A ClientHello of TLS 1.3 begins so (RFC 8446 §4.1.2): record, handshake, version, random.
HELLO = b"\x16\x03\x01\x00\xca\x01\x00\x00\xc6\x03\x03" + bytes(range(32)) + b"\x20" + bytes(range(32)) + b"\x00\x06"
LONG = 9_000  # octets
VERY_LONG = 100_000  # octets


def get_line(target: str, version: str = "HTTP/1.1") -> bytes:
    return raw(f"GET {target} {version}", "Connection: close")


RULES = (
    Rule(
        id="targets-fragment",
        stage=9,
        sentence="A target with a fragment is refused.",
        hint="A browser keeps what follows # to itself; a # in a target is no client's doing.",
        section="RFC 9112 §3.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(get_line("/test#part"), expects=REFUSED),
    ),
    Rule(
        id="targets-characters",
        stage=9,
        sentence="A target with characters that no URI has is refused.",
        hint="Match the target against the grammar: no quotation marks, no backslash, nothing beyond ASCII.",
        section="RFC 9112 §3.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(*(get_line(f"/test?{character}") for character in '\\"<>^`{|}\xe9'), expects=REFUSED),
    ),
    Rule(
        id="targets-asterisk",
        stage=9,
        sentence="GET * is refused: only OPTIONS asks about the server.",
        hint="A target begins with a slash, or is an absolute URI; * belongs to OPTIONS alone.",
        section="RFC 9112 §3.2.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(get_line("*"), expects=REFUSED),
    ),
    Rule(
        id="targets-version",
        stage=9,
        sentence="Another major version is answered 505, or 400.",
        hint="Compare the version with HTTP/1.1 and HTTP/1.0.",
        section="RFC 9110 §15.6.6",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(get_line("/", "HTTP/2.0"), get_line("/", "HTTP/3.1"), expects=Status(400, 505)),
    ),
    Rule(
        id="targets-version-malformed",
        stage=9,
        sentence="A version that is none is refused.",
        hint="It is HTTP, a slash, a digit, a dot, a digit; in capitals.",
        section="RFC 9112 §2.3",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(
            get_line("/", "HTTP/1.10"), get_line("/", "http/1.1"), get_line("/", "HTTP/x"), expects=REFUSED
        ),
    ),
    Rule(
        id="targets-http2",
        stage=9,
        sentence="The preface of HTTP/2 is refused, or ends the connection.",
        hint="It is a request line of another version: 505, or 400.",
        section="RFC 9113 §3.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=repelled(PREFACE),
    ),
    Rule(
        id="targets-tls",
        stage=9,
        sentence="A browser that tries https is refused, or its connection ends.",
        hint="What is no request line is 400; decode bytes as Latin-1, which never fails.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=repelled(HELLO),
    ),
    Rule(
        id="targets-long",
        stage=9,
        sentence="A request line of 9,000 octets is answered: 414, or as any other.",
        hint="Limit the line, with 414 beyond; 8,000 octets are to be taken.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=borne(get_line("/" + "a" * LONG)),
    ),
    Rule(
        id="targets-method-long",
        stage=9,
        sentence="A method of 100 KB does no harm.",
        hint="Limit the request line before you look at its parts.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=borne(raw("A" * VERY_LONG + " / HTTP/1.1", "Connection: close"), expects=Either(BORNE, Silent())),
    ),
    Rule(
        id="targets-split",
        stage=9,
        sentence="No line end in a path gets into the answer's head.",
        hint="Never put what a client sent into a field, unless it is encoded again.",
        section="RFC 9112 §11.1",
        needs=("route-percent-crlf",),
        exchanges=borne(
            *(get(f"{path}%0d%0aX-Split:%20yes%0d%0a%0d%0aX-Split:%20yes") for path in ("/", "/home/", "/hello/")),
            expects=Lacks("X-Split"),
        ),
    ),
    Rule(
        id="targets-error",
        stage=9,
        sentence="A page that fails is answered 500, with a page that shows nothing of the code.",
        hint="Catch what a view raises, log it, and answer with a page that says nothing of it.",
        section="RFC 9110 §15.6.1",
        routes=("/error",),
        needs=ROOT,
        exchanges=tuple(
            Exchange(
                (get("/error", *accept),),
                (Status(500), Complete(), SomeBody(), BodyLacks(b"Traceback"), BodyLacks(b".py")),
            )
            for accept in ((), (JSON_WANTED,))
        ),
    ),
    Rule(
        id="targets-error-next",
        stage=9,
        sentence="After a page that fails, the next request is answered.",
        hint="An exception ends a request, not the server.",
        section="RFC 9110 §15.6.1",
        routes=("/error",),
        needs=("targets-error", "route-test"),
        alone=True,  # or the next request is another's
        exchanges=(
            Exchange((get("/error"),), (Status(500),)),
            Exchange((get("/test"),), (Status(200), Complete(), NothingAfter())),
        ),
    ),
)
