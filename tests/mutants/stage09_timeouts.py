"""Broken servers for stage 9, Hostile input: servers that wait too long."""

import socket
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

from raw_router.application import generate_response
from raw_router.drivers import events
from raw_router.drivers.client import Client
from raw_router.responder import Responder
from tests.mutants.serving import QUICK, Mutant, Serve, Wrapped, connecting

EVER = 60.0  # seconds, more than any patience


class Looking(Wrapped):
    """A connection that checks its timeout only when bytes arrive."""

    wait = ""
    since = 0.0

    def receive(self, data: bytes) -> bytes:
        if self.waits_for != self.wait:
            self.since = monotonic()
        elif monotonic() - self.since > QUICK.seconds(self.wait):
            return self.refuse("408 Request Timeout")
        return super().receive(data)


class LookingAtHead(Looking):
    wait = "head"


class LookingAtBody(Looking):
    wait = "body"


def waiting(connect: type[Looking]) -> Serve:
    """Serve without a timeout for a head or a body that does not end."""
    bounds = replace(QUICK, head=EVER) if connect.wait == "head" else replace(QUICK, progress=EVER)
    return lambda listener, stop: events.serve([listener], connect, stop, bounds)


class Renewing(events.Loop):
    """A loop in which the timeout begins again with every byte."""

    wait = ""

    def receive_from(self, client: Client) -> None:
        super().receive_from(client)
        if client.wait == self.wait:
            client.deadline = self.now + self.seconds[client.wait]


class RenewingHead(Renewing):
    wait = "head"


class RenewingBody(Renewing):
    wait = "body"


class Impatient(events.Loop):
    """A loop in which a client that reads late has one deadline for all its responses."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.first: dict[Client, float] = {}

    def await_room(self, client: Client, sent: int) -> None:
        super().await_room(client, sent)
        if client.unsent:
            client.deadline = self.first.setdefault(client, client.deadline)


def looping(loop: type[events.Loop]) -> Serve:
    def serve(listener: socket.socket, stop: socket.socket) -> None:
        running = loop([listener], partial(Responder, generate_response), stop, QUICK)
        running.run()
        running.close()

    return serve


class Late(Wrapped):
    """A connection that rejects an invalid length only after the body."""

    def receive(self, data: bytes) -> bytes:
        return b"" if b"Content-Length: 5five" in data else super().receive(data)


MUTANTS = (
    Mutant(id="reads-the-body-first", breaks=("timeouts-early",), serve=connecting(Late)),
    Mutant(id="waits-for-heads", breaks=("timeouts-head",), serve=waiting(LookingAtHead)),
    Mutant(id="drops-renew-heads", breaks=("timeouts-head-drip",), serve=looping(RenewingHead)),
    Mutant(id="waits-for-bodies", breaks=("timeouts-body",), serve=waiting(LookingAtBody)),
    Mutant(id="drops-renew-bodies", breaks=("timeouts-body-drip",), serve=looping(RenewingBody)),
    Mutant(id="bodies-timed-in-all", breaks=("timeouts-body-progress",), serve=connecting(LookingAtBody)),
    Mutant(id="responses-timed-in-all", breaks=("timeouts-response-progress",), serve=looping(Impatient)),
)
