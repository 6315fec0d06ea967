"""What is judged, as data: each implementation on each server, raw_router with each of its drivers."""

import platform
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from raw_router.__main__ import DRIVERS
from sidebyside.installed import missing, package_version, program_version
from sidebyside.services import HOST, PROGRAMS, SERVERS, SERVICES, Service

OURS = "raw_router"
TITLES: Mapping[str, str] = {
    **{driver: f"{OURS} {driver}" for driver in DRIVERS},
    **{server: title for server, title in SERVERS.items() if server != OURS},
}
"""How each server is named in tables."""

FRAMEWORKS = {"raw": OURS, "flask": "Flask", "django": "Django"}
# What Flask's development server is, and Django's: none that another implementation could run on.
OWN_SERVERS = {"flask": "Werkzeug", "django": "Django"}
# The packages that a server is made of; http.server, under both development servers, is Python's.
BEHIND = {**dict.fromkeys((*DRIVERS, "dev"), ()), "uvicorn": ("uvicorn", "httptools", "a2wsgi")}
BASELINES = {"raw": "events", "flask": "threads", "django": "threads"}
"""The driver on which each shows what it does itself, and what its server does: the default one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An implementation and what it runs on."""

    implementation: str
    server: str  # a key of TITLES

    @property
    def on_ours(self) -> bool:
        return self.server in DRIVERS

    @property
    def service(self) -> Service:
        return next(service for service in SERVICES if service.name == self.implementation)

    @property
    def command(self) -> str:
        """Return how the judge starts it; {port} stands for the port."""
        words = self.service.commands[OURS if self.on_ours else self.server].replace("{host}", HOST)
        driver = f" --driver {self.server}" if self.on_ours else ""
        return f"{shlex.quote(sys.executable)} -m {words}{driver}"

    @property
    def missing(self) -> str:
        """Say what it takes that is not installed, nothing where all is there."""
        return missing(self.service.on(OURS if self.on_ours else self.server, 0))

    def __str__(self) -> str:
        return f"{self.implementation} on {TITLES[self.server]}"


def all_pairs() -> Iterator[Pair]:
    """Yield each implementation on each server that it can run on."""
    for service in SERVICES:
        for server in TITLES:
            if server in DRIVERS or server in service.commands:
                yield Pair(service.name, server)


def chosen(implementations: Sequence[str], servers: Sequence[str]) -> list[Pair]:
    """Return the pairs asked for, all where none are named, and with them those that show whose a failure is."""
    wanted = {*DRIVERS, *servers} if OURS in servers else {*servers}
    found = [
        pair
        for pair in all_pairs()
        if pair.implementation in (implementations or FRAMEWORKS) and pair.server in (wanted or TITLES)
    ]
    compared = {Pair(pair.implementation, BASELINES[pair.implementation]) for pair in found}
    return [pair for pair in all_pairs() if pair in compared or pair in found]


def versions(pairs: Sequence[Pair]) -> dict[str, str]:
    """Return the versions of all that the pairs run on and is not ours, by name."""
    names = {name for pair in pairs for name in BEHIND.get(pair.server, (pair.server,))}
    found = {name: version_of(name) for name in {"Python", "Flask", "Werkzeug", "Django", *names}}
    return {name: found[name] for name in sorted(found, key=str.lower) if found[name]}


def version_of(name: str) -> str:
    """Return it, nothing where there is no such thing."""
    if name == "Python":
        return platform.python_version()
    return (program_version(name, "-v") if name in PROGRAMS else package_version(name)) or ""
