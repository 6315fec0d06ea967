"""Stage 8, Concurrency: no client makes other clients wait."""

from contextlib import ExitStack

from http_contract.client.connection import Connection
from http_contract.client.server import Server
from http_contract.client.transport import LARGE_LIMIT, SMALL_WINDOW
from http_contract.http.params import Params
from http_contract.http.request import ANY_PAGE, FORM, get, method_of, parted, request, submit, title
from http_contract.rules.common import OK, ROOT, UNKNOWN, in_three_packets, still_responds
from http_contract.rules.expectations import Complete, Status
from http_contract.rules.model import Check, Failure, Rule, expect, failed

CROWD = 100  # connections
BEGINNING = 3  # octets of a request: a part of its method, so that a placeholder stays whole
BATCHES = 4  # of requests whose responses are not read
BATCH_SIZE = 512 * 1024  # octets of responses: more than a system buffers for a SMALL_WINDOW client
MAX_BATCH = 1000  # requests in a batch
FOUR_REQUESTS = 2 * ((ANY_PAGE, 200), (UNKNOWN, 404))  # few, so that four threads are enough


def idle(server: Server) -> None:
    """Connect and send nothing. Meanwhile another client must get a response to `GET /`."""
    with server.connect():
        still_responds(server, "other-idle")


def idle_after_response(server: Server) -> None:
    """Send GET for one page, read the response and leave the connection open. Meanwhile another client must get a
    response to `GET /`.
    """
    with server.connect() as connection:
        connection.send(request("GET", ANY_PAGE))
        connection.response()
        still_responds(server, "other-idle-after-answer")


def slowly_sent(*pieces: bytes) -> Check:
    """Return a check that others get responses between the pieces of a request, and this client after the last."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            for piece in pieces[:-1]:
                connection.send(piece)
                still_responds(server, "other-sends-slowly")
            connection.send(pieces[-1])
            connection.response(method_of(pieces))
            expect(connection.transcript, OK, Complete())

    check.__doc__ = (
        f"Send `{title(b''.join(pieces))}` in {len(pieces)} pieces. After each but the last, another client must get a "
        "response to `GET /`. The response to the whole request must be complete and 200."
    )
    return check


def slowly_read(server: Server) -> None:
    """Send GET for one page many times without reading. Meanwhile other clients must get responses to `GET /`. Then
    read: each response must be complete and 200.

    The check sends several batches, because the first ones may not fill the system's buffers.
    """
    with server.connect(SMALL_WINDOW, limit=LARGE_LIMIT) as connection:
        batch = requests_in_batch(connection)
        unsent = b""
        for _ in range(BATCHES):
            unsent = connection.push(unsent + request("GET", ANY_PAGE) * batch)
            still_responds(server, "other-reads-late")
        connection.send(unsent)
        read_all(connection, BATCHES * batch)


def requests_in_batch(connection: Connection) -> int:
    """Send GET for one page, and return how many such requests are a batch: systems do not buffer all its responses."""
    connection.send(request("GET", ANY_PAGE))
    return min(MAX_BATCH, BATCH_SIZE // connection.response().end + 1)


def read_all(connection: Connection, count: int) -> None:
    """Read `count` responses, or fewer if the server closes the connection in order after one of them."""
    for number in range(1, count + 1):
        if connection.is_closed():
            return
        response = connection.response()
        if response.status != 200 or not response.complete:
            raise failed(Failure("late-reader", Params(number=number)), connection.transcript)


def reverse_order(server: Server) -> None:
    """Begin a request on each of four connections, then complete them in the reverse order. Each response must be
    complete.
    """
    with ExitStack() as stack:
        opened = [(stack.enter_context(server.connect()), path, status) for path, status in FOUR_REQUESTS]
        for connection, path, _ in opened:
            connection.send(get(path)[:BEGINNING])
        for connection, path, status in reversed(opened):
            connection.send(get(path)[BEGINNING:])
            connection.response()
            expect(connection.transcript, Status(status), Complete())


def crowd(server: Server) -> None:
    """Connect a hundred times, send GET for one page on each connection, then read. Each response must be complete
    and 200.

    A server with few threads passes too, in whatever order it responds.
    """
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(CROWD)]
        for connection in connections:
            connection.send(get(ANY_PAGE))
        for connection in connections:
            connection.response()
            expect(connection.transcript, OK, Complete())
            connection.close()  # some servers serve the next client only after that


RULES = (
    Rule(
        id="concurrency-idle",
        stage=8,
        sentence="The server responds to other clients while one client is connected and sends nothing.",
        hint="A read blocks until that client sends. Use a thread for each client, or wait for all sockets together.",
        section="the service, concurrency",
        needs=ROOT,
        alone=True,
        check=idle,
    ),
    Rule(
        id="concurrency-idle-after-answer",
        stage=8,
        sentence="The server responds to other clients while one client leaves its connection open after a response.",
        hint="A connection is idle between two requests too. Do not wait for its next request in the loop that "
        "accepts.",
        section="the service, concurrency",
        needs=("concurrency-idle",),
        alone=True,
        check=idle_after_response,
    ),
    Rule(
        id="concurrency-slow-sender",
        stage=8,
        sentence="The server responds to other clients while one client sends its request slowly, and then to "
        "that client.",
        hint="Some bytes of a request do not mean that the rest has arrived. Store them for each client, and go on.",
        section="the service, concurrency",
        needs=("concurrency-idle", "respond-three-packets"),
        alone=True,
        check=slowly_sent(*in_three_packets(get(ANY_PAGE))),
    ),
    Rule(
        id="concurrency-slow-request",
        stage=8,
        sentence="The server responds to other clients while one client sends its body slowly.",
        hint="Wait for the rest of a body as you wait for the rest of a head: serve the other clients in the meantime.",
        section="the service, concurrency",
        routes=(FORM,),
        needs=("concurrency-slow-sender", "bodies-packets"),
        alone=True,
        check=slowly_sent(*parted(submit(b"name=Ada&language=English"), 3, 9)),
    ),
    Rule(
        id="concurrency-slow-reader",
        stage=8,
        sentence="The server responds to other clients while one client does not read its responses, and "
        "completes them later.",
        hint="A blocking write waits for the client. Write what the socket accepts, and store the rest for later.",
        section="the service, concurrency",
        needs=("concurrency-idle-after-answer", "persistence-pipelined"),
        alone=True,
        check=slowly_read,
    ),
    Rule(
        id="concurrency-reverse",
        stage=8,
        sentence="The server responds to each client when its request is complete, in whatever order the "
        "clients connected.",
        hint="Serve all connected clients at once, 4 here, with a buffer for each of them.",
        section="the service, concurrency",
        needs=("concurrency-slow-sender", "route-unknown"),
        alone=True,
        check=reverse_order,
    ),
    Rule(
        id="concurrency-hundred",
        stage=8,
        sentence="The server responds to a hundred clients that connect at the same time.",
        hint="Clients that connect while you are busy wait in the listening queue. Pass its length when you "
        "listen, such as 128.",
        section="the service, concurrency",
        needs=ROOT,
        alone=True,
        check=crowd,
    ),
)
