"""The rules of stage 1: what shows why a server sends nothing."""

import socket

from http_contract import BY_ID, run
from tests.contract.scripted import OK, scripted


def compares_with_lf(client: socket.socket) -> None:
    """Answer once a line is only a line feed, which no line of HTTP is."""
    with client.makefile("rb") as lines:
        for line in lines:
            if line == b"\n":
                client.sendall(OK)


def test_a_server_that_answers_only_bare_line_feeds_shows_it_and_fails() -> None:
    with scripted(compares_with_lf, timeout=0.1) as server:
        outcome = run(BY_ID["listen-answers"], server)
    assert [failure.code for failure in outcome.failures] == ["no-response"]
    assert [bool(transcript.received) for transcript in outcome.transcripts] == [False, True]
