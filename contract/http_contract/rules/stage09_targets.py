"""Stage 9, Hostile input: targets, versions, other protocols, and server errors."""

from http_contract.http.request import ACCEPT_JSON, ANY_PAGE, get
from http_contract.rules.common import ROOT
from http_contract.rules.expectations import BodyLacks, Complete, Either, Lacks, NothingAfter, Silent, SomeBody, Status
from http_contract.rules.hostile import REDIRECTED, REJECTED, SURVIVED, may_close, must_survive, raw_head
from http_contract.rules.model import Exchange, Rule

HTTP2_PREFACE = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"  # RFC 9113 §3.4, then a SETTINGS frame
)
# The beginning of a ClientHello of TLS 1.3 (RFC 8446 §4.1.2): record, handshake, version, random.
TLS_HELLO = (
    b"\x16\x03\x01\x00\xca\x01\x00\x00\xc6\x03\x03" + bytes(range(32)) + b"\x20" + bytes(range(32)) + b"\x00\x06"
)
LONG_LINE = 9_000  # octets
VERY_LONG = 100_000  # octets


def request_line(target: str, version: str = "HTTP/1.1") -> bytes:
    return raw_head(f"GET {target} {version}", "Connection: close")


RULES = (
    Rule(
        id="targets-fragment",
        stage=9,
        sentence="The server rejects a target with a fragment, or redirects the client.",
        hint="Browsers do not send the part after #. Respond with 400 if the target contains a #.",
        section="RFC 9112 §3.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(request_line("/test#part"), expects=Either(REJECTED, REDIRECTED)),
    ),
    Rule(
        id="targets-characters",
        stage=9,
        sentence="The server rejects a target with characters that are not legal in a URI, or redirects the client.",
        hint="Match the target against the grammar, without quotation marks, `<`, `>` and characters outside ASCII.",
        section="RFC 9112 §3.2",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(
            *(request_line(f"/test?{character}") for character in '"<>\xe9'), expects=Either(REJECTED, REDIRECTED)
        ),
    ),
    Rule(
        id="targets-asterisk",
        stage=9,
        sentence="The server rejects GET *, because * is a target for OPTIONS only.",
        hint="A target begins with a slash or is an absolute URI. Accept * only with OPTIONS.",
        section="RFC 9112 §3.2.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(request_line("*"), expects=REJECTED),
    ),
    Rule(
        id="targets-version",
        stage=9,
        sentence="The server responds 400 or 505 to another major version of HTTP.",
        hint="Compare the version with HTTP/1.1 and HTTP/1.0.",
        section="RFC 9110 §15.6.6",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(
            request_line(ANY_PAGE, "HTTP/2.0"), request_line(ANY_PAGE, "HTTP/3.1"), expects=Status(400, 505)
        ),
    ),
    Rule(
        id="targets-version-malformed",
        stage=9,
        sentence="The server rejects a malformed HTTP version.",
        hint="A version is HTTP in capitals, a slash, a digit, a dot and a digit. Match the whole word.",
        section="RFC 9112 §2.3",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(
            request_line(ANY_PAGE, "HTTP/1.10"),
            request_line(ANY_PAGE, "http/1.1"),
            request_line(ANY_PAGE, "HTTP/x"),
            expects=REJECTED,
        ),
    ),
    Rule(
        id="targets-http2",
        stage=9,
        sentence="The server rejects the HTTP/2 connection preface, or closes the connection.",
        hint="The preface is a request line with another version. Respond with 505 or 400.",
        section="RFC 9113 §3.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=may_close(HTTP2_PREFACE),
    ),
    Rule(
        id="targets-tls",
        stage=9,
        sentence="The server rejects a TLS handshake, which browsers send for https, or closes the connection.",
        hint="These bytes are not a request line. Respond with 400, and decode bytes as Latin-1, which never fails.",
        section="RFC 9112 §2.2",
        needs=ROOT,
        exchanges=may_close(TLS_HELLO),
    ),
    Rule(
        id="targets-long",
        stage=9,
        sentence="The server responds to a request line of 9,000 octets.",
        hint="Limit the request line, and respond with 414 above the limit. Accept at least 8,000 octets.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=must_survive(request_line("/" + "a" * LONG_LINE)),
    ),
    Rule(
        id="targets-method-long",
        stage=9,
        sentence="The server survives a method of 100 KB.",
        hint="Limit the length of the request line before you look at its parts.",
        section="RFC 9112 §3",
        needs=ROOT,
        exchanges=must_survive(
            raw_head("A" * VERY_LONG + " / HTTP/1.1", "Connection: close"), expects=Either(SURVIVED, Silent())
        ),
    ),
    Rule(
        id="targets-split",
        stage=9,
        sentence="An encoded line break in a path never becomes a line break in the head of the response.",
        hint="Never copy text from the request into a header field unless you encode it again.",
        section="RFC 9112 §11.1",
        needs=("route-percent-crlf",),
        exchanges=must_survive(
            *(get(f"{path}%0d%0aX-Split:%20yes%0d%0a%0d%0aX-Split:%20yes") for path in ("/", "/home/", "/hello/")),
            expects=Lacks("X-Split"),
        ),
    ),
    Rule(
        id="targets-error",
        stage=9,
        sentence="The server responds 500 if a page fails, with a page that contains no details of the program.",
        hint="Catch errors of the functions that make pages, log them, and send a page without details.",
        section="the service, /error",
        routes=("/error",),
        needs=ROOT,
        exchanges=tuple(
            Exchange(
                (get("/error", *accept),),
                (Status(500), Complete(), SomeBody(), BodyLacks(b"Traceback"), BodyLacks(b".py")),
            )
            for accept in ((), (ACCEPT_JSON,))
        ),
    ),
    Rule(
        id="targets-error-next",
        stage=9,
        sentence="The server responds to the next request after a page has failed.",
        hint="An error ends one request, not the server. Catch it for each request.",
        section="the service, /error",
        routes=("/error",),
        needs=("targets-error",),
        alone=True,  # otherwise another rule's request is the next one
        exchanges=(
            Exchange((get("/error"),), (Status(500),)),
            Exchange((get(ANY_PAGE),), (Status(200), Complete(), NothingAfter())),
        ),
    ),
)
