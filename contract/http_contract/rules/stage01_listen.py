"""Stage 1, Listen: the server accepts connections, responds, and survives its clients."""

from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get
from http_contract.rules.common import responds, still_responds
from http_contract.rules.model import Rule

HALF_A_REQUEST = b"GET / HTTP/1.1\r\nHost: loc"
RESETS = 4  # of each kind: microseconds decide whether the reset or the response is first
NOT_UTF8 = (
    b"GET / HTTP/1.1\r\nHost: {authority}\r\nX-Latin: caf\xe9\r\nConnection: close\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n",
    b"\x80\xff\xfe\xfd\r\n\r\n",
)


def accepts(server: Server) -> None:
    """Connect, send `GET /` and close. Any response is legal, or no response; other rules check the response."""
    server.ask(get("/"))


def responds_in_time(server: Server) -> None:
    """Send `GET /`. Any response is legal that arrives in time.

    If none does, send the same with line ends of LF alone: a response to that shows why, but is not legal.
    """
    try:
        responds(server)
    except ConnectionFailed as lost:
        if lost.transcript and lost.transcript.ended == "timeout":
            server.ask(get("/").replace(b"\r\n", b"\n"))
        raise


def survives_silence(server: Server) -> None:
    """Connect and close three times without sending a byte. After each time, any response to `GET /` is legal.

    Then send half a request, close the sending side, and wait a moment for the server to close. Then, too, any response
    to `GET /` is legal.
    """
    for _ in range(3):
        with server.connect():
            pass
        still_responds(server, "empty-connection")  # a program may answer once more while it ends
    with server.connect() as connection:
        connection.send(HALF_A_REQUEST)
        connection.finish()
    still_responds(server, "half-request")


def survives_reset(server: Server) -> None:
    """Send nothing, half a request and a whole request, and reset each connection. After each reset, any response to
    `GET /` is legal.
    """
    for sent in (b"", HALF_A_REQUEST, get("/")) * RESETS:
        with server.connect() as connection:
            connection.send(sent)
            connection.reset()
        still_responds(server, "client-reset")


def survives_not_utf8(server: Server) -> None:
    """Send bytes that are not UTF-8 in a field, in the path, and as the whole request. Any response is legal.

    After each of them, any response to `GET /` is legal.
    """
    for sent in NOT_UTF8:
        server.ask(sent)
        still_responds(server, "no-utf8")


def restarts(server: Server) -> None:
    """Send `GET /`, stop the server and start it again on the same port. Then any response to `GET /` is legal.

    The first connection stays open until the server stops, so that its port is in the state TIME_WAIT.
    """
    assert server.restart
    with server.connect() as connection:
        connection.send(get("/"))
        connection.response()
        server.restart()
    still_responds(server, "second-start")


RULES = (
    Rule(
        id="listen-accepts",
        stage=1,
        sentence="The server accepts connections on its port.",
        hint="Bind to the host and port that were given, then listen. Check that the server is still running.",
        section="RFC 9110 §3.3",
        check=accepts,
    ),
    Rule(
        id="listen-answers",
        stage=1,
        sentence="The server responds to a GET request for /.",
        hint="Accept the connection, read up to the empty line, then respond. The client waits for that and "
        "does not close first.",
        section="RFC 9110 §3.4",
        needs=("listen-accepts",),
        check=responds_in_time,
    ),
    Rule(
        id="listen-survives-silence",
        stage=1,
        sentence="The server survives a client that closes before its request is complete.",
        hint="Browsers open connections in advance. If a read returns no bytes, close that connection and accept the "
        "next one, also in the middle of a request.",
        section="RFC 9112 §9.5",
        needs=("listen-answers",),
        check=survives_silence,
    ),
    Rule(
        id="listen-survives-reset",
        stage=1,
        sentence="The server survives a client that resets its connection in the middle of a request.",
        hint="Reading and writing can fail at any time. Catch the error for that one connection, then accept "
        "the next one.",
        section="RFC 9112 §9.5",
        needs=("listen-answers",),
        check=survives_reset,
    ),
    Rule(
        id="listen-survives-not-utf8",
        stage=1,
        sentence="The server survives bytes that are not valid UTF-8.",
        hint="A request is bytes. Decode its head as ISO-8859-1 (Latin-1), which never fails; decoding it as "
        "UTF-8 can fail.",
        section="RFC 9112 §2.2",
        needs=("listen-answers",),
        check=survives_not_utf8,
    ),
    Rule(
        id="listen-restarts",
        stage=1,
        sentence="The server can be stopped and started again on the same port at once.",
        hint="Connections that were just closed still occupy the port. Set the socket option SO_REUSEADDR "
        "before you bind.",
        section="RFC 9293 §3.3.2",
        needs=("listen-answers",),
        check=restarts,
        restarts=True,
    ),
)
