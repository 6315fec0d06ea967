"""Stage 9, Hostile input, still: requests that never end, and errors that need not wait for a body."""

import time
from collections.abc import Iterator

from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import FORM, URLENCODED, request, title
from http_contract.rules.expectations import CLIENT_ERRORS, Status
from http_contract.rules.hostile import raw
from http_contract.rules.model import Check, Failure, Rule, expect, failed
from http_contract.rules.stage05_parameters import ROOT

STEP = 0.2  # seconds between two looks, and between two drops of a drip
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: {authority}\r\nX-Slow: "
HALF_A_BODY = raw(f"POST {FORM} HTTP/1.1", f"Content-Type: {URLENCODED}", "Content-Length: 100000") + b"name="


def gives_up(sends: bytes, drip: bytes = b"") -> Check:
    """Return a check that the server answers with an error, or closes, in time, though a byte may come now and then."""

    def check(server: Server) -> None:
        with server.connect() as connection:
            connection.send(sends)
            for _ in steps(server.patience):
                said = connection.pause(STEP)
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
        "Before the judge's patience ends, there is an answer 4xx, or the end of the connection."
    )
    return check


def steps(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield


def answered_early(server: Server) -> None:
    """Send the head of `POST /` with a Content-Length that is none, and no byte of a body; the answer is 400."""
    with server.connect() as connection:
        connection.send(request("POST", "/", "Content-Length: 5five"))
        connection.response("POST")
        expect(connection.transcript, Status(400))


RULES = (
    Rule(
        id="deadlines-early",
        stage=9,
        sentence="What the head shows to be wrong is answered before the body has come.",
        hint="Check the head when it is complete; do not read the body first.",
        section="RFC 9112 §6.3",
        needs=("persistence-error",),
        check=answered_early,
    ),
    Rule(
        id="deadlines-head",
        stage=9,
        sentence="A head that does not end is given up: 408, or the connection ends.",
        hint="Set a time limit for the whole head, from its first byte.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        needs=ROOT,
        check=gives_up(HALF_A_HEAD),
    ),
    Rule(
        id="deadlines-head-drip",
        stage=9,
        sentence="A head that comes in drops is given up, too.",
        hint="settimeout() is for each recv(); a drop a second renews it. Keep one deadline for the head.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        needs=ROOT,
        check=gives_up(HALF_A_HEAD, b"a"),
    ),
    Rule(
        id="deadlines-body",
        stage=9,
        sentence="A body that does not end is given up: 408, or the connection ends.",
        hint="Set a time limit for the body, too.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        routes=(FORM,),
        needs=ROOT,
        check=gives_up(HALF_A_BODY),
    ),
    Rule(
        id="deadlines-body-drip",
        stage=9,
        sentence="A body that comes in drops is given up, too.",
        hint="Keep one deadline for the body, whatever comes.",
        section="RFC 9110 §15.5.9",
        level="SHOULD",
        routes=(FORM,),
        needs=ROOT,
        check=gives_up(HALF_A_BODY, b"a"),
    ),
)
