"""Broken servers for stage 9, Hostile input: malformed header fields and request lines."""

from tests.mutants.serving import CRASH, Mutant, hearing, instead, plain, replacing

MUTANTS = (
    Mutant(
        id="names-stripped",
        breaks=("headers-space-before-colon",),
        serve=hearing(replacing(rb"(X-Name|Content-Length) :", rb"\1:")),
    ),
    Mutant(
        id="fails-at-first-space",
        breaks=("headers-space-first",),
        serve=instead(rb"GET / HTTP/1\.1\r\n X-Name", CRASH),
    ),
    Mutant(id="lines-stripped", breaks=("headers-fold",), serve=hearing(replacing(rb"\r\n[ \t](?=Transfer)", b"\r\n"))),
    Mutant(id="no-colon-needed", breaks=("headers-no-colon",), serve=hearing(replacing(rb"\r\nX-Name(?=\r\n)", b""))),
    Mutant(id="no-name-needed", breaks=("headers-no-name",), serve=hearing(replacing(rb"\r\n: value", b""))),
    Mutant(
        id="any-name",
        breaks=("headers-name",),
        serve=hearing(replacing(rb"\r\nX(\(Name\)|-N\xe4me|-\x01Name): value", b"")),
    ),
    Mutant(id="fails-at-nul", breaks=("headers-nul",), serve=instead(rb"(?s).*X-Name: a\0b", CRASH)),
    Mutant(
        id="fails-at-control", breaks=("headers-control",), serve=instead(rb"(?s).*X-Name: a[\x01\x7f\x0b]b", CRASH)
    ),
    Mutant(id="cr-ends-lines", breaks=("headers-bare-cr",), serve=hearing(replacing(rb"a\r(?=Transfer)", b"a\r\n"))),
    Mutant(
        id="splitlines",
        breaks=("headers-line-separator",),
        serve=hearing(replacing(rb"a[\x0b\x0c\x1c\x85](?=Transfer)", b"a\r\n")),
    ),
    Mutant(id="fails-at-bare-lf", breaks=("headers-bare-lf",), serve=instead(rb"GET / HTTP/1\.1\n", CRASH)),
    Mutant(
        id="no-empty-line-first", breaks=("headers-empty-line",), serve=instead(rb"\r\nGET", plain("400 Bad Request"))
    ),
    Mutant(id="fails-at-empty-lines", breaks=("headers-empty-lines",), serve=instead(rb"\r\n\r\n\r\nGET", CRASH)),
    Mutant(
        id="fails-at-spaces",
        breaks=("headers-spaces",),
        serve=instead(rb"GET  /|GET /  HTTP|GET\t/| GET /", CRASH),
    ),
    Mutant(
        id="control-in-request-line",
        breaks=("headers-request-line",),
        serve=hearing(replacing(rb"\A(GET /\0|GET /\x1b|G\x01T /) HTTP", b"GET / HTTP")),
    ),
    Mutant(id="fails-at-few-words", breaks=("headers-few-words",), serve=instead(rb"(GET|/|)\r\nHost", CRASH)),
    Mutant(
        id="fails-at-two-media-types",
        breaks=("headers-content-types",),
        serve=instead(rb"(?s).*Content-Type: text/plain\r\nContent-Type: text/html", CRASH),
    ),
    Mutant(id="fails-at-many-fields", breaks=("headers-many",), serve=instead(rb"(?s).*X-Name-0: a", CRASH)),
    Mutant(id="fails-at-large-head", breaks=("headers-large",), serve=instead(rb"(?s).*X-Name: a{9}", CRASH)),
)
