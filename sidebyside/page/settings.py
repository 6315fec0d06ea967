"""The page's settings: the services, the page's own port and token, and the servers that the page may ask."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from flask import current_app
from markupsafe import Markup

from http_contract.client.server import server_at, url_from
from http_contract.errors import CannotJudge
from sidebyside.compare.send import Endpoint, endpoint_at
from sidebyside.launch.board import FIXED, Board
from sidebyside.launch.services import SERVICES, ServerSpec, server_title
from sidebyside.page.targets import Command

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = 3.0  # seconds to wait for a response: the reader waits for all servers
READERS_COLOUR = "yellow"
NUMBERS = dict(enumerate(("three", "four", "five", "six", "seven", "eight", "nine", "ten"), len(SERVICES)))


@dataclass(frozen=True, slots=True)
class RunningService:
    """One of the services: its name, its colour, its URL ("http://127.0.0.1:8001/")."""

    name: str
    colour: str
    url: str
    server: str = "raw_router"  # the server that it runs on


Explain: TypeAlias = Callable[[bytes, Sequence[RunningService]], Markup]
"""A function that explains the responses of services to some bytes, as HTML."""


def explain_here(data: bytes, services: Sequence[RunningService]) -> Markup:
    """Explain responses in this process, by the implementations as they are when they are imported first."""
    from sidebyside.page.explanation import explain

    return Markup(explain(data, services))


OwnServices: TypeAlias = Callable[[], tuple[RunningService, ...]]
"""A function that returns Flask and Django on their own servers, and starts them if they do not run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one start of the page. Only the page's own script receives the token."""

    services: tuple[RunningService, ...]
    port: int  # the page's own
    explain: Explain = explain_here
    board: Board | None = None  # of the launcher that runs the services
    own_servers: OwnServices | None = None  # where the page can start them
    command: Command | None = None  # starts a server of the reader's own, for the judge
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def follows_sources(self) -> bool:
        """Whether the services start again when their sources change."""
        return self.board is not None and self.board.state.version != FIXED

    @property
    def guests(self) -> tuple[RunningService, ...]:
        """The services after the three."""
        return self.services[len(SERVICES) :]

    @property
    def number(self) -> str:
        """The number of the services, in words as far as that is usual."""
        return NUMBERS.get(len(self.services), str(len(self.services)))


def running_services(specs: Sequence[ServerSpec]) -> tuple[RunningService, ...]:
    return tuple(RunningService(spec.name, spec.colour, spec.url, spec.server) for spec in specs)


def current_settings() -> Settings:
    """Return the settings of the page that handles the current request."""
    settings: Settings = current_app.config["PAGE"]
    return settings


def service_endpoints(settings: Settings) -> list[Endpoint]:
    return [
        replace(endpoint_of(each, each.name), output=settings.board.output(each.name) if settings.board else None)
        for each in settings.services
    ]


def own_server_endpoints(settings: Settings) -> list[Endpoint]:
    """Return Flask and Django on their own servers. Raises CannotJudge if they cannot be started."""
    if settings.own_servers is None:
        raise CannotJudge("this page cannot start the frameworks' own servers")
    return [endpoint_of(each, f"{each.name}, own server") for each in settings.own_servers()]


def endpoint_of(service: RunningService, name: str) -> Endpoint:
    """Return a service with the name of its column."""
    title = server_title(service.name, service.server)
    return replace(endpoint_at(service.url, None, TIMEOUT, service.colour, title), name=name)


def readers_endpoint(url: str, settings: Settings) -> Endpoint:
    """Return the server at a URL that the reader has typed. Raises CannotJudge if the page may not ask it."""
    if not url.strip():
        raise CannotJudge("a URL on this machine is required, for example http://127.0.0.1:5000")
    url = url_from(url.strip())
    server = server_at(url)
    if server.tls or server.host not in LOOPBACK:
        raise CannotJudge(f"the page only asks servers on this machine, such as http://127.0.0.1:5000, not {url}")
    if server.port == settings.port:
        raise CannotJudge("this is the URL of the page itself")
    return endpoint_at(url, None, TIMEOUT, READERS_COLOUR)
