"""Stage 4, Methods: what else can be asked of a page than GET."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import get, head, last
from http_contract.http.response import Response
from http_contract.rules.expectations import (
    CLIENT_ERRORS,
    BodyLacks,
    Either,
    Has,
    Lists,
    NoBody,
    Silent,
    Status,
    When,
    first,
)
from http_contract.rules.model import Check, Exchange, Expectation, Failure, Rule, expect, failed
from http_contract.rules.stage03_route import UNKNOWN

Comparison = Callable[[Response, Response], Iterator[Failure]]
"""Failures of the second answer, to HEAD, in the light of the first, to GET."""

PATHS = ("/", "/test", "/time", "/time.html", UNKNOWN)
LACKING = ("POST", "PUT", "DELETE", "PATCH")
# Fields about the page; others may well differ from answer to answer.
METADATA = (
    "Content-Type",
    "Content-Encoding",
    "Content-Language",
    "Cache-Control",
    "Vary",
    "Allow",
    "Location",
)
REFUSED = Status(405, 501)
OPTIONS = Status(200, 204, 405, 501)
SUCCESS = Status(200, 204)
SECRET = "sent-only-once"


def asked(method: str, target: str, *expects: Expectation) -> Exchange:
    body = b"" if method in ("POST", "PUT", "PATCH") else None
    return Exchange((last(method, target, body=body),), expects)


def compared(compare: Comparison, paths: tuple[str, ...] = PATHS) -> Check:
    """Return a check that compares HEAD with GET on each path: by default on each core route and on an unknown one."""

    def check(server: Server) -> None:
        for path in paths:
            got, headed = server.ask(get(path)), server.ask(head(path))
            for failure in compare(first(got), first(headed)):
                raise failed(replace(failure, params=failure.params.with_(path=path)), headed)

    check.__doc__ = f"Ask for {', '.join(paths)}, each with GET, then with HEAD. {compare.__doc__}"
    return check


def same_status(got: Response, headed: Response) -> Iterator[Failure]:
    """Both answers must have the same status."""
    if headed.status != got.status:
        yield Failure("head-status", Params(get=got.status, head=headed.status), headed.start)


def same_values(got: Response, headed: Response) -> Iterator[Failure]:
    """What both tell of the page, such as Content-Type and Cache-Control, must have the same value."""
    for name in METADATA:
        values = {response.get(name) for response in (got, headed)} - {None}
        if len(values) > 1:
            yield Failure("unlike-get", Params(name=name), headed.offset_of(name))


def same_fields(got: Response, headed: Response) -> Iterator[Failure]:
    """What GET tells of the page, such as Content-Type and Cache-Control, HEAD must tell as well."""
    for name in METADATA:
        if got.get(name) is not None and headed.get(name) is None:
            yield Failure("missing-unlike-get", Params(name=name), headed.start)


def length_told(got: Response, headed: Response) -> Iterator[Failure]:
    """Where GET has a Content-Length, HEAD must have one as well."""
    if got.framing == "length" and headed.get("Content-Length") is None:
        yield Failure("missing-unlike-get", Params(name="Content-Length"), headed.start)


def length_true(got: Response, headed: Response) -> Iterator[Failure]:
    """HEAD may have no Content-Length; one that it has must be the length of the body that GET gets."""
    told = headed.get("Content-Length")
    if told not in (None, str(len(got.body))):
        params = Params(value=excerpt(told or ""), count=len(got.body))
        yield Failure("head-length", params, headed.offset_of("Content-Length"))


def allow_is_exact(server: Server) -> None:
    """Send DELETE for /, then each method that the Allow of a 405 lists: none may be 405 or 501, and GET is listed."""
    transcript = server.ask(last("DELETE", "/"))
    if first(transcript).status != 405:
        return
    expect(transcript, Lists("Allow", ("GET",)))
    for method in sorted(set(first(transcript).items("Allow"))):
        if first(server.ask(last(method, "/"))).status in REFUSED.codes:
            at = first(transcript).offset_of("Allow")
            raise failed(Failure("allowed-refused", Params(method=excerpt(method)), at), transcript)


RULES = (
    Rule(
        id="methods-head",
        stage=4,
        sentence="HEAD is answered with the status that GET gets, on every path.",
        hint="Let HEAD take the same way as GET; only leave out the body at the end.",
        section="RFC 9110 §9.3.2",
        needs=("respond-status-line",),
        check=compared(same_status),
    ),
    Rule(
        id="methods-head-no-body",
        stage=4,
        sentence="The answer to HEAD has no body.",
        hint="Send the head alone: a client takes anything after it for the next answer.",
        section="RFC 9110 §9.3.2",
        needs=("listen-answers",),
        exchanges=tuple(asked("HEAD", path, NoBody()) for path in PATHS),
    ),
    Rule(
        id="methods-head-fields",
        stage=4,
        sentence="HEAD is answered with the header fields that GET gets.",
        hint="Make the whole answer as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        needs=("methods-head",),
        check=compared(same_values),
    ),
    Rule(
        id="methods-head-all-fields",
        stage=4,
        sentence="No header field that GET gets is missing for HEAD.",
        hint="Make the whole answer as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        level="SHOULD",
        needs=("methods-head",),
        check=compared(same_fields),
    ),
    Rule(
        id="methods-head-length",
        stage=4,
        sentence="HEAD tells the length of the body that it leaves out.",
        hint="Set Content-Length from the page, before the body is left out.",
        section="RFC 9110 §9.3.2",
        level="SHOULD",
        needs=("methods-head",),
        check=compared(length_told),
    ),
    Rule(
        id="methods-head-length-true",
        stage=4,
        sentence="Where HEAD tells a length, it is that of the body that GET gets.",
        hint="`Content-Length: 0` is wrong for HEAD, unless the page is empty.",
        section="RFC 9110 §8.6",
        needs=("methods-head", "respond-length"),
        check=compared(length_true),
    ),
    Rule(
        id="methods-lacking",
        stage=4,
        sentence="A method that a page does not have is 405.",
        hint="A known path with another method is neither the page nor the not-found page.",
        section="RFC 9110 §15.5.6",
        needs=("route-index",),
        exchanges=tuple(asked(method, "/", REFUSED) for method in LACKING),
    ),
    Rule(
        id="methods-allow",
        stage=4,
        sentence="405 says in Allow which methods there are.",
        hint="Send `Allow: GET, HEAD, OPTIONS` with every 405.",
        section="RFC 9110 §15.5.6",
        needs=("methods-lacking",),
        exchanges=tuple(asked(method, "/", When(Status(405), Has("Allow"))) for method in LACKING),
    ),
    Rule(
        id="methods-allow-exact",
        stage=4,
        sentence="Allow lists GET, and no method that is then refused.",
        hint="Make Allow from the table of routes, separated by commas.",
        section="RFC 9110 §10.2.1",
        needs=("methods-allow",),
        check=allow_is_exact,
    ),
    Rule(
        id="methods-options",
        stage=4,
        sentence="OPTIONS of a page is answered, or refused in order.",
        hint="Answer OPTIONS with 204 and Allow.",
        section="RFC 9110 §9.3.7",
        needs=("route-index",),
        exchanges=(asked("OPTIONS", "/", OPTIONS),),
    ),
    Rule(
        id="methods-options-allow",
        stage=4,
        sentence="OPTIONS tells in Allow which methods a page has.",
        hint="Answer OPTIONS with 204 and Allow, as you do 405.",
        section="RFC 9110 §9.3.7",
        level="SHOULD",
        needs=("methods-options",),
        exchanges=(asked("OPTIONS", "/", When(SUCCESS, Lists("Allow", ("GET",)))),),
    ),
    Rule(
        id="methods-options-server",
        stage=4,
        sentence="OPTIONS * asks about the server as a whole, and is answered or refused in order.",
        hint="The target * is no path: answer it before looking for a page.",
        section="RFC 9112 §3.2.4",
        needs=("listen-answers",),
        exchanges=(asked("OPTIONS", "*", Status(200, 204, 404, 405, 501)),),
    ),
    Rule(
        id="methods-options-server-allow",
        stage=4,
        sentence="OPTIONS * tells in Allow which methods the server knows.",
        hint="Answer OPTIONS * with 204 and Allow.",
        section="RFC 9110 §9.3.7",
        level="SHOULD",
        needs=("methods-options-server",),
        exchanges=(asked("OPTIONS", "*", When(SUCCESS, Lists("Allow", ("GET",)))),),
    ),
    Rule(
        id="methods-unknown",
        stage=4,
        sentence="A method that nobody knows is 405 or 501, or 400.",
        hint="Compare the method with those you know, and refuse the others.",
        section="RFC 9110 §9.1",
        needs=("route-index",),
        exchanges=(asked("BREW", "/", Status(400, 405, 501)),),
    ),
    Rule(
        id="methods-case",
        stage=4,
        sentence="get is not GET: in a method, letter case counts.",
        hint="Do not call upper() on the method.",
        section="RFC 9110 §9.1",
        needs=("methods-unknown",),
        exchanges=(asked("get", "/", Status(400, 405, 501)),),
    ),
    Rule(
        id="methods-trace",
        stage=4,
        sentence="TRACE is refused.",
        hint="TRACE is a method like any other that a page does not have.",
        section="RFC 9110 §9.3.8",
        needs=("route-index",),
        exchanges=(Exchange((last("TRACE", "/", f"X-Secret: {SECRET}"),), (REFUSED,)),),
    ),
    Rule(
        id="methods-trace-echo",
        stage=4,
        sentence="TRACE echoes nothing of the request's header fields.",
        hint="Do not show the request in an error page: it may hold cookies.",
        section="RFC 9110 §9.3.8",
        needs=("listen-answers",),
        exchanges=(Exchange((last("TRACE", "/", f"X-Secret: {SECRET}"),), (BodyLacks(SECRET.encode()),)),),
    ),
    Rule(
        id="methods-connect",
        stage=4,
        sentence="CONNECT, which is for proxies, is refused, or just ends the connection.",
        hint="Its target is a host and a port, no path: refuse it before looking for a page.",
        section="RFC 9110 §9.3.6",
        needs=("listen-answers",),
        exchanges=(asked("CONNECT", "example.org:443", Either(Status(*CLIENT_ERRORS, 501), Silent())),),
    ),
    Rule(
        id="methods-post-unknown",
        stage=4,
        sentence="POST to a path that leads nowhere is 404.",
        hint="Look for the path first, for the method then.",
        section="RFC 9110 §15.5.5",
        needs=("route-unknown",),
        exchanges=(asked("POST", UNKNOWN, Status(404, 501)),),
    ),
)
