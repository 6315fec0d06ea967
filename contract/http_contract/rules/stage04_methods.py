"""Stage 4, Methods: HEAD, OPTIONS, Allow, and methods that a page does not have."""

from collections.abc import Iterator

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import last
from http_contract.http.response import Response
from http_contract.rules.common import CORE_PATHS, METADATA, UNKNOWN, compare_head, length_is_right, same_values
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
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, expect, failed

OTHER_METHODS = ("POST", "PUT", "DELETE", "PATCH")
NOT_ALLOWED = Status(405, 501)
OPTIONS = Status(200, 204, 405, 501)
SUCCESS = Status(200, 204)
SECRET = "sent-only-once"


def exchange_for(method: str, target: str, *expects: Expectation) -> Exchange:
    body = b"" if method in ("POST", "PUT", "PATCH") else None
    return Exchange((last(method, target, body=body),), expects)


def same_status(get_response: Response, head_response: Response) -> Iterator[Failure]:
    """Both responses must have the same status."""
    if head_response.status != get_response.status:
        yield Failure("head-status", Params(get=get_response.status, head=head_response.status), head_response.start)


def same_fields(get_response: Response, head_response: Response) -> Iterator[Failure]:
    """Fields about the page in the first response, such as Content-Type, must be in the second too."""
    for name in METADATA:
        if get_response.get(name) is not None and head_response.get(name) is None:
            yield Failure("missing-unlike-get", Params(name=name), head_response.start)


def length_is_given(get_response: Response, head_response: Response) -> Iterator[Failure]:
    """If the first response contains Content-Length, the second must contain it too."""
    if get_response.framing == "length" and head_response.get("Content-Length") is None:
        yield Failure("missing-unlike-get", Params(name="Content-Length"), head_response.start)


def allow_is_exact(server: Server) -> None:
    """Send DELETE for /, then each method that the Allow field of a 405 response lists. GET must be listed, and no
    listed method may get 405 or 501.
    """
    transcript = server.ask(last("DELETE", "/"))
    if first(transcript).status != 405:
        return
    expect(transcript, Lists("Allow", ("GET",)))
    for method in sorted(set(first(transcript).items("Allow"))):
        if first(server.ask(last(method, "/"))).status in NOT_ALLOWED.codes:
            at = first(transcript).offset_of("Allow")
            raise failed(Failure("allowed-refused", Params(method=excerpt(method)), at), transcript)


RULES = (
    Rule(
        id="methods-head",
        stage=4,
        sentence="The server responds to HEAD with the same status as to GET, on every path.",
        hint="Handle HEAD like GET, and leave out the body at the end.",
        section="RFC 9110 §9.3.2",
        needs=("respond-status-line",),
        check=compare_head(same_status),
    ),
    Rule(
        id="methods-head-no-body",
        stage=4,
        sentence="The server sends no body in its response to HEAD.",
        hint="Send the head alone. A client reads every byte after it as the next response.",
        section="RFC 9110 §9.3.2",
        needs=("listen-answers",),
        exchanges=tuple(exchange_for("HEAD", path, NoBody()) for path in CORE_PATHS),
    ),
    Rule(
        id="methods-head-fields",
        stage=4,
        sentence="The header fields of the response to HEAD have the same values as in the response to GET.",
        hint="Build the whole response as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        needs=("methods-head",),
        check=compare_head(same_values),
    ),
    Rule(
        id="methods-head-all-fields",
        stage=4,
        sentence="The response to HEAD contains every header field about the page that the response to GET contains.",
        hint="Build the whole response as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        level="SHOULD",
        needs=("methods-head",),
        check=compare_head(same_fields),
    ),
    Rule(
        id="methods-head-length",
        stage=4,
        sentence="The response to HEAD contains the Content-Length of the body that it leaves out.",
        hint="Set Content-Length from the page before you leave out the body.",
        section="RFC 9110 §9.3.2",
        level="SHOULD",
        needs=("methods-head",),
        check=compare_head(length_is_given),
    ),
    Rule(
        id="methods-head-length-right",
        stage=4,
        sentence="A Content-Length in the response to HEAD is the length of the body that GET gets.",
        hint="`Content-Length: 0` is wrong for HEAD unless the page is empty.",
        section="RFC 9110 §8.6",
        needs=("methods-head", "respond-length"),
        check=compare_head(length_is_right),
    ),
    Rule(
        id="methods-not-allowed",
        stage=4,
        sentence="The server responds 405 or 501 to a method that the page does not have.",
        hint="Check the method after the path. If the path is known and the method is not, respond with 405.",
        section="the service, methods",
        needs=("route-index",),
        exchanges=tuple(exchange_for(method, "/", NOT_ALLOWED) for method in OTHER_METHODS),
    ),
    Rule(
        id="methods-allow",
        stage=4,
        sentence="A 405 response contains an Allow field with the methods of the page.",
        hint="Send `Allow: GET, HEAD, OPTIONS` with every 405.",
        section="RFC 9110 §15.5.6",
        needs=("methods-not-allowed",),
        exchanges=tuple(exchange_for(method, "/", When(Status(405), Has("Allow"))) for method in OTHER_METHODS),
    ),
    Rule(
        id="methods-allow-exact",
        stage=4,
        sentence="The Allow field lists GET, and no method that the server then rejects.",
        hint="Build Allow from the table of routes, with commas between the methods.",
        section="RFC 9110 §10.2.1",
        needs=("methods-allow",),
        check=allow_is_exact,
    ),
    Rule(
        id="methods-options",
        stage=4,
        sentence="The server responds to OPTIONS for a page with 200, 204, 405 or 501.",
        hint="Respond to OPTIONS with 204 and Allow.",
        section="RFC 9110 §9.3.7",
        needs=("route-index",),
        exchanges=(exchange_for("OPTIONS", "/", OPTIONS),),
    ),
    Rule(
        id="methods-options-allow",
        stage=4,
        sentence="A successful response to OPTIONS contains an Allow field that lists the methods of the page.",
        hint="Send the same Allow field as with 405.",
        section="RFC 9110 §9.3.7",
        level="SHOULD",
        needs=("methods-options",),
        exchanges=(exchange_for("OPTIONS", "/", When(SUCCESS, Lists("Allow", ("GET",)))),),
    ),
    Rule(
        id="methods-options-server",
        stage=4,
        sentence="The server responds to OPTIONS *, which is about the whole server, with 200, 204, 404, 405 or 501.",
        hint="The target * is not a path. Respond to it before you look for a page.",
        section="RFC 9112 §3.2.4",
        needs=("listen-answers",),
        exchanges=(exchange_for("OPTIONS", "*", Status(200, 204, 404, 405, 501)),),
    ),
    Rule(
        id="methods-options-server-allow",
        stage=4,
        sentence="A successful response to OPTIONS * contains an Allow field that lists the methods of the server.",
        hint="Respond to OPTIONS * with 204 and Allow.",
        section="RFC 9110 §9.3.7",
        level="SHOULD",
        needs=("methods-options-server",),
        exchanges=(exchange_for("OPTIONS", "*", When(SUCCESS, Lists("Allow", ("GET",)))),),
    ),
    Rule(
        id="methods-unknown",
        stage=4,
        sentence="The server responds 400, 405 or 501 to a method that does not exist.",
        hint="Compare the method with the methods that you support, and reject all others.",
        section="the service, methods",
        needs=("route-index",),
        exchanges=(exchange_for("BREW", "/", Status(400, 405, 501)),),
    ),
    Rule(
        id="methods-case",
        stage=4,
        sentence="The server rejects the method `get`, because methods are case-sensitive.",
        hint="Compare the method as it is. Do not convert it to upper case.",
        section="RFC 9110 §9.1",
        needs=("methods-unknown",),
        exchanges=(exchange_for("get", "/", Status(400, 405, 501)),),
    ),
    Rule(
        id="methods-trace",
        stage=4,
        sentence="The server responds 405 or 501 to TRACE.",
        hint="Treat TRACE like every other method that the page does not have.",
        section="the service, methods",
        level="SHOULD",
        needs=("route-index",),
        exchanges=(Exchange((last("TRACE", "/", f"Cookie: session={SECRET}"),), (NOT_ALLOWED,)),),
    ),
    Rule(
        id="methods-trace-echo",
        stage=4,
        sentence="The response to TRACE contains no secrets of the request, such as its cookies.",
        hint="Do not print the request in an error page, because it may contain cookies.",
        section="RFC 9110 §9.3.8",
        level="SHOULD",
        needs=("listen-answers",),
        exchanges=(Exchange((last("TRACE", "/", f"Cookie: session={SECRET}"),), (BodyLacks(SECRET.encode()),)),),
    ),
    Rule(
        id="methods-connect",
        stage=4,
        sentence="The server rejects CONNECT, which is meant for proxies, or closes the connection.",
        hint="The target of CONNECT is a host and a port, not a path. Reject the method before you look for a page.",
        section="RFC 9110 §9.3.6",
        needs=("listen-answers",),
        exchanges=(exchange_for("CONNECT", "example.org:443", Either(Status(*CLIENT_ERRORS, 501), Silent())),),
    ),
    Rule(
        id="methods-post-unknown",
        stage=4,
        sentence="The server responds 404, 405 or 501 to POST for a path that no route matches.",
        hint="Look for the path first, then for the method.",
        section="the service, methods",
        needs=("route-unknown",),
        exchanges=(exchange_for("POST", UNKNOWN, Status(404, 405, 501)),),
    ),
)
