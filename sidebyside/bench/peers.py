"""The peers, as data: the command of each server, for one core and without an access log, and how to install it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guests import GUESTS, Guest
from sidebyside.bench import workloads
from sidebyside.bench.workloads import FRAMEWORKS
from sidebyside.launch.guests import guest_service
from sidebyside.launch.requirements import INSTALL_GUEST, INSTALL_PROGRAM, package_version, program_version
from sidebyside.launch.services import HOST, ServerSpec

CONSTANT = "sidebyside.bench.servers.constant"
BASELINE = "raw_router"
INSTALL_BENCH = "pip install -e '.[bench]' in the checkout"

# Servers for WSGI applications, with limits that allow 10,000 idle connections.
WSGI_SERVERS = {
    "raw_router threads": "raw_router --port {port} --driver threads --wsgi {application}",
    "raw_router events": "raw_router --port {port} --driver events --wsgi {application}",
    "raw_router pool": "raw_router --port {port} --driver pool --wsgi {application}",
    "gunicorn": "gunicorn --bind 127.0.0.1:{port} --worker-class gthread --threads 8 --keep-alive 75 "
    "--worker-connections 20000 --no-control-socket --log-level warning {application}",
    "granian": "granian --interface wsgi --port {port} --workers 1 --blocking-threads 1 --backpressure 20000 --http 1 "
    "--no-ws --no-log {application}",
    # Without poll, waitress cannot serve more than 1,024 connections.
    "waitress": "waitress --listen 127.0.0.1:{port} --connection-limit 20000 --asyncore-use-poll {application}",
    "bjoern": "sidebyside.bench.servers.on_bjoern {application} {port}",
}
APPLICATIONS = {
    "flask": "flask_app:app",
    "django": "django_project.wsgi:application",
    "wsgi": f"{CONSTANT}:wsgi",
}
WSGI_PEERS = ("raw_router pool", "raw_router events", "granian", "bjoern", "gunicorn")  # under wsgi: the quick ones
UVICORN = "uvicorn --port {port} --lifespan off --no-access-log --log-level warning"
STARLETTE = "sidebyside.bench.servers.on_starlette:app"
ASGI_COMMANDS = {
    "raw_router": f"raw_router --port {{port}} --asgi {STARLETTE}",
    "uvicorn": f"{UVICORN} --http httptools --loop uvloop {STARLETTE}",
    "uvicorn with h11": f"{UVICORN} --http h11 --loop asyncio {STARLETTE}",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A server and the application that it runs."""

    name: str
    suite: str
    command: str  # for python -m
    package: str = ""  # the Python package that it requires, if any
    program: str = ""  # the program that it requires, if any
    install: str = INSTALL_BENCH
    baseline: str = BASELINE  # the peer that it is compared with

    def spec(self, port: int, response: Path, pipelined: int) -> ServerSpec:
        """Return the server on a port, with the response in that file."""
        words = (word.format(port=port, response=response, pipelined=pipelined) for word in self.command.split())
        return ServerSpec(self.name, "", "", self.name, port, tuple(words))

    @property
    def version(self) -> str | None:
        """Return the version, None if the peer is not installed, "" if it is part of this project."""
        if self.program:
            return program_version(self.program, "-v")
        return package_version(self.package) if self.package else ""


def command_for(server: str, application: str) -> str:
    return WSGI_SERVERS[server].replace("{application}", application)


INSTALL = {"bjoern": "apt-get install gcc python3-dev libev-dev && pip install -e '.[bjoern]' in the checkout"}


def with_constant(server: str) -> Peer:
    """Return the peer that serves the constant response on this server."""
    command = command_for(server, f"{CONSTANT}:wsgi")
    return Peer(server, "servers", command, server, install=INSTALL.get(server, INSTALL_BENCH))


def with_application(application: str, server: str) -> Peer:
    """Return the peer that runs an application on this server."""
    ours = server.startswith("raw_router")
    return Peer(
        f"{application} on {server}",
        application,
        command_for(server, APPLICATIONS[application]),
        "" if ours else server,
        install=INSTALL.get(server, INSTALL_BENCH),
        baseline=f"{application} on raw_router pool",
    )


def with_starlette(server: str) -> Peer:
    """Return the peer that runs an application of Starlette on this server."""
    package = "starlette" if server == "raw_router" else "uvicorn"
    return Peer(f"asgi on {server}", "asgi", ASGI_COMMANDS[server], package, baseline="asgi on raw_router")


URLS_ROUTER = "URLS router"


def as_peer(guest: Guest) -> Peer:
    """Return a guest on its home server, without an access log where that can be chosen."""
    service = guest_service(guest)
    command = service.commands[service.home].replace("{host}", HOST).replace(" --access-log", "")
    suite, package = workloads.GUESTS, guest.distribution
    return Peer(f"guest {guest.name}", suite, command, package, install=INSTALL_GUEST, baseline=URLS_ROUTER)


PEERS: Sequence[Peer] = (
    Peer(BASELINE, "servers", "raw_router --port {port} --driver events"),
    Peer("raw_router coroutines", "servers", "raw_router --port {port} --driver coroutines"),
    Peer("bare loop", "servers", "sidebyside.bench.servers.bare_loop {port} {response} {pipelined}"),
    Peer(
        "nginx",
        "servers",
        "sidebyside.bench.servers.on_nginx {port} {response}",
        program="nginx",
        install=INSTALL_PROGRAM["nginx"],
    ),
    with_constant("bjoern"),
    Peer(
        "uvicorn",
        "servers",
        f"{UVICORN} --http httptools --loop uvloop {CONSTANT}:asgi",
        package="uvicorn",
    ),
    with_constant("granian"),
    Peer("aiohttp", "servers", "sidebyside.bench.servers.on_aiohttp {port}", package="aiohttp"),
    with_constant("waitress"),
    with_constant("gunicorn"),
    *(with_application(framework, server) for framework in FRAMEWORKS for server in WSGI_SERVERS),
    *(with_application("wsgi", server) for server in WSGI_PEERS),
    *(with_starlette(server) for server in ASGI_COMMANDS),
    Peer(URLS_ROUTER, workloads.GUESTS, "raw_router --port {port} --driver events", baseline=URLS_ROUTER),
    *map(as_peer, GUESTS),
)
