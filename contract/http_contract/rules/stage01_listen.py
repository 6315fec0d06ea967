"""Stage 1, Listen: the server is there, and nothing that a client does takes it away."""

import re

from http_contract.client.server import Server
from http_contract.http.request import get
from http_contract.http.transcript import Broken, Failure, broken
from http_contract.rules.model import Rule

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
            raise broken("not even the status of an answer came in time", connection.transcript)


def survives_nothing(server: Server) -> None:
    """Connect and close, three times, without a byte; then any answer to `GET /` is legal."""
    for _ in range(3):
        with server.connect():
            pass
    still_answers(server, "after a connection that sent nothing")


def survives_reset(server: Server) -> None:
    """Send nothing, half a request, a whole one, and reset each time; after each, any answer to `GET /` is legal."""
    for sent in (b"", HALF_A_REQUEST, get("/")) * RESETS:
        with server.connect() as connection:
            connection.send(sent)
            connection.reset()
        still_answers(server, "after a client's reset")


def survives_no_utf8(server: Server) -> None:
    """Send bytes that are no UTF-8 in a field, in the path, and as the whole request, to which any answer is legal.

    After each, `GET /` is answered, in whatever way.
    """
    for sent in NO_UTF8:
        server.ask(sent)
        still_answers(server, "after bytes that are no UTF-8")


def restarts(server: Server) -> None:
    """Ask for /, stop the server and start it again on the same port; then any answer to `GET /` is legal.

    The first connection is left open meanwhile, so that its end keeps the port in TIME_WAIT.
    """
    assert server.restart
    with server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        server.restart()
    still_answers(server, "after a second start on the same port")


def still_answers(server: Server, when: str) -> None:
    try:
        responses(server)
    except Broken as cause:
        found = (Failure(f"{when}: {one.text}", one.offset, one.transcript) for one in cause.failures)
        raise Broken(*found) from cause


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
        id="listen-survives-silence",
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
        id="listen-survives-not-utf8",
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
