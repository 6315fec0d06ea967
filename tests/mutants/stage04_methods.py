"""Broken servers for stage 4, Methods."""

import re
from collections.abc import Callable

from raw_router.messages import Request, Response
from tests.mutants.serving import (
    Mutant,
    Serve,
    answering,
    asking,
    hearing,
    instead,
    plain,
    with_body,
    with_field,
    without_field,
)

CORE = ("/", "/test", "/time", "/time.html")


def on(method: str, change: Callable[[Response], Response]) -> Serve:
    """Change the responses to one method."""
    return answering(lambda request, response: change(response) if request.method == method else response)


def on_status(status: int, change: Callable[[Response], Response]) -> Serve:
    return answering(lambda request, response: change(response) if response.status == status else response)


def heard_as_get(method: bytes) -> Serve:
    return hearing(lambda data: re.sub(rb"\A" + method + rb" /", b"GET /", data))


def posted_as_got(request: Request) -> Request:
    lacks = request.method in ("POST", "PUT", "DELETE", "PATCH") and request.path in CORE
    return request._replace(method="GET") if lacks else request


def echoing(request: Request, response: Response) -> Response:
    return with_body(response, repr(request.headers).encode()) if request.method == "TRACE" else response


def creates(request: Request, response: Response) -> Response:
    return response._replace(status=201) if (request.method, response.status) == ("POST", 404) else response


MUTANTS = (
    Mutant(id="head-refused", breaks=("methods-head",), serve=on("HEAD", lambda got: got._replace(status=404))),
    Mutant(id="head-with-body", breaks=("methods-head-no-body",), serve=heard_as_get(b"HEAD")),
    Mutant(
        id="head-of-another-type",
        breaks=("methods-head-fields",),
        serve=on("HEAD", lambda got: with_field(got, "Content-Type", "application/octet-stream")),
    ),
    Mutant(
        id="head-without-type",
        breaks=("methods-head-all-fields",),
        serve=on("HEAD", lambda got: without_field(got, "Content-Type")),
    ),
    Mutant(
        id="head-without-length",
        breaks=("methods-head-length",),
        serve=on("HEAD", lambda got: without_field(got, "Content-Length")),
    ),
    Mutant(
        id="head-of-length-0",
        breaks=("methods-head-length-right",),
        serve=on("HEAD", lambda got: with_field(got, "Content-Length", "0")),
    ),
    Mutant(id="any-method-gets", breaks=("methods-not-allowed",), serve=asking(posted_as_got)),
    Mutant(
        id="no-allow",
        breaks=("methods-allow",),
        serve=on_status(405, lambda refused: without_field(refused, "Allow")),
        until=4,
    ),
    Mutant(
        id="allow-boasts",
        breaks=("methods-allow-exact",),
        serve=on_status(405, lambda refused: with_field(refused, "Allow", "GET, HEAD, OPTIONS, PATCH")),
        until=4,
    ),
    Mutant(
        id="allow-without-get",
        breaks=("methods-allow-exact",),
        serve=on_status(405, lambda refused: with_field(refused, "Allow", "HEAD")),
        until=4,
    ),
    Mutant(
        id="options-not-found",
        breaks=("methods-options",),
        serve=on("OPTIONS", lambda options: options._replace(status=404)),
    ),
    Mutant(
        id="options-without-allow",
        breaks=("methods-options-allow",),
        serve=on("OPTIONS", lambda options: without_field(options, "Allow")),
    ),
    Mutant(
        id="no-options-for-server",
        breaks=("methods-options-server",),
        serve=instead(rb"OPTIONS \* ", plain("400 Bad Request")),
    ),
    Mutant(
        id="options-for-server-without-allow",
        breaks=("methods-options-server-allow",),
        serve=instead(rb"OPTIONS \* ", plain("200 OK")),
    ),
    Mutant(
        id="unknown-method-not-found",
        breaks=("methods-unknown",),
        serve=instead(rb"BREW ", plain("404 Not Found")),
    ),
    Mutant(id="unknown-method-gets", breaks=("methods-unknown",), serve=heard_as_get(b"BREW")),
    Mutant(id="any-case-gets", breaks=("methods-case",), serve=heard_as_get(b"get")),
    Mutant(id="trace-gets", breaks=("methods-trace",), serve=heard_as_get(b"TRACE")),
    Mutant(
        id="trace-echoes",
        breaks=("methods-trace-echo",),
        serve=answering(
            lambda request, response: (
                with_body(response, repr(request.headers).encode()) if request.method == "TRACE" else response
            )
        ),
    ),
    Mutant(id="connects", breaks=("methods-connect",), serve=instead(rb"CONNECT ", plain("200 OK", body=""))),
    Mutant(id="creates-pages", breaks=("methods-post-unknown",), serve=answering(creates)),
)
