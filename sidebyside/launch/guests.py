"""The guests as services: each row of guests.GUESTS can run beside the three, on a port and in a column of its own."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import cycle

from guests import GUESTS, Guest
from sidebyside.launch.services import OWN, SERVICES, Service, asgi_commands, wsgi_commands

COLOURS = ("blue", "orange3", "turquoise4", "purple", "chartreuse4", "deep_pink3")  # for further columns, in turn
HIGHEST_BASE_PORT = 65535 - len(SERVICES) - len(GUESTS)
COMMANDS: Mapping[str, Callable[[str], dict[str, str]]] = {"wsgi": wsgi_commands, "asgi": asgi_commands}
SEPARATOR = ","


class UnknownGuest(ValueError):
    """There is no guest of this name. The message lists near names, or all."""


def find_guests(names: str) -> tuple[Guest, ...]:
    """Return the guests that are named, separated by commas, each once. Raises UnknownGuest."""
    words = (word.strip() for word in names.split(SEPARATOR))
    return tuple(_find_guest(word) for word in dict.fromkeys(filter(None, words)))


def _find_guest(name: str) -> Guest:
    by_name = {guest.name: guest for guest in GUESTS}
    if name in by_name:
        return by_name[name]
    near = get_close_matches(name, by_name)
    advice = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"The guests: {', '.join(by_name)}."
    raise UnknownGuest(f"{name!r} is not the name of a guest. {advice}")


def with_guests(guests: Sequence[Guest]) -> tuple[Service, ...]:
    """Return the three services, and the guests after them."""
    return (*SERVICES, *map(guest_service, guests, cycle(COLOURS)))


def guest_service(guest: Guest, colour: str = "") -> Service:
    """Return a guest as a service. It runs on raw_router, or on the server that its framework has."""
    alone = f"{guest.module} {{port}}"
    routes = f"{guest.module.replace('.', '/')}.py"
    requires = (guest.distribution,) if guest.distribution else ()
    if guest.interface == OWN:
        return Service(guest.name, guest.title, colour, routes, {OWN: alone}, OWN, requires)
    commands = {**COMMANDS[guest.interface](f"{guest.module}:app"), "dev": alone}
    return Service(guest.name, guest.title, colour, routes, commands, requires=requires)
