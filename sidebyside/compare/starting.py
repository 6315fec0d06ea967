"""The servers to compare: our three, started on free ports, or those at URLs."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from threading import Event

from http_contract.client.server import DEFAULT_PORTS, Server, server_at, url_from
from http_contract.errors import CannotJudge
from http_contract.http.request import get
from http_contract.sandbox.ports import free_port, is_free
from sidebyside.compare.sending import Place
from sidebyside.services import HOST, SERVICES, jobs
from sidebyside.serving import running, wait_until_all_listen, watch

COLOURS = ("cyan", "green", "magenta", "yellow", "blue")


def places_at(urls: Sequence[str], ca: str | None, timeout: float) -> list[Place]:
    """Return the servers at URLs. CannotJudge where there are too few, or one is no URL."""
    if len(urls) < 2:
        raise CannotJudge("--urls takes two or more: there is nothing to compare one server with")
    return [place_at(url, ca, timeout, colour) for url, colour in zip(urls, cycle(COLOURS), strict=False)]


def place_at(url: str, ca: str | None, timeout: float, colour: str) -> Place:
    """Return the server at a URL; like browsers, it leaves out of Host the port that goes without saying."""
    url = url_from(url)
    server = replace(server_at(url, ca if url.lower().startswith("https:") else None), timeout=timeout)
    if server.port == DEFAULT_PORTS[server.address.scheme]:
        server = replace(server, name=server.authority.removesuffix(f":{server.port}"))
    return Place(server.authority, server, colour)


@contextmanager
def ours(server: str, timeout: float) -> Iterator[list[Place]]:
    """Start the three, Flask and Django on the server named, and end them. Failed where one does not start."""
    started = jobs(server, free_base_port())
    with running(started) as children:
        said = watch(children)
        wait_until_all_listen(children, said)
        with drained(said):
            places = [Place(job.name, Server(HOST, job.port, timeout=timeout), job.colour) for job in started]
            for place in places:
                place.server.with_own_record().ask(get("/"))  # so that no time is that of loading a framework
            yield places


def free_base_port() -> int:
    """Return a port after which those of the services are free."""
    bases = iter(free_port, None)
    return next(base for base in bases if all(is_free(base + service.offset) for service in SERVICES))


@contextmanager
def drained(said: Iterator[object]) -> Iterator[None]:
    """Take what servers write, as long as the block lasts: who is not read from waits. Failed where one has ended."""
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(drain, said, stop)
        try:
            yield
        finally:
            stop.set()
            draining.result()


def drain(said: Iterator[object], stop: Event) -> None:
    while not stop.is_set():
        next(said)
