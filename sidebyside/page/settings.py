"""What the page has to know: where the three are, where it is itself, and its token."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sidebyside.launch.services import ServerSpec as Job


@dataclass(frozen=True, slots=True)
class Target:
    """One of the three: its name, its colour, its URL ("http://127.0.0.1:8001/")."""

    name: str
    colour: str
    url: str
    server: str = "raw_router"  # what it runs on


@dataclass(frozen=True, slots=True)
class Settings:
    """Made anew at each start; who acts must know the token, which only the page itself tells."""

    services: tuple[Target, ...]
    port: int  # the page's own
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


def settings_for(jobs: Sequence[Job], port: int) -> Settings:
    """Return the settings of a page, on that port, about services that run."""
    return Settings(tuple(Target(job.name, job.colour, job.url, job.server) for job in jobs), port)
