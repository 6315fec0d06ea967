"""The peers, as data: how each server is started, for one core and without an access log, and how it is got."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sidebyside.installed import package_version, program_version
from sidebyside.services import Job

CONSTANT = "sidebyside.bench.constant"
BASELINE = "raw_router"
BENCH = "pip install 'three-routers[bench]'"

# What runs a WSGI application; with limits that 10,000 idle connections do not reach.
SERVERS = {
    "raw_router threads": "raw_router --port {port} --driver threads --wsgi {application}",
    "raw_router events": "raw_router --port {port} --driver events --wsgi {application}",
    "gunicorn": "gunicorn --bind 127.0.0.1:{port} --worker-class gthread --threads 8 --keep-alive 75 "
    "--worker-connections 20000 --no-control-socket --log-level warning {application}",
    "granian": "granian --interface wsgi --port {port} --workers 1 --blocking-threads 1 --backpressure 20000 --http 1 "
    "--no-ws --no-log {application}",
    # Without poll, waitress cannot hold more than 1,024 connections.
    "waitress": "waitress --listen 127.0.0.1:{port} --connection-limit 20000 --asyncore-use-poll {application}",
    "bjoern": "sidebyside.bench.on_bjoern {application} {port}",
}
FRAMEWORKS = {"flask": "flask_app:app", "django": "django_project.wsgi:application"}


@dataclass(frozen=True, slots=True)
class Peer:
    """A server with what it serves."""

    name: str
    suite: str
    command: str  # for python -m
    package: str = ""  # of Python, whose version is told; where it is not installed, the peer is left out
    program: str = ""  # the same, for what is none of Python's
    get: str = BENCH  # how a missing one is got
    baseline: str = BASELINE  # the peer that it is compared with

    def job(self, port: int, answer: Path, pipelined: int) -> Job:
        """Return the job of serving the answer in that file on a port."""
        words = (word.format(port=port, answer=answer, pipelined=pipelined) for word in self.command.split())
        return Job(self.name, "", "", self.name, port, tuple(words))

    @property
    def version(self) -> str | None:
        """Return it, None where the peer is not installed, an empty text where it is part of this project."""
        if self.program:
            return program_version(self.program, "-v")
        return package_version(self.package) if self.package else ""


def on(server: str, application: str) -> str:
    return SERVERS[server].replace("{application}", application)


GET_BJOERN = "apt-get install gcc python3-dev libev-dev && pip install 'three-routers[bjoern]'"
WAYS_TO_GET = {"bjoern": GET_BJOERN}


def served_alone(server: str) -> Peer:
    """Return the peer that answers on this server without a service behind it."""
    return Peer(server, "servers", on(server, f"{CONSTANT}:wsgi"), server, get=WAYS_TO_GET.get(server, BENCH))


def framework_on(framework: str, server: str) -> Peer:
    """Return the peer that runs the real application on this server."""
    ours = server.startswith("raw_router")
    return Peer(
        f"{framework} on {server}",
        framework,
        on(server, FRAMEWORKS[framework]),
        "" if ours else server,
        get=WAYS_TO_GET.get(server, BENCH),
        baseline=f"{framework} on raw_router threads",
    )


PEERS: Sequence[Peer] = (
    Peer(BASELINE, "servers", "raw_router --port {port} --driver events"),
    Peer("bare loop", "servers", "sidebyside.bench.bare {port} {answer} {pipelined}"),
    Peer(
        "nginx",
        "servers",
        "sidebyside.bench.on_nginx {port} {answer}",
        program="nginx",
        get="apt-get install nginx-light",
    ),
    served_alone("bjoern"),
    Peer(
        "uvicorn",
        "servers",
        "uvicorn --port {port} --http httptools --loop uvloop --lifespan off --no-access-log "
        f"--log-level warning {CONSTANT}:asgi",
        package="uvicorn",
    ),
    served_alone("granian"),
    Peer("aiohttp", "servers", "sidebyside.bench.on_aiohttp {port}", package="aiohttp"),
    served_alone("waitress"),
    served_alone("gunicorn"),
    *(framework_on(framework, server) for framework in FRAMEWORKS for server in SERVERS),
)
