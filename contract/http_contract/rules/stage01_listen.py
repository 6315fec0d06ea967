"""Stage 1, Listen: the server is there, and nothing that a client does takes it away."""

import re
from dataclasses import replace

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get
from http_contract.rules.model import Failure, Rule, RuleFailed, failed, of_connection

NO_STATUS_YET = re.compile(rb"H|HT|HTT|HTTP|HTTP/.{0,6}")  # what of `HTTP/1.1 200` comes before it says anything
HALF_A_REQUEST = b"GET / HTTP/1.1\r\nHost: loc"
RESETS = 4  # of each kind: whether one comes before the answer, or after it, is a matter of microseconds
NO_UTF8 = (
    b"GET / HTTP/1.1\r\nHost: {authority}\r\nX-Latin: caf\xe9\r\nConnection: close\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n",
    b"\x80\xff\xfe\xfd\r\n\r\n",
)


def accepts(server: Server) -> None:
    """Connect, ask for / and close; any answer is legal, and none: what becomes of the request is for other rules."""
    server.ask(get("/"))


def responses(server: Server) -> None:
    """Ask for /; any answer is legal, whatever it looks like, if enough of it comes in time to hold a status."""
    with server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        if connection.transport.ended == "timeout" and NO_STATUS_YET.fullmatch(connection.transport.received):
            raise failed(Failure("status-late"), connection.transcript)


def survives_nothing(server: Server) -> None:
    """Connect and close, three times, without a byte; then any answer to `GET /` is legal."""
    for _ in range(3):
        with server.connect():
            pass
    still_answers(server, "empty-connection")


def survives_reset(server: Server) -> None:
    """Send nothing, half a request, a whole one, and reset each time; after each, any answer to `GET /` is legal."""
    for sent in (b"", HALF_A_REQUEST, get("/")) * RESETS:
        with server.connect() as connection:
            connection.send(sent)
            connection.reset()
        still_answers(server, "client-reset")


def survives_no_utf8(server: Server) -> None:
    """Send bytes that are no UTF-8 in a field, in the path, and as the whole request, to which any answer is legal.

    After each, `GET /` is answered, in whatever way.
    """
    for sent in NO_UTF8:
        server.ask(sent)
        still_answers(server, "no-utf8")


def restarts(server: Server) -> None:
    """Ask for /, stop the server and start it again on the same port; then any answer to `GET /` is legal.

    The first connection is left open meanwhile, so that its end keeps the port in TIME_WAIT.
    """
    assert server.restart
    with server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        server.restart()
    still_answers(server, "second-start")


def still_answers(server: Server, when: str) -> None:
    """Ask for / as `responses` does; `when` is a code, for what a failure comes after or goes on beside."""
    try:
        responses(server)
    except RuleFailed as found:
        raise RuleFailed(*(at_that_time(each, when) for each in found.failures)) from found
    except ConnectionFailed as lost:
        raise RuleFailed(at_that_time(of_connection(lost), when)) from lost


def at_that_time(failure: Failure, when: str) -> Failure:
    return replace(failure, params=failure.params.with_(when=when))


RULES = (
    Rule(
        id="listen-accepts",
        stage=1,
        sentence="The server accepts connections on its port.",
        hint="Bind to the host and port you were given, then call listen(). Is the server running at all?",
        section="RFC 9112 §9.1",
        check=accepts,
    ),
    Rule(
        id="listen-answers",
        stage=1,
        sentence="A GET of / is answered.",
        hint="Accept the connection, receive up to the empty line (the client waits then, and does not close), answer.",
        section="RFC 9110 §3.4",
        needs=("listen-accepts",),
        check=responses,
    ),
    Rule(
        id="listen-survives-nothing",
        stage=1,
        sentence="A client that connects, sends nothing and leaves does no harm.",
        hint="Browsers open connections ahead of need. recv() then returns b'': close that connection and go on.",
        section="RFC 9112 §9.5",
        needs=("listen-answers",),
        check=survives_nothing,
    ),
    Rule(
        id="listen-survives-reset",
        stage=1,
        sentence="A client that breaks off in the middle of its request does no harm.",
        hint="recv() and sendall() may raise ConnectionError: catch it for each connection, and go on accepting.",
        section="RFC 9112 §9.5",
        needs=("listen-answers",),
        check=survives_reset,
    ),
    Rule(
        id="listen-survives-no-utf8",
        stage=1,
        sentence="Bytes that are no UTF-8 do no harm.",
        hint="A request is bytes. Decoding the head as ISO-8859-1 never fails; .decode() as UTF-8 may.",
        section="RFC 9112 §2.2",
        needs=("listen-answers",),
        check=survives_no_utf8,
    ),
    Rule(
        id="listen-restarts",
        stage=1,
        sentence="The server can be stopped, and started again on the same port at once.",
        hint="'Address already in use' comes from connections just closed: set SO_REUSEADDR before bind().",
        section="RFC 9293 §3.3.2",
        needs=("listen-answers",),
        check=restarts,
        restarts=True,
    ),
)
