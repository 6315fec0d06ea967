"""Stage 7, Persistence: many requests on one connection, and its end in good order."""

from collections.abc import Iterator
from dataclasses import dataclass

from http_contract.client import transport
from http_contract.client.server import Server, method_of
from http_contract.http.params import Params
from http_contract.http.request import FORM, JSON_WANTED, LAST_CHUNK, URLENCODED, chunk, get, request, title
from http_contract.http.transcript import Transcript
from http_contract.rules.content import fields
from http_contract.rules.expectations import All, Closes, Complete, Either, Has, NoReset, NothingAfter, Nth, Status
from http_contract.rules.hostile import AS_REQUEST, REFUSED, refused
from http_contract.rules.model import Check, Exchange, Expectation, Failure, Rule, expect, failed
from http_contract.rules.stage03_route import UNKNOWN
from http_contract.rules.stage03_time import TimeShown, time_shown
from http_contract.rules.stage05_parameters import ROOT, STATUS

THOUSAND = 1000
# What follows a broken head, in packets: whether a server that closes too soon leaves some of it unread is chance.
UNREAD = 10 * ((bytes(100_000), bytes(100_000)), (bytes(30_000),), (bytes(30_000),), (bytes(300_000),))
HALF_CLOSED = 60  # connections: the quicker a server, the rarer it notices before it answers
OK = Status(200)
TIME = (OK, TimeShown())  # tells the answer to /time from those to other pages
CLOSE_TOLD = Has("Connection", r"(?i)(.*[, \t])?close([, \t].*)?", "a list with `close`")
KEEP_ALIVE_TOLD = Has("Connection", r"(?i)(.*[, \t])?keep-alive([, \t].*)?", "a list with `keep-alive`")
UNSHIFTED = Either(All(Nth(1, OK), Nth(1, TimeShown())), CLOSE_TOLD)
POSTED = (Status(200, 201), fields(("name", "Ada")))


def kept(method: str, target: str, *lines: str, body: bytes | None = None) -> bytes:
    return request(method, target, *lines, body=body)


def old(target: str, *lines: str) -> bytes:
    return request("GET", target, *lines).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


def posted(body: bytes) -> bytes:
    return request("POST", FORM, f"Content-Type: {URLENCODED}", JSON_WANTED, body=body)


def posted_chunks(body: bytes) -> bytes:
    framing = (f"Content-Type: {URLENCODED}", "Transfer-Encoding: chunked")
    return request("POST", FORM, *framing, JSON_WANTED) + chunk(body) + LAST_CHUNK + b"X-Trailer: 1\r\n\r\n"


def pipelined(*requests: bytes, expects: tuple[Expectation, ...]) -> Exchange:
    """All requests in one packet, an answer to each."""
    methods = tuple(method_of((each,)) for each in requests)
    return Exchange((b"".join(requests),), (*expects, NothingAfter()), methods)


def in_turn(*turns: tuple[bytes, Expectation]) -> Check:
    """Return a check that sends each request once the answer before it has come, all on one connection."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            for sends, expectation in turns:
                connection.send(sends)
                connection.response(method_of((sends,)))
                expect(connection.transcript, Nth(-1, expectation), Nth(-1, Complete()))

    told = ", ".join(f"`{title(sends)}` ({expectation})" for sends, expectation in turns)
    check.__doc__ = f"Send on one connection, each once the answer before it has come whole: {told}."
    return check


def still_there(sends: bytes, expectation: Expectation) -> Check:
    """Return a check that the connection persists after that request."""
    return in_turn((sends, expectation), (kept("GET", "/test"), OK))


def closes(*sends: bytes, expects: tuple[Expectation, ...] = ()) -> tuple[Exchange, ...]:
    return tuple(Exchange((each,), (*expects, OK, Complete(), Closes()), after="await-close") for each in sends)


def thousand(server: Server) -> None:
    """Ask for /test a thousand times on one connection, each time after the answer; each answer is 200."""
    with server.connect(most=transport.MANY) as connection:
        for number in range(THOUSAND):
            connection.send(request("GET", "/test"))
            if connection.response().status != 200:
                raise failed(Failure("later-status", Params(number=number + 1)), connection.transcript)


def half_closed(server: Server) -> None:
    """Ask for / and say at once that no more will come, as `printf | nc -N` does, on sixty connections, since an answer
    may come before that is noticed; each time it is 200, and whole."""
    for _ in range(HALF_CLOSED):
        with server.connect() as connection:
            connection.send(kept("GET", "/"))
            connection.half_close()
            connection.response()
            expect(connection.transcript, OK, Complete())


def heard_to_the_end(server: Server) -> None:
    """Send a Content-Length that is no number, and much more after it, on forty connections, since who closes too soon
    does not reset each; each time the answer is 400, and no reset follows."""
    for first, *others in UNREAD:
        transcript = server.ask(BAD_LENGTH + first, *others, after="await-close")
        expect(transcript, Status(400), NoReset())


@dataclass(frozen=True)
class BodyIsNoRequest:
    """The answers are to the requests, at most one each; none is to what stands in a body."""

    def __str__(self) -> str:
        return "no answer to the body"

    def failures(self, transcript: Transcript) -> Iterator[Failure]:
        for response in transcript.responses[1:]:
            if time_shown(response) is not None:
                yield Failure("body-answered", offset=response.start)


def unread(target: str) -> tuple[Exchange, ...]:
    """A refused request whose body looks like one itself; the connection may end after it, or go on in step."""
    sized = kept("POST", target, "Content-Type: text/plain", body=AS_REQUEST)
    cut = kept("POST", target, "Content-Type: text/plain", "Transfer-Encoding: chunked")
    in_step = (Status(404, 405, 411, 415, 501), BodyIsNoRequest(), NothingAfter())
    bodies = (sized, cut + chunk(AS_REQUEST) + LAST_CHUNK + b"\r\n")
    return tuple(Exchange((each + get("/test"),), in_step, ("POST", "GET")) for each in bodies)


BAD_LENGTH = kept("POST", "/", "Content-Length: abc")
BAD_CHUNK = kept("POST", "/", "Transfer-Encoding: chunked") + b"hello\r\n"

RULES = (
    Rule(
        id="persistence-two",
        stage=7,
        sentence="A connection stays open after an answer, and takes the next request.",
        hint="After an answer, loop: read the next request from the same socket.",
        section="RFC 9112 §9.3",
        needs=(*ROOT, "route-test"),
        check=in_turn((kept("GET", "/"), OK), (kept("GET", "/test"), OK), (kept("GET", "/"), OK)),
    ),
    Rule(
        id="persistence-thousand",
        stage=7,
        sentence="A thousand requests may come on one connection.",
        hint="Keep nothing of a request once it is answered; mind recursion, which ends after a thousand calls.",
        section="RFC 9112 §9.3",
        needs=("persistence-two",),
        check=thousand,
    ),
    Rule(
        id="persistence-close",
        stage=7,
        sentence="Connection: close is obeyed: the answer is the last, and the connection ends.",
        hint="Look into the Connection field of the request; close the socket after the answer.",
        section="RFC 9112 §9.6",
        needs=ROOT,
        exchanges=closes(get("/")),
    ),
    Rule(
        id="persistence-close-told",
        stage=7,
        sentence="The last answer of a connection says so: it has Connection: close too.",
        hint="Send Connection: close with an answer after which you close.",
        section="RFC 9112 §9.6",
        level="SHOULD",
        needs=("persistence-close",),
        exchanges=closes(get("/"), expects=(CLOSE_TOLD,)),
    ),
    Rule(
        id="persistence-close-case",
        stage=7,
        sentence="close may be written in any letter case.",
        hint="Compare connection options, and names of fields, in lower case.",
        section="RFC 9110 §7.6.1",
        needs=("persistence-close",),
        exchanges=closes(
            kept("GET", "/", "Connection: Close"),
            kept("GET", "/", "Connection: CLOSE"),
            kept("GET", "/", "connection: close"),
        ),
    ),
    Rule(
        id="persistence-close-list",
        stage=7,
        sentence="close may be one of several connection options.",
        hint="Connection is a list: split it at commas, and join the lines of fields that come twice.",
        section="RFC 9110 §7.6.1",
        needs=("persistence-close",),
        exchanges=closes(
            kept("GET", "/", "Connection: x-one, close"),
            kept("GET", "/", "Connection: close ,x-one"),
            kept("GET", "/", "Connection: x-one", "Connection: close"),
        ),
    ),
    Rule(
        id="persistence-close-last",
        stage=7,
        sentence="What a client sends after Connection: close is not answered.",
        hint="Stop reading requests, also those that have come already.",
        section="RFC 9112 §9.6",
        needs=("persistence-close",),
        exchanges=(
            Exchange((get("/") + get("/test"),), (OK, Complete(), NothingAfter(), Closes()), after="await-close"),
        ),
    ),
    Rule(
        id="persistence-old",
        stage=7,
        sentence="To HTTP/1.0, the connection closes after the answer.",
        hint="Look at the version in the request line.",
        section="RFC 9112 §9.3",
        needs=ROOT,
        exchanges=closes(old("/")),
    ),
    Rule(
        id="persistence-old-keep-alive",
        stage=7,
        sentence="HTTP/1.0 with Connection: keep-alive persists, and the answer says so.",
        hint="Answer with Connection: keep-alive: a client of HTTP/1.0 would not know otherwise.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-old", "persistence-two"),
        check=in_turn(
            (old("/", "Connection: keep-alive"), KEEP_ALIVE_TOLD),
            (old("/test", "Connection: Keep-Alive"), KEEP_ALIVE_TOLD),
            (old("/"), OK),
        ),
    ),
    Rule(
        id="persistence-pipelined",
        stage=7,
        sentence="Requests that come together are all answered, in their order.",
        hint="What is left in the buffer after a request is the beginning of the next one.",
        section="RFC 9112 §9.3.2",
        needs=("persistence-two", "route-time-shown"),
        exchanges=(
            pipelined(
                kept("GET", "/"),
                kept("GET", "/time"),
                kept("GET", "/test"),
                get("/time.html"),
                expects=(OK, Nth(1, TimeShown()), Nth(2, OK), Nth(3, TimeShown()), Nth(3, Complete())),
            ),
        ),
    ),
    Rule(
        id="persistence-pipelined-post",
        stage=7,
        sentence="So are they with a POST among them, whose body ends where its length says.",
        hint="Take as many bytes as Content-Length says from the buffer; the rest is the next request.",
        section="RFC 9112 §9.3.2",
        routes=(FORM,),
        needs=("persistence-pipelined", "bodies-urlencoded"),
        exchanges=(
            pipelined(
                kept("GET", "/time"),
                posted(b"name=Ada"),
                posted(b"name=Ada"),
                get("/time"),
                expects=(*TIME, *(Nth(at, each) for at in (1, 2) for each in POSTED), Nth(3, TimeShown())),
            ),
        ),
    ),
    Rule(
        id="persistence-pipelined-chunked",
        stage=7,
        sentence="So are they with a chunked body, which ends after the empty line that follows its last chunk.",
        hint="The chunk of size 0 is followed by trailers, if any, and an empty line: take them too.",
        section="RFC 9112 §7.1",
        routes=(FORM,),
        needs=("persistence-pipelined-post", "bodies-chunked-trailers"),
        exchanges=(
            pipelined(
                posted_chunks(b"name=Ada"),
                posted_chunks(b"name=Ada"),
                get("/time"),
                expects=(*(Nth(at, each) for at in (0, 1) for each in POSTED), Nth(2, TimeShown())),
            ),
        ),
    ),
    Rule(
        id="persistence-unread",
        stage=7,
        sentence="The body of a request that is refused never becomes the next request.",
        hint="Read the body before the next request, also where you do not want it; or close the connection.",
        section="RFC 9112 §9.3",
        needs=("persistence-pipelined", "methods-lacking", "methods-post-unknown"),
        exchanges=(*unread("/"), *unread(UNKNOWN)),
    ),
    Rule(
        id="persistence-unread-form",
        stage=7,
        sentence="Nor does a body in the wrong media type.",
        hint="Read the body before you answer 415; or close the connection.",
        section="RFC 9112 §9.3",
        routes=(FORM,),
        needs=("persistence-unread", "bodies-media-type"),
        exchanges=unread(FORM),
    ),
    Rule(
        id="persistence-after-404",
        stage=7,
        sentence="The connection stays open after a 404.",
        hint="A path that leads nowhere is no reason to close.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-two", "route-unknown"),
        check=still_there(kept("GET", UNKNOWN), Status(404)),
    ),
    Rule(
        id="persistence-after-405",
        stage=7,
        sentence="The connection stays open after a 405, its body read.",
        hint="A method that a page lacks is no reason to close.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        needs=("persistence-two", "persistence-unread"),
        check=still_there(kept("POST", "/", body=b"unwanted"), Status(405, 501)),
    ),
    Rule(
        id="persistence-after-415",
        stage=7,
        sentence="The connection stays open after a 415, its body read.",
        hint="A body that was read whole is no reason to close, whatever it is.",
        section="RFC 9112 §9.3",
        level="SHOULD",
        routes=(FORM,),
        needs=("persistence-two", "persistence-unread-form"),
        check=still_there(kept("POST", FORM, "Content-Type: text/plain", body=b"unwanted"), Status(415)),
    ),
    Rule(
        id="persistence-head",
        stage=7,
        sentence="HEAD does not shift the next answer.",
        hint="The answer to HEAD ends with its head, whatever its Content-Length.",
        section="RFC 9110 §9.3.2",
        needs=("persistence-pipelined", "methods-head", "methods-head-no-body"),
        exchanges=(pipelined(kept("HEAD", "/"), kept("HEAD", "/"), get("/time"), expects=(OK, Nth(2, TimeShown()))),),
    ),
    Rule(
        id="persistence-no-content",
        stage=7,
        sentence="Neither do 204, 205 and 304.",
        hint="204 and 304 end with their head; 205 needs Content-Length: 0.",
        section="RFC 9112 §6.3",
        routes=STATUS,
        needs=("persistence-pipelined", "parameters-status-204", "parameters-status-205", "parameters-status-304"),
        exchanges=tuple(
            pipelined(kept("GET", f"/status/{code}"), get("/time"), expects=(Status(code), UNSHIFTED))
            for code in (204, 205, 304)
        ),
    ),
    Rule(
        id="persistence-error",
        stage=7,
        sentence="Where the end of a request can't be known, it is answered 400, and the connection ends.",
        hint="Nobody knows where the next request begins: do not look for one.",
        section="RFC 9112 §6.3",
        needs=("persistence-close", "methods-lacking"),
        exchanges=(*refused(BAD_LENGTH), *refused(BAD_CHUNK, expects=REFUSED)),
    ),
    Rule(
        id="persistence-error-heard",
        stage=7,
        sentence="The last answer is not lost to a reset, though the client is still sending.",
        hint="shutdown(SHUT_WR), read on for a while, then close(): close() on unread bytes resets the connection.",
        section="RFC 9112 §9.6",
        needs=("persistence-error",),
        check=heard_to_the_end,
    ),
    Rule(
        id="persistence-half-close",
        stage=7,
        sentence="A client that says at once that it will send no more still gets its answer.",
        hint="An empty recv() ends the requests, not the answers: send what you owe before you close.",
        section="RFC 9112 §9.6",
        level="SHOULD",  # a connection may be closed at any time; printf | nc -N gets no answer then
        needs=ROOT,
        half_closes=True,
        check=half_closed,
    ),
)
