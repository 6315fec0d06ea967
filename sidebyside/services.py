"""What can run, as data: three services, and the servers that each runs on."""

from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"  # nobody else is to be served

# What --on takes, and how the table names it.
SERVERS = {
    "raw_router": "raw_router",
    "dev": "dev server",
    "gunicorn": "gunicorn",
    "waitress": "waitress",
    "uvicorn": "uvicorn (a2wsgi)",
    "granian": "granian",
    "nginx": "behind nginx",
}
# What a server takes, besides the module that starts it: packages and programs.
PACKAGES = {"uvicorn": ("uvicorn", "a2wsgi")}
PROGRAMS = {"nginx": "nginx"}
NOTES = {"waitress": "waitress writes no access lines."}

RAW_ROUTER = "raw_router --host {host} --port {port} --access-log"

# --threads: a browser's idle connection would keep gunicorn's only worker from all others.
# --keep-alive: by default it closes after two seconds, on which browsers and the judge do not count.
# --preload: gunicorn listens once the application is loaded, not before.
# --no-control-socket: it would lie in the user's home, one for all.
GUNICORN = (
    "gunicorn --bind {host}:{port} --threads 8 --keep-alive 60 --preload --no-control-socket --log-level warning "
    "--access-logfile -"
)
GRANIAN = (
    "granian --interface wsgi --host {host} --port {port} --workers 1 --blocking-threads 8 --http 1 --no-ws "
    "--log-level warning --access-log"
)
BEHIND_NGINX = "sidebyside.behind_nginx {port}"


@dataclass(frozen=True, slots=True)
class Job:
    """One service on one server and one port."""

    name: str
    colour: str
    routes: str
    server: str  # a key of SERVERS
    port: int
    command: tuple[str, ...]  # for python -m
    option: str = "--base-port"  # which chooses its port
    note: str = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"


@dataclass(frozen=True, slots=True)
class Service:
    """One implementation of the service."""

    name: str
    colour: str
    offset: int  # of its port from the base port
    routes: str  # where a reader finds its routes
    commands: Mapping[str, str]  # for python -m, by server

    def on(self, server: str, base_port: int) -> Job:
        """Return the job of running on a server, or on raw_router where the service knows no other."""
        known = server if server in self.commands else "raw_router"
        port = base_port + self.offset
        command = self.commands[known].format(host=HOST, port=port).split()
        return Job(self.name, self.colour, self.routes, known, port, tuple(command))


def wsgi(application: str) -> dict[str, str]:
    """Return how each server runs a WSGI application."""
    return {
        "raw_router": f"{RAW_ROUTER} --wsgi {application}",
        "gunicorn": f"{GUNICORN} {application}",
        "waitress": f"waitress --listen {{host}}:{{port}} {application}",
        "uvicorn": f"sidebyside.on_uvicorn {application} {{host}} {{port}}",
        "granian": f"{GRANIAN} {application}",
        "nginx": f"{BEHIND_NGINX} --wsgi {application}",
    }


ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "DJANGO_RUNSERVER_HIDE_WARNING": "true"}

# Without reloaders: what answers is one process, and its end is seen.
FLASK_DEV = "flask --app flask_app run --host {host} --port {port} --no-reload"
DJANGO_DEV = "django runserver {host}:{port} --settings django_project.settings --noreload"

SERVICES = (
    Service("raw", "cyan", 1, "raw_router/urls.py", {"raw_router": RAW_ROUTER, "nginx": BEHIND_NGINX}),
    Service("flask", "green", 2, "flask_app/__init__.py", {**wsgi("flask_app:app"), "dev": FLASK_DEV}),
    Service(
        "django",
        "magenta",
        3,
        "django_project/urls.py",
        {**wsgi("django_project.wsgi:application"), "dev": DJANGO_DEV},
    ),
)

HIGHEST_BASE_PORT = 65535 - max(service.offset for service in SERVICES)


def jobs(server: str, base_port: int) -> list[Job]:
    """Return what it takes to run all services, Flask and Django on the server named."""
    return [service.on(server, base_port) for service in SERVICES]


def page_job(port: int, base_port: int, server: str) -> Job:
    """Return the job of serving the page about the services that run there."""
    command = f"sidebyside.page --port {port} --base-port {base_port} --on {server}".split()
    note = f"Open http://{HOST}:{port}/ in a browser."
    return Job("page", "bold", "sidebyside/page", "raw_router", port, tuple(command), "--port", note)
