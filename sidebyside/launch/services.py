"""What can be launched, as data: the three services, and the servers that a service can run on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"  # only this machine can connect

# The values of --on, and their names in tables.
SERVERS = {
    "raw_router": "raw_router",
    "dev": "dev server",
    "gunicorn": "gunicorn",
    "waitress": "waitress",
    "uvicorn": "uvicorn (a2wsgi)",
    "granian": "granian",
    "nginx": "behind nginx",
}
OWN = "own"
SERVER_TITLES = {**SERVERS, OWN: "its own server"}  # OWN: a framework that cannot run on another one

# The packages and programs that a server requires, if they are not the module that starts it.
PACKAGES = {"uvicorn": ("uvicorn", "a2wsgi")}
PROGRAMS = {"nginx": "nginx"}
NOTES = {"waitress": "waitress writes no access log."}

RAW_ROUTER = "raw_router --host {host} --port {port} --access-log"

# --threads: otherwise a browser's idle connection would block gunicorn's only worker.
# --keep-alive: the default, two seconds, is shorter than browsers and the judge expect.
# --preload: gunicorn listens after the application is loaded, not before.
# --no-control-socket: all gunicorns of a user would share one in the user's home.
GUNICORN = (
    "gunicorn --bind {host}:{port} --threads 8 --keep-alive 60 --preload --no-control-socket --log-level warning "
    "--access-logfile -"
)
GRANIAN = (
    "granian --interface wsgi --host {host} --port {port} --workers 1 --blocking-threads 8 --http 1 --no-ws "
    "--log-level warning --access-log"
)
BEHIND_NGINX = "sidebyside.launch.nginx {port}"


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """One service on one server and one port."""

    name: str
    colour: str
    routes: str
    server: str  # a key of SERVER_TITLES
    port: int
    command: tuple[str, ...]  # for python -m
    requires: tuple[str, ...] = ()  # distributions, beside what the server requires
    option: str = "--base-port"  # which chooses its port
    note: str = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def runs_on(self) -> str:
        return server_title(self.name, self.server)


@dataclass(frozen=True, slots=True)
class Service:
    """One implementation of the service."""

    name: str
    title: str  # of the framework
    colour: str
    routes: str  # where a reader finds its routes
    commands: Mapping[str, str]  # for python -m, by server
    home: str = "raw_router"  # the server that it runs on if it cannot run on another one
    requires: tuple[str, ...] = ()  # the distributions that have to be installed

    def on(self, server: str, port: int) -> ServerSpec:
        """Return the service on a server, or on its home server if it cannot run on that server."""
        known = server if server in self.commands else self.home
        command = self.commands[known].format(host=HOST, port=port).split()
        return ServerSpec(self.name, self.colour, self.routes, known, port, tuple(command), self.requires)


def wsgi_commands(application: str) -> dict[str, str]:
    """Return how each server runs a WSGI application."""
    return {
        "raw_router": f"{RAW_ROUTER} --wsgi {application}",
        "gunicorn": f"{GUNICORN} {application}",
        "waitress": f"waitress --listen {{host}}:{{port}} {application}",
        "uvicorn": f"sidebyside.launch.on_uvicorn {application} {{host}} {{port}}",
        "granian": f"{GRANIAN} {application}",
        "nginx": f"{BEHIND_NGINX} --wsgi {application}",
    }


def asgi_commands(application: str) -> dict[str, str]:
    """Return how a server runs an ASGI application."""
    return {"raw_router": f"{RAW_ROUTER} --asgi {application}"}


def server_title(service: str, server: str) -> str:
    """Return the name of the server that a service runs on; development servers, for example, belong to a framework."""
    own = {"dev": f"{service}'s development server", OWN: f"{service}'s own server"}
    return own.get(server) or SERVERS[server]


# Without reloaders: the process that we started is the one that answers, so we see when it ends.
FLASK_DEV = "flask --app flask_app run --host {host} --port {port} --no-reload"
DJANGO_DEV = "django runserver {host}:{port} --settings django_project.settings --noreload"

SERVICES = (
    Service("raw", "raw_router", "cyan", "raw_router/urls.py", {"raw_router": RAW_ROUTER, "nginx": BEHIND_NGINX}),
    Service("flask", "Flask", "green", "flask_app/__init__.py", {**wsgi_commands("flask_app:app"), "dev": FLASK_DEV}),
    Service(
        "django",
        "Django",
        "magenta",
        "django_project/urls.py",
        {**wsgi_commands("django_project.wsgi:application"), "dev": DJANGO_DEV},
    ),
)
"""The three that are identical to the byte. Their ports follow the base port in this order."""


def server_specs(server: str, base_port: int, services: Sequence[Service] = SERVICES) -> list[ServerSpec]:
    """Return services on consecutive ports, on the given server as far as they can run on it."""
    return [service.on(server, port) for port, service in enumerate(services, base_port + 1)]


def page_spec(
    port: int, base_port: int, server: str, board: str, guests: Sequence[str] = (), readers_command: str | None = None
) -> ServerSpec:
    """Return the web page about the services that run there; it reads a board. Guests are named as in --with."""
    command = f"sidebyside.page --port {port} --base-port {base_port} --on {server}".split()
    command += ["--board", board]
    command += ["--with", ",".join(guests)] if guests else []
    command += ["--command", readers_command, "--folder", str(Path.cwd())] if readers_command else []
    note = f"Open http://{HOST}:{port}/ in a browser."
    return ServerSpec("page", "bold", "sidebyside/page", "raw_router", port, tuple(command), option="--port", note=note)
