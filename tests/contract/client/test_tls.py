"""The judge over TLS: a correct server that has a certificate of its own."""

import select
import socket
import ssl
from dataclasses import replace

import pytest

from http_contract import RULES, Server, judge
from http_contract.client.transport import ConnectionFailed
from http_contract.http.request import get, request
from http_contract.reports.messages import skip_text
from tests.contract.scripted import OK, says, scripted
from tests.mutants.stage08_concurrency import Carry, well
from tests.tls import CERTIFICATE, Certificate, encrypting

LAST_STAGE = 8  # what comes after it is about parsing, and the time that this server gives, for ever
NOT_OVER_TLS = {
    "listen-restarts": "the judge did not start this server",
    "persistence-half-close": "over TLS, a client cannot close only its own direction",
}
BROKEN = {"route-absolute-form"}  # raw_router, which knows nothing of the TLS before it, refuses https URLs


def mute(client: socket.socket) -> None:
    while client.recv(65536):
        pass


def reads_no_more(client: socket.socket) -> None:
    """Wait for the client to be gone, whatever it says."""
    gone = select.poll()
    gone.register(client, 0)  # a hang-up is told unasked
    gone.poll(10_000)


def test_a_right_server_keeps_all_rules_over_tls() -> None:
    with encrypting(well) as server:
        outcomes = judge(server, [rule for rule in RULES if rule.stage <= LAST_STAGE])
    assert {o.rule.id for o in outcomes if o.verdict == "failed"} == BROKEN
    assert {o.rule.id: skip_text(o.skip) for o in outcomes if o.verdict == "skipped"} == NOT_OVER_TLS
    assert not any(o.counts for o in outcomes if o.verdict == "skipped")


def test_the_end_of_a_connection_over_tls() -> None:
    with encrypting(says(OK)) as server:
        transcript = server.ask(request("GET", "/"), after="await-close")
    assert (transcript.responses[0].body, transcript.state_before_half_close) == (b"hi", "closed")


def test_a_record_in_parts_is_waited_for() -> None:
    """The server's first bytes after the handshake, tickets for another one, are nothing that was said."""
    with encrypting(well) as server, server.connect() as connection:
        assert connection.receive_for(0.1) == b""
        connection.send(get("/"))
        assert connection.response().status == 200


def test_how_much_went_over_tls_is_known() -> None:
    """A server that does not read: more than there is room for is not lost count of."""
    with encrypting(reads_no_more) as server, server.connect() as connection:
        data = bytes(64 * 1024 * 1024)
        assert 0 < len(connection.push(data)) < len(data)
        assert connection.transcript.ended == "open"


@pytest.mark.parametrize(
    ("context", "why"),
    [
        (ssl.create_default_context(), "certificate verify failed"),
        (Certificate().trusting, "certificate verify failed"),
    ],
    ids=["system", "another"],
)
def test_a_certificate_that_is_not_trusted(context: ssl.SSLContext, why: str) -> None:
    with encrypting(well) as server, pytest.raises(ConnectionFailed, match=why):
        replace(server, tls=context).ask(get("/"))


@pytest.mark.parametrize(
    ("script", "why"), [(says(OK), "WRONG_VERSION_NUMBER|wrong version"), (mute, "timed out")], ids=["plain", "mute"]
)
def test_a_server_that_speaks_no_tls(script: Carry, why: str) -> None:
    with scripted(script) as server, pytest.raises(ConnectionFailed, match=why):
        replace(server, tls=CERTIFICATE.trusting).ask(get("/"))


def test_origin() -> None:
    assert Server("a", 1).origin == "http://a:1"
    assert Server("a", 1, tls=CERTIFICATE.trusting).origin == "https://a:1"
