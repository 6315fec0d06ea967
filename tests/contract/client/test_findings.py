"""Findings: what makes the judge wait in vain is waited for a few times, and then no more."""

import socket
import time
from collections import Counter

import pytest

from http_contract import Server
from http_contract.client.connection import GRACE, SHORT_GRACE
from http_contract.client.findings import ENDLESS, ENOUGH, ENOUGH_OF_ALL, LATER_SHARE, Waits, WaitsAgain
from http_contract.client.orphans import RESET_ON_CLOSE
from http_contract.client.transport import TimeIsUp, Transport
from http_contract.http.request import get, head, last
from tests.contract.scripted import OK, Script, says, says_nothing, scripted

POST = (last("POST", "/form", body=b""),)


def silent(*methods: str) -> Waits:
    """Return waits after a few requests with each method that got no response."""
    waits = Waits()
    for method in methods:
        for _ in range(ENOUGH):
            waits.note_silence((last(method, "/odd"),))
        waits.attribute(f"{method}-rule", Counter())
    return waits


def test_after_a_few_silences_a_method_is_not_waited_for() -> None:
    waits = silent("HEAD")
    waits.check_request((get("/odd"),))
    waits.check_request((b"HEAD /odd",))
    with pytest.raises(WaitsAgain) as found:
        waits.check_request((head("/other"),))
    assert waits.rules[found.value.fault] == "HEAD-rule"


def test_a_path_that_got_a_response_is_waited_for() -> None:
    waits = silent("HEAD")
    waits.note_response((head("/"),))
    waits.check_request((head("/?a=1"),))
    assert waits.patience((head("/"),)) == 1.0
    assert waits.patience((head("/?a=1"),)) == LATER_SHARE
    assert waits.patience((head("/other"),)) == LATER_SHARE
    assert waits.patience((b"\r\n", head("/"))) == LATER_SHARE


def test_after_many_silences_no_method_is_waited_for() -> None:
    waits = silent("HEAD", "PUT")
    assert sum(waits.counts.values()) == ENOUGH_OF_ALL
    with pytest.raises(WaitsAgain, match="HEAD"):
        waits.check_request(POST)
    waits.forget()
    waits.check_request(POST)


def test_bytes_that_are_not_a_request_are_always_sent_and_then_waited_for_less() -> None:
    waits = Waits()
    for _ in range(ENOUGH):
        assert waits.patience((b"\xff",)) == 1.0
        waits.note_silence((b"\xff",))
        waits.note_response((b"\xff",))
    assert (waits.counts, waits.answered) == (Counter(), set())
    waits.check_request((b"\xff",))
    assert waits.patience((b"\xff",)) == LATER_SHARE
    assert waits.patience((get("/"),)) == 1.0
    waits.forget()
    assert waits.patience((b"\xff",)) == 1.0
    assert silent("GET").patience((b"\xff",)) == LATER_SHARE


def begins_a_status_line(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 2")
    says_nothing(client)


@pytest.mark.parametrize("script", [says_nothing, begins_a_status_line])
def test_a_response_without_a_status_is_none(script: Script) -> None:
    with scripted(script, timeout=0.05) as server:
        server.ask(get("/"))
    waits = server.findings.waits
    assert (waits.counts, waits.answered) == (Counter(GET=1), set())


def endless(client: socket.socket) -> None:
    says(b"HTTP/1.1 200 OK\r\n\r\nhello")(client)
    says_nothing(client)


def test_for_a_request_that_gets_no_response_the_judge_does_not_even_connect() -> None:
    """Both the request and an empty connection could stop the server."""
    clients: list[socket.socket] = []
    with scripted(clients.append, timeout=0.05) as server:
        server.findings.waits = silent("HEAD")
        with pytest.raises(WaitsAgain):
            server.ask(head("/other"))
        assert server.connections == []
    assert clients == []


def test_responses_without_an_end_are_waited_for_a_moment_and_then_not() -> None:
    with scripted(endless, timeout=0.05) as server:
        for _ in range(ENOUGH + 1):
            with server.connect() as connection:
                connection.send(get("/"))
                assert not connection.response().complete
                assert connection.transport.ended == "timeout"
        server.findings.waits.rules[ENDLESS] = "respond-length"
        with pytest.raises(WaitsAgain, match=ENDLESS):
            server.ask(get("/"))


def test_one_more_response_without_an_end_is_enough_after_the_others_are_forgotten() -> None:
    waits = Waits()
    for _ in range(2 * ENOUGH):
        waits.note_endless()
    waits.forget()
    assert not waits.is_endless
    waits.note_endless()
    assert waits.is_endless


def test_a_response_without_a_length_that_ends_is_read() -> None:
    with scripted(says(b"HTTP/1.1 200 OK\r\n\r\nhello")) as server:
        server.findings.waits.counts[ENDLESS] = ENOUGH
        server.findings.waits.rules[ENDLESS] = "respond-length"
        assert server.ask(get("/")).responses[0].complete


def answers_at_the_end(client: socket.socket) -> None:
    says_nothing(client)
    client.sendall(OK)


def resets_at_the_end(client: socket.socket) -> None:
    says_nothing(client)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


@pytest.mark.parametrize(
    ("script", "is_late"), [(answers_at_the_end, True), (says_nothing, False), (resets_at_the_end, False)]
)
def test_a_response_that_waits_for_the_end_of_the_connection_is_noticed(script: Script, is_late: bool) -> None:
    with scripted(script, timeout=0.05) as server:
        transcript = server.ask(get("/"))
    assert (transcript.received, transcript.ended, transcript.is_late) == (b"", "timeout", is_late)


def test_where_no_response_is_late_the_end_of_the_connection_is_waited_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One late response is enough to wait again."""

    def is_late(self: Transport, seconds: float) -> bool:
        waits.append(seconds)
        return original(self, seconds)

    waits, original = list[float](), Transport.is_late
    monkeypatch.setattr(Transport, "is_late", is_late)
    with scripted(says_nothing, timeout=0.01) as server:
        for number in range(ENOUGH + 1):
            server.ask(last("GET", f"/{number}"))
        server.findings.waits.note_end_of_silence(is_late=True)
        server.ask(get("/"))
    assert waits == [GRACE] * ENOUGH + [SHORT_GRACE, GRACE]


def test_findings_are_shared_by_all_copies_of_a_server() -> None:
    server = Server("127.0.0.1", 1)
    server.with_own_record().findings.pages["/test"] = 200
    assert server.findings.page == "/test"


@pytest.mark.parametrize("seconds", [0, 0.05], ids=["before a connection", "while a response is awaited"])
def test_no_step_waits_longer_than_the_time_for_judging(seconds: float) -> None:
    with scripted(says_nothing, timeout=60) as server:
        server.findings.ends = time.monotonic() + seconds
        with pytest.raises(TimeIsUp):
            server.ask(get("/"))
