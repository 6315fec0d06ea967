"""The peers, as data: the command of each server, for one core and without an access log, and how to install it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sidebyside.launch.requirements import INSTALL_PROGRAM, package_version, program_version
from sidebyside.launch.services import ServerSpec

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
APPLICATIONS = {"flask": "flask_app:app", "django": "django_project.wsgi:application"}


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


def with_framework(framework: str, server: str) -> Peer:
    """Return the peer that runs the real application on this server."""
    ours = server.startswith("raw_router")
    return Peer(
        f"{framework} on {server}",
        framework,
        command_for(server, APPLICATIONS[framework]),
        "" if ours else server,
        install=INSTALL.get(server, INSTALL_BENCH),
        baseline=f"{framework} on raw_router threads",
    )


PEERS: Sequence[Peer] = (
    Peer(BASELINE, "servers", "raw_router --port {port} --driver events"),
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
        "uvicorn --port {port} --http httptools --loop uvloop --lifespan off --no-access-log "
        f"--log-level warning {CONSTANT}:asgi",
        package="uvicorn",
    ),
    with_constant("granian"),
    Peer("aiohttp", "servers", "sidebyside.bench.servers.on_aiohttp {port}", package="aiohttp"),
    with_constant("waitress"),
    with_constant("gunicorn"),
    *(with_framework(framework, server) for framework in APPLICATIONS for server in WSGI_SERVERS),
)
