"""Stage 7, Persistence: several requests on one connection, and how the connection ends."""

from http_contract.client import transport
from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import (
    ACCEPT_JSON,
    ANY_PAGE,
    FORM,
    LAST_CHUNK,
    URLENCODED,
    chunk,
    get,
    method_of,
    request,
    title,
)
from http_contract.rules.common import BAD_LENGTH, OK, ROOT, STATUS, UNKNOWN, BodyIsNotARequest, TimeShown
from http_contract.rules.content import fields
from http_contract.rules.expectations import All, Closes, Complete, Either, Has, NoReset, NothingAfter, Nth, Status
from http_contract.rules.hostile import BODY_LIKE_REQUEST, REJECTED, must_reject
from http_contract.rules.model import Check, Exchange, Expectation, Failure, Rule, expect, failed

THOUSAND = 1000
# Packets after a malformed head. Chance decides whether a server that closes too early leaves some of them unread.
REST_IN_PACKETS = 10 * ((bytes(100_000), bytes(100_000)), (bytes(30_000),), (bytes(30_000),), (bytes(300_000),))
HALF_CLOSES = 60  # connections: a fast server seldom notices a half-close before it responds
LENGTH = (*ROOT, "respond-length")  # without right lengths, the next response cannot be found
TIME_PAGE = (OK, TimeShown())  # distinguishes the response to /time from others
HAS_CLOSE = Has("Connection", r"(?i)(.*[, \t])?close([, \t].*)?", "a list with `close`")
HAS_KEEP_ALIVE = Has("Connection", r"(?i)(.*[, \t])?keep-alive([, \t].*)?", "a list with `keep-alive`")
IN_STEP = Either(All(Nth(1, OK), Nth(1, Complete())), HAS_CLOSE)
POSTED = (Status(200, 201), fields(("name", "Ada")))


def http10(target: str, *lines: str) -> bytes:
    return request("GET", target, *lines).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


def post_form(body: bytes) -> bytes:
    return request("POST", FORM, f"Content-Type: {URLENCODED}", ACCEPT_JSON, body=body)


def post_chunks(body: bytes) -> bytes:
    framing = (f"Content-Type: {URLENCODED}", "Transfer-Encoding: chunked")
    return request("POST", FORM, *framing, ACCEPT_JSON) + chunk(body) + LAST_CHUNK + b"X-Trailer: 1\r\n\r\n"


def pipelined(*requests: bytes, expects: tuple[Expectation, ...]) -> Exchange:
    """Return an exchange with all requests in one packet and a response to each."""
    methods = tuple(method_of((each,)) for each in requests)
    return Exchange((b"".join(requests),), (*expects, NothingAfter()), methods)


def in_turn(*turns: tuple[bytes, Expectation]) -> Check:
    """Return a check that sends requests on one connection, each after the response to the one before."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            for sends, expectation in turns:
                connection.send(sends)
                connection.response(method_of((sends,)))
                expect(connection.transcript, Nth(-1, expectation), Nth(-1, Complete()))

    steps = ", ".join(f"`{title(sends)}` ({expectation})" for sends, expectation in turns)
    check.__doc__ = f"Send on one connection, each after the complete response to the one before: {steps}."
    return check


def stays_open(sends: bytes, expectation: Expectation) -> Check:
    """Return a check that the connection stays open after a request."""
    return in_turn((sends, expectation), (request("GET", ANY_PAGE), OK))


def closes(*sends: bytes, expects: tuple[Expectation, ...] = ()) -> tuple[Exchange, ...]:
    return tuple(Exchange((each,), (*expects, OK, Complete(), Closes()), after="await-close") for each in sends)


def a_thousand_requests(server: Server) -> None:
    """Send GET for one page a thousand times on one connection, each after the response to the one before. Each
    response must be 200.
    """
    with server.connect(limit=transport.LARGE_LIMIT) as connection:
        for number in range(THOUSAND):
            connection.send(request("GET", ANY_PAGE))
            if connection.response().status != 200:
                raise failed(Failure("later-status", Params(number=number + 1)), connection.transcript)


def responds_after_half_close(server: Server) -> None:
    """Send GET for one page and close the sending side, as `printf | nc -N` does. Each response must be complete and
    200.

    The check uses sixty connections, because a server may respond before it notices the half-close.
    """
    for _ in range(HALF_CLOSES):
        with server.connect() as connection:
            connection.send(request("GET", ANY_PAGE))
            connection.half_close()
            connection.response()
            expect(connection.transcript, OK, Complete())


def last_response_arrives(server: Server) -> None:
    """Send a Content-Length that is not a number, and many bytes after it. Each response must be 400, without a reset.

    The check uses forty connections, because a server that closes too early does not reset all of them.
    """
    for first, *others in REST_IN_PACKETS:
        transcript = server.ask(BAD_LENGTH + first, *others, after="await-close")
        expect(transcript, Status(400), NoReset())


def with_unread_body(target: str) -> tuple[Exchange, ...]:
    """Return exchanges with a rejected request whose body looks like a request, and another request after it.

    The connection may end after the first response, or the second response must be to the second request.
    """
    sized = request("POST", target, "Content-Type: text/plain", body=BODY_LIKE_REQUEST)
    cut = request("POST", target, "Content-Type: text/plain", "Transfer-Encoding: chunked")
    in_step = (Status(404, 405, 411, 415, 501), BodyIsNotARequest(), NothingAfter())
    bodies = (sized, cut + chunk(BODY_LIKE_REQUEST) + LAST_CHUNK + b"\r\n")
    return tuple(Exchange((each + get(ANY_PAGE),), in_step, ("POST", "GET")) for each in bodies)


BAD_CHUNK = request("POST", ANY_PAGE, "Transfer-Encoding: chunked") + b"hello\r\n"

RULES = (
    Rule(
        id="persistence-two",
        stage=7,
        sentence="The server keeps the connection open after a response and reads the next request from it.",
        hint="After a response, return to the start of the loop: read the next request from the same socket.",
        section="the service, the connection",
        needs=LENGTH,
        check=in_turn((request("GET", ANY_PAGE), OK), (request("GET", ANY_PAGE), OK), (request("GET", ANY_PAGE), OK)),
    ),
    Rule(
        id="persistence-thousand",
        stage=7,
        sentence="The server responds to a thousand requests on one connection.",
        hint="Release all data of a request after the response. A function that calls itself for each request "
        "fails at some depth.",
        section="the service, the connection",
        needs=("persistence-two",),
        check=a_thousand_requests,
    ),
    Rule(
        id="persistence-close",
        stage=7,
        sentence="The server closes the connection after its response to a request with `Connection: close`.",
        hint="Read the Connection field of the request, and close the socket after the response.",
        section="RFC 9112 §9.6",
        needs=ROOT,
        exchanges=closes(get(ANY_PAGE)),
    ),
    Rule(
        id="persistence-close-echoed",
        stage=7,
        sentence="The last response on a connection contains `Connection: close`.",
        hint="Send `Connection: close` with every response after which you close.",
        section="RFC 9112 §9.6",
        level="SHOULD",
        needs=("persistence-close",),
        exchanges=closes(get(ANY_PAGE), expects=(HAS_CLOSE,)),
    ),
    Rule(
        id="persistence-close-case",
        stage=7,
        sentence="The server accepts the connection option `close` in any letter case.",
        hint="Convert connection options and field names to lower case before you compare them.",
        section="RFC 9110 §7.6.1",
        needs=("persistence-close",),
        exchanges=closes(
            request("GET", ANY_PAGE, "Connection: Close"),
            request("GET", ANY_PAGE, "Connection: CLOSE"),
            request("GET", ANY_PAGE, "connection: close"),
        ),
    ),
    Rule(
        id="persistence-close-list",
        stage=7,
        sentence="The server finds `close` in a list of connection options.",
        hint="Connection is a list. Join the lines of a repeated field with commas, then split the value at commas.",
        section="RFC 9110 §7.6.1",
        needs=("persistence-close",),
        exchanges=closes(
            request("GET", ANY_PAGE, "Connection: x-one, close"),
            request("GET", ANY_PAGE, "Connection: close ,x-one"),
            request("GET", ANY_PAGE, "Connection: x-one", "Connection: close"),
        ),
    ),
    Rule(
        id="persistence-close-last",
        stage=7,
        sentence="The server ignores requests that follow a request with `Connection: close`.",
        hint="Stop reading requests, and discard those that have already arrived.",
        section="RFC 9112 §9.6",
        needs=("persistence-close",),
        exchanges=(
            Exchange((get(ANY_PAGE) + get(ANY_PAGE),), (OK, Complete(), NothingAfter(), Closes()), after="await-close"),
        ),
    ),
    Rule(
        id="persistence-http10",
        stage=7,
        sentence="The server closes the connection after its response to an HTTP/1.0 request.",
        hint="Read the version in the request line.",
        section="RFC 9112 §9.3",
        needs=ROOT,
        exchanges=closes(http10(ANY_PAGE)),
    ),
    Rule(
        id="persistence-http10-keep-alive",
        stage=7,
        sentence="The server keeps an HTTP/1.0 connection open if the request has `Connection: keep-alive`, and "
        "sends that field too.",
        hint="Send `Connection: keep-alive` with the response. Otherwise an HTTP/1.0 client expects the "
        "connection to close.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-http10", "persistence-two"),
        check=in_turn(
            (http10(ANY_PAGE, "Connection: keep-alive"), HAS_KEEP_ALIVE),
            (http10(ANY_PAGE, "Connection: Keep-Alive"), HAS_KEEP_ALIVE),
            (http10(ANY_PAGE), OK),
        ),
    ),
    Rule(
        id="persistence-pipelined",
        stage=7,
        sentence="The server responds in order to all requests that arrive together.",
        hint="The bytes left in the buffer after a request are the beginning of the next request.",
        section="RFC 9112 §9.3.2",
        needs=("persistence-two", "route-unknown"),
        exchanges=(
            pipelined(
                request("GET", ANY_PAGE),
                request("GET", UNKNOWN),
                request("GET", ANY_PAGE),
                get(UNKNOWN),
                expects=(OK, Nth(1, Status(404)), Nth(2, OK), Nth(3, Status(404)), Nth(3, Complete())),
            ),
        ),
    ),
    Rule(
        id="persistence-pipelined-post",
        stage=7,
        sentence="The server responds in order to pipelined requests that include a POST with a Content-Length.",
        hint="Take exactly as many bytes as Content-Length announces from the buffer. The rest is the next request.",
        section="RFC 9112 §9.3.2",
        routes=(FORM,),
        needs=("persistence-pipelined", "time-shown", "forms-urlencoded"),
        exchanges=(
            pipelined(
                request("GET", "/time"),
                post_form(b"name=Ada"),
                post_form(b"name=Ada"),
                get("/time"),
                expects=(*TIME_PAGE, *(Nth(at, each) for at in (1, 2) for each in POSTED), Nth(3, TimeShown())),
            ),
        ),
    ),
    Rule(
        id="persistence-pipelined-chunked",
        stage=7,
        sentence="The server responds in order to pipelined requests that include a POST with a chunked body.",
        hint="Trailers and an empty line follow the chunk of size 0. Remove them from the buffer too.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=("persistence-pipelined-post", "bodies-chunked-trailers"),
        exchanges=(
            pipelined(
                post_chunks(b"name=Ada"),
                post_chunks(b"name=Ada"),
                get("/time"),
                expects=(*(Nth(at, each) for at in (0, 1) for each in POSTED), Nth(2, TimeShown())),
            ),
        ),
    ),
    Rule(
        id="persistence-unread",
        stage=7,
        sentence="The server never reads the body of a rejected request as the next request.",
        hint="Read the body before the next request even if you do not need it, or close the connection.",
        section="RFC 9112 §9.3",
        needs=("persistence-pipelined", "methods-not-allowed", "methods-post-unknown"),
        exchanges=(*with_unread_body(ANY_PAGE), *with_unread_body(UNKNOWN)),
    ),
    Rule(
        id="persistence-unread-form",
        stage=7,
        sentence="The server never reads the body of a form with the wrong media type as the next request.",
        hint="Read the body before you respond with 415, or close the connection.",
        section="RFC 9112 §9.3",
        routes=(FORM,),
        needs=("persistence-unread", "forms-media-type"),
        exchanges=with_unread_body(FORM),
    ),
    Rule(
        id="persistence-after-404",
        stage=7,
        sentence="The server keeps the connection open after a 404 response.",
        hint="Do not close the connection because of an unknown path.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-two", "route-unknown"),
        check=stays_open(request("GET", UNKNOWN), Status(404)),
    ),
    Rule(
        id="persistence-after-405",
        stage=7,
        sentence="The server reads the body of a request that gets 405 and keeps the connection open.",
        hint="Read the body, respond with 405, then read the next request.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-two", "persistence-unread"),
        check=stays_open(request("POST", ANY_PAGE, body=b"unwanted"), Status(405, 501)),
    ),
    Rule(
        id="persistence-after-415",
        stage=7,
        sentence="The server reads the body of a request that gets 415 and keeps the connection open.",
        hint="Read the body, respond with 415, then read the next request.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        routes=(FORM,),
        needs=("persistence-two", "persistence-unread-form"),
        check=stays_open(request("POST", FORM, "Content-Type: text/plain", body=b"unwanted"), Status(415)),
    ),
    Rule(
        id="persistence-head",
        stage=7,
        sentence="A response to HEAD has no body, so the next response on the connection is read correctly.",
        hint="Send only the head in response to HEAD, with the Content-Length of the page.",
        section="RFC 9110 §9.3.2",
        needs=("persistence-pipelined", "methods-head", "methods-head-no-body"),
        exchanges=(
            pipelined(
                request("HEAD", ANY_PAGE),
                request("HEAD", ANY_PAGE),
                get(ANY_PAGE),
                expects=(OK, Nth(2, OK), Nth(2, Complete())),
            ),
        ),
    ),
    Rule(
        id="persistence-no-content",
        stage=7,
        sentence="The responses 204, 205 and 304 have no body, so the next response on the connection is read "
        "correctly.",
        hint="204 and 304 end with their head. 205 needs `Content-Length: 0`.",
        section="RFC 9112 §6.3",
        routes=STATUS,
        needs=("persistence-pipelined", "parameters-status-204", "parameters-status-205", "parameters-status-304"),
        exchanges=tuple(
            pipelined(request("GET", f"/status/{code}"), get(ANY_PAGE), expects=(Status(code), IN_STEP))
            for code in (204, 205, 304)
        ),
    ),
    Rule(
        id="persistence-error",
        stage=7,
        sentence="The server responds 400 and closes the connection if it cannot find the end of a request.",
        hint="Close after the response, because the beginning of the next request is unknown.",
        section="RFC 9112 §6.3",
        needs=("persistence-close",),
        exchanges=(*must_reject(BAD_LENGTH), *must_reject(BAD_CHUNK, expects=REJECTED)),
    ),
    Rule(
        id="persistence-error-delivered",
        stage=7,
        sentence="The server delivers its last response even if the client is still sending.",
        hint="Shut down your sending side, read for a while, then close. Closing a socket with unread bytes resets it.",
        section="RFC 9112 §9.6",
        level="SHOULD",
        needs=("persistence-error",),
        check=last_response_arrives,
    ),
    Rule(
        id="persistence-half-close",
        stage=7,
        sentence="The server responds to a client that closes its sending side right after the request.",
        hint="If a read returns no bytes, no more requests follow. Send the responses that are due before you close.",
        section="RFC 9112 §9.6",
        level="SHOULD",  # HTTP permits closing at any time; then printf | nc -N gets no response
        needs=ROOT,
        half_closes=True,
        check=responds_after_half_close,
    ),
)
