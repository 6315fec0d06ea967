"""Stage 8, Concurrency: what one client does, or leaves undone, keeps no other waiting."""

from contextlib import ExitStack

from http_contract.client.connection import Connection
from http_contract.client.server import Server, method_of
from http_contract.client.transport import MANY, NARROW
from http_contract.http.params import Params
from http_contract.http.request import FORM, get, parted, request, submit, title
from http_contract.rules.expectations import Complete, Status
from http_contract.rules.model import Check, Failure, Rule, expect, failed
from http_contract.rules.stage01_listen import still_answers
from http_contract.rules.stage02_respond import in_three
from http_contract.rules.stage03_route import UNKNOWN
from http_contract.rules.stage05_parameters import ROOT
from http_contract.rules.stage07_persistence import OK

CROWD = 100  # connections
DOSES = 4  # of requests whose answers are not read
DOSE = 512 * 1024  # octets of answers: more than systems keep for a NARROW client
MOST = 1000  # requests in a dose
PAGES = (("/", 200), (UNKNOWN, 404), ("/test", 200), (UNKNOWN, 404))  # so few that four threads are enough


def idle(server: Server) -> None:
    """Connect and say nothing; another client meanwhile gets an answer to `GET /`."""
    with server.connect():
        still_answers(server, "other-idle")


def idle_after_answer(server: Server) -> None:
    """Ask for /, keep the connection and say no more; another client meanwhile gets an answer to `GET /`."""
    with server.connect() as connection:
        connection.send(request("GET", "/"))
        connection.response()
        still_answers(server, "other-idle-after-answer")


def slowly_sent(*pieces: bytes) -> Check:
    """Return a check that others are answered between the pieces of a request, and the request after the last."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            for piece in pieces[:-1]:
                connection.send(piece)
                still_answers(server, "other-sends-slowly")
            connection.send(pieces[-1])
            connection.response(method_of(pieces))
            expect(connection.transcript, OK, Complete())

    check.__doc__ = (
        f"Send `{title(b''.join(pieces))}` in {len(pieces)} pieces; after each but the last, another client gets an "
        "answer to `GET /`. The answer to the whole is 200, and whole."
    )
    return check


def slowly_read(server: Server) -> None:
    """Ask for / more and more without reading; others are answered meanwhile, and each answer is 200 and whole.

    It takes several doses, since the first ones may find the system's buffers not yet full.
    """
    with server.connect(NARROW, most=MANY) as connection:
        connection.send(request("GET", "/"))
        dose = min(MOST, DOSE // connection.response().end + 1)
        unsent = b""
        for _ in range(DOSES):
            unsent = connection.push(unsent + request("GET", "/") * dose)
            still_answers(server, "other-reads-late")
        connection.send(unsent)
        read_all(connection, DOSES * dose)


def read_all(connection: Connection, count: int) -> None:
    """Read so many answers, or fewer where the server has closed the connection in order after one of them."""
    for number in range(1, count + 1):
        if connection.is_over():
            return
        response = connection.response()
        if response.status != 200 or not response.complete:
            raise failed(Failure("late-reader", Params(number=number)), connection.transcript)


def last_comes_first(server: Server) -> None:
    """Begin a request on each of four connections, complete them in the reverse order; each gets its answer, whole."""
    with ExitStack() as stack:
        opened = [(stack.enter_context(server.connect()), path, status) for path, status in PAGES]
        for connection, path, _ in opened:
            connection.send(get(path)[:8])
        for connection, path, status in reversed(opened):
            connection.send(get(path)[8:])
            connection.response()
            expect(connection.transcript, Status(status), Complete())


def crowd(server: Server) -> None:
    """Connect a hundred times, then ask for / on each, then listen; each answer is 200, and whole.

    Few threads are enough, in whatever order they answer.
    """
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(CROWD)]
        for connection in connections:
            connection.send(get("/"))
        for connection in connections:
            connection.response()
            expect(connection.transcript, OK, Complete())
            connection.close()  # some servers wait for that before they turn to the next


RULES = (
    Rule(
        id="concurrency-idle",
        stage=8,
        sentence="A client that connects and says nothing keeps no other waiting.",
        hint="recv() waits for one client while the others wait for you: take a thread for each, or select().",
        section="RFC 9112 §9.4",
        needs=ROOT,
        alone=True,
        check=idle,
    ),
    Rule(
        id="concurrency-idle-after-answer",
        stage=8,
        sentence="Nor does a client that keeps its connection after an answer.",
        hint="Between two requests a connection is idle, too: do not wait for the next one in the loop that accepts.",
        section="RFC 9112 §9.3",
        needs=("concurrency-idle",),
        alone=True,
        check=idle_after_answer,
    ),
    Rule(
        id="concurrency-slow-sender",
        stage=8,
        sentence="A client whose request comes slowly keeps no other waiting, and is answered in the end.",
        hint="That some bytes have come does not mean that the rest has: keep them for each client, and go on.",
        section="RFC 9112 §9.4",
        needs=("concurrency-idle", "respond-three-packets"),
        alone=True,
        check=slowly_sent(*in_three(get("/"))),
    ),
    Rule(
        id="concurrency-slow-request",
        stage=8,
        sentence="A slow request, whose body is long in coming, does not delay a quick one.",
        hint="Wait for the rest of a body as you wait for the rest of a head: with an eye on the other clients.",
        section="RFC 9112 §9.4",
        routes=(FORM,),
        needs=("concurrency-slow-sender", "bodies-packets"),
        alone=True,
        check=slowly_sent(*parted(submit(b"name=Ada&language=English"), 3, 9)),
    ),
    Rule(
        id="concurrency-slow-reader",
        stage=8,
        sentence="A client that does not read its answers keeps no other waiting, and gets each whole when it reads.",
        hint="sendall() waits for the client. send() does not, but says how much it took: keep the rest for later.",
        section="RFC 9112 §9.3.2",
        needs=("concurrency-idle-after-answer", "persistence-pipelined"),
        alone=True,
        check=slowly_read,
    ),
    Rule(
        id="concurrency-reverse",
        stage=8,
        sentence="Clients are answered when their requests are complete, who connected last as well as who did first.",
        hint=f"Serve all clients that there are, {len(PAGES)} here, and keep a buffer for each of them.",
        section="RFC 9112 §9.4",
        needs=("concurrency-slow-sender", "route-test", "route-unknown"),
        alone=True,
        check=last_comes_first,
    ),
    Rule(
        id="concurrency-hundred",
        stage=8,
        sentence="A hundred clients at once are all answered.",
        hint="listen() takes the length of the queue: the clients that come while you are busy. 128 is a good one.",
        section="RFC 9112 §9.4",
        needs=ROOT,
        alone=True,
        check=crowd,
    ),
)
