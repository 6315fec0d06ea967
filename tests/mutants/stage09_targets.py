"""Broken servers for stage 9, Hostile input: targets, versions, other protocols and server errors."""

from typing import ClassVar

from raw_router.messages import Request, Response
from tests.mutants.serving import (
    CRASH,
    Mutant,
    Wrapped,
    answering,
    connecting,
    hearing,
    instead,
    plain,
    replacing,
    with_body,
)

TRACE = b"Traceback (most recent call last):\n"


def telling(request: Request, response: Response) -> Response:
    """Show the traceback."""
    return with_body(response, response.content + TRACE) if request.path == "/error" else response


class Sulking(Wrapped):
    """A handler that rejects / if it is the first request after a page that failed."""

    hurt: ClassVar[bool] = False

    def receive(self, data: bytes) -> bytes:
        hurt, Sulking.hurt = Sulking.hurt, data.startswith(b"GET /error ")
        if hurt and data.startswith(b"GET / "):
            return self.refuse("503 Service Unavailable")
        return super().receive(data)


MUTANTS = (
    Mutant(id="fragment-dropped", breaks=("targets-fragment",), serve=hearing(replacing(rb"#part", b""))),
    Mutant(
        id="any-character",
        breaks=("targets-characters",),
        serve=hearing(replacing(rb"(?<=/test\?)[\"<>\xe9]", b"")),
    ),
    Mutant(id="asterisk-is-root", breaks=("targets-asterisk",), serve=hearing(replacing(rb"GET \* ", b"GET / "))),
    Mutant(
        id="any-version",
        breaks=("targets-version",),
        serve=hearing(replacing(rb"HTTP/(2\.0|3\.1)(?=\r\nHost)", b"HTTP/1.1")),
    ),
    Mutant(
        id="any-protocol",
        breaks=("targets-version-malformed",),
        serve=hearing(replacing(rb"(HTTP/1\.10|http/1\.1|HTTP/x)(?=\r\nHost)", b"HTTP/1.1")),
    ),
    Mutant(id="fails-at-http2", breaks=("targets-http2",), serve=instead(rb"PRI ", CRASH)),
    Mutant(id="fails-at-tls", breaks=("targets-tls",), serve=instead(rb"\x16", CRASH)),
    Mutant(id="fails-at-long-target", breaks=("targets-long",), serve=instead(rb"GET /a{8500}", CRASH)),
    Mutant(id="fails-at-long-method", breaks=("targets-method-long",), serve=instead(rb"A{1000}", CRASH)),
    Mutant(
        id="splits-answers",
        breaks=("targets-split",),
        serve=instead(rb"GET /(home/|hello/)?%0d%0aX-Split", plain("404 Not Found", "X-Split: yes")),
    ),
    Mutant(id="shows-tracebacks", breaks=("targets-error",), serve=answering(telling)),
    Mutant(id="sulks", breaks=("targets-error-next",), serve=connecting(Sulking)),
)
