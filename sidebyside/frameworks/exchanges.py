"""Sends the probes to a guest on its home server, or on another one if raw_router would respond in its place."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from guests import Guest
from http_contract import LocalTarget, Server
from raw_router.responder import Responder
from raw_router.wsgi import handler_for
from sidebyside.checkout import ROOT
from sidebyside.compare.request import Message
from sidebyside.compare.send import Endpoint, ask
from sidebyside.frameworks.probes import PROBES, Probe
from sidebyside.launch.guests import guest_service
from sidebyside.launch.services import HOST
from sidebyside.matrix.run import python_line

ALONE = "dev"  # how a guest runs without raw_router: python -m guests.NAME
SOMEWHERE = Server(HOST, 80)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a guest responded to a probe, and the status of raw_router if that responds before any application."""

    probe: Probe
    cell: str
    refusal: str = ""


def command(guest: Guest, server: str) -> str:
    """Return how a guest is started on a server; {port} stands for the port."""
    return python_line(guest_service(guest).commands[server].replace("{host}", HOST))


def exchanges(guest: Guest) -> tuple[Exchange, ...]:
    """Return what a guest responds to each probe. Raises CannotJudge if it does not start."""
    home = guest_service(guest).home
    with ExitStack() as stack:
        run = cache(lambda server: stack.enter_context(running(guest, server)))
        asked = [_ask(run, home, probe) for probe in PROBES]
        return tuple(each() for each in asked)


@contextmanager
def running(guest: Guest, server: str) -> Iterator[Server]:
    with LocalTarget(command(guest, server), folder=Path(ROOT)) as target:
        yield target.running()


def _ask(run: Callable[[str], Server], home: str, probe: Probe) -> Callable[[], Exchange]:
    """Send a probe, and return a function that waits for the end of the connection; all of them wait together."""
    refusal = refusal_of(probe.message) if home == "raw_router" else ""
    server = run(ALONE if refusal else home)
    asked = ask(Endpoint("", server), probe.message, server.timeout)

    def exchange() -> Exchange:
        response = next(iter(asked.reply().responses), None)
        return Exchange(probe, probe.cell(response).replace(server.authority, "HOST"), refusal)

    return exchange


@cache
def refusal_of(message: Message) -> str:
    """Return the status with which raw_router itself responds to a message, "" if it asks the application."""
    asked = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        asked.append(environ)
        start_response("204 No Content", [])
        return []

    responder = Responder(handler_for(application, (HOST, SOMEWHERE.port)))
    received = responder.receive(b"".join(message.pieces_for(SOMEWHERE)))
    return "" if asked else received.split(b" ", 2)[1].decode()
