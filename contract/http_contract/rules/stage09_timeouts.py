"""Stage 9, Hostile input: requests that never end, and errors before the body has arrived."""

import time
from collections.abc import Iterator

from http_contract.client.server import Server
from http_contract.client.transport import LARGE_LIMIT, SMALL_WINDOW
from http_contract.http.params import Params
from http_contract.http.request import ANY_PAGE, FORM, HEAD_END, URLENCODED, request, submit, title
from http_contract.rules.common import ROOT
from http_contract.rules.expectations import CLIENT_ERRORS, Status
from http_contract.rules.hostile import raw_head
from http_contract.rules.model import Check, Failure, Rule, expect, failed
from http_contract.rules.stage08_concurrency import BATCHES, read_all, requests_in_batch

STEP = 0.2  # seconds between two checks, and between two bytes of a slow request
PIECE = 410  # octets in each step of a slow body: 2 KiB a second
SIP = 3277  # octets in each step of a slow reader: 16 KiB a second, more than systems hide in their buffers
HALF_A_HEAD = b"GET {page} HTTP/1.1\r\nHost: {authority}\r\nX-Slow: "
HALF_A_BODY = raw_head(f"POST {FORM} HTTP/1.1", f"Content-Type: {URLENCODED}", "Content-Length: 100000") + b"name="


def times_out(sends: bytes, drip: bytes = b"") -> Check:
    """Return a check that the server sends an error or closes in time, although single bytes may still arrive."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            connection.send(sends)
            for _ in steps(server.patience):
                said = connection.receive_for(STEP)
                if said or connection.transport.ended != "open":
                    break
                if drip:
                    connection.send(drip)
            else:
                raise failed(Failure("still-waits", Params(seconds=server.patience)), connection.transcript)
            if said:
                connection.response("POST")
                expect(connection.transcript, Status(*CLIENT_ERRORS))

    rest = f"a byte every {STEP:g} seconds" if drip else "nothing"
    check.__doc__ = (
        f"Send the beginning of `{title(sends)}`, then {rest}. "
        "The server must respond with a 4xx status or close the connection within the judge's patience."
    )
    return check


def accepts_slow_body(server: Server) -> None:
    """Send `POST /form` with a body that arrives at 2 KiB a second for as long as the judge's patience. The response
    must be 200 or 201.
    """
    pieces = max(1, round(server.patience / STEP))
    head, _, body = submit(b"name=" + b"a" * (pieces * PIECE)).partition(HEAD_END)
    with server.connect() as connection:
        connection.send(head + HEAD_END)
        for at in range(0, len(body), PIECE):
            if connection.receive_for(STEP) or connection.transport.ended != "open":
                break
            connection.send(body[at : at + PIECE])
        connection.response("POST")
        expect(connection.transcript, Status(200, 201))


def serves_slow_reader(server: Server) -> None:
    """Send GET for one page many times without reading. Then read 16 KiB a second for as long as the judge's patience,
    and last the rest. Each response must be complete and 200.
    """
    with server.connect(SMALL_WINDOW, limit=LARGE_LIMIT) as connection:
        count = BATCHES * requests_in_batch(connection)
        unsent = connection.push(request("GET", ANY_PAGE) * count)
        for _ in steps(server.patience):
            connection.transport.take(SIP)
            time.sleep(STEP)
        connection.send(unsent)
        read_all(connection, count)


def steps(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield


def responds_early(server: Server) -> None:
    """Send the head of a POST with an invalid Content-Length, and no body. The response must be 400."""
    with server.connect() as connection:
        connection.send(request("POST", ANY_PAGE, "Content-Length: 5five"))
        connection.response("POST")
        expect(connection.transcript, Status(400))


RULES = (
    Rule(
        id="timeouts-early",
        stage=9,
        sentence="The server responds to an invalid head before the body has arrived.",
        hint="Check the head when it is complete. Do not read the body first.",
        section="RFC 9112 §6.3",
        needs=("persistence-error",),
        check=responds_early,
    ),
    Rule(
        id="timeouts-head",
        stage=9,
        sentence="The server responds 408 or closes the connection if the rest of a head does not arrive.",
        hint="Set a time limit for the whole head, from its first byte.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        needs=ROOT,
        slow=True,
        check=times_out(HALF_A_HEAD),
    ),
    Rule(
        id="timeouts-head-drip",
        stage=9,
        sentence="The server responds 408 or closes the connection if a head arrives byte by byte and takes too long.",
        hint="A socket timeout applies to each read, and every byte restarts it. Use one deadline for the whole head.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        needs=ROOT,
        slow=True,
        check=times_out(HALF_A_HEAD, b"a"),
    ),
    Rule(
        id="timeouts-body",
        stage=9,
        sentence="The server responds 408 or closes the connection if the rest of a body does not arrive.",
        hint="Set a time limit for the body too.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        routes=(FORM,),
        needs=ROOT,
        slow=True,
        check=times_out(HALF_A_BODY),
    ),
    Rule(
        id="timeouts-body-drip",
        stage=9,
        sentence="The server responds 408 or closes the connection if a body arrives byte by byte and takes too long.",
        hint="Require a minimum rate, such as 1 KiB a second. A timeout for each read is not enough, because "
        "every byte restarts it.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        routes=(FORM,),
        needs=ROOT,
        slow=True,
        check=times_out(HALF_A_BODY, b"a"),
    ),
    Rule(
        id="timeouts-body-progress",
        stage=9,
        sentence="The server accepts a long body that arrives steadily at 2 KiB a second.",
        hint="Do not limit the time of the whole body. Require a minimum rate, such as 1 KiB a second.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        routes=(FORM,),
        needs=ROOT,
        slow=True,
        check=accepts_slow_body,
    ),
    Rule(
        id="timeouts-response-progress",
        stage=9,
        sentence="The server sends its responses whole to a client that reads them slowly but does not stop.",
        hint="Do not limit the time of a whole response. Require a minimum rate, such as 1 KiB a second.",
        section="the service, limits",
        level="SHOULD",
        needs=("concurrency-slow-reader",),
        slow=True,
        check=serves_slow_reader,
    ),
)
