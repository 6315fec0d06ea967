"""The servers to compare: those at some URLs, or services that are started for the comparison and stopped after it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from tempfile import TemporaryDirectory
from threading import Event

from guests import Guest
from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import get
from sidebyside.compare.send import Endpoint, endpoints_at
from sidebyside.launch.board import Board
from sidebyside.launch.guests import with_guests
from sidebyside.launch.launcher import ServerOutput, launch, wait_until_all_listen, watch
from sidebyside.launch.ports import free_base_port
from sidebyside.launch.services import HOST, ServerSpec, Service, server_specs


def compared_servers(
    urls: Sequence[str], ca: str | None, server: str | None, guests: Sequence[Guest], timeout: float
) -> AbstractContextManager[list[Endpoint]]:
    """Return a context that yields the servers to compare, and stops them if it has started them."""
    if not urls:
        if ca:
            raise CannotJudge("--ca can only be used with https URLs in --urls")
        return started_services(server or "raw_router", with_guests(guests), timeout)
    if server or guests:
        raise CannotJudge(f"{'--on' if server else '--with'} cannot be used with --urls")
    return nullcontext(endpoints_at(urls, ca, timeout))


@contextmanager
def started_services(server: str, services: Sequence[Service], timeout: float) -> Iterator[list[Endpoint]]:
    """Start services, on this server as far as they can run on it. Raises LaunchError if one does not start."""
    started = server_specs(server, free_base_port(len(services)), services)
    with launch(started) as children, TemporaryDirectory() as folder:
        output, board = watch(children), Board(folder)
        wait_until_all_listen(children, output)
        with drained(output, board):
            endpoints = [endpoint_of(each, timeout, board) for each in started]
            for endpoint in endpoints:
                endpoint.server.with_own_record().ask(
                    get("/")
                )  # a framework loads at the first request, which takes time
            yield endpoints


def endpoint_of(spec: ServerSpec, timeout: float, board: Board) -> Endpoint:
    server = Server(HOST, spec.port, timeout=timeout)
    return Endpoint(spec.name, server, spec.colour, spec.runs_on, board.output(spec.name))


@contextmanager
def drained(output: ServerOutput, board: Board) -> Iterator[None]:
    """Copy the servers' output to a board until the block ends, in a thread. Raises LaunchError if a server ends."""
    stop = Event()

    def drain() -> None:
        while not stop.is_set():
            for process, lines in next(output):
                board.output(process.spec.name).add(lines)

    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(drain)
        try:
            yield
        finally:
            stop.set()
            draining.result()
