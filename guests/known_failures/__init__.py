"""The rules that guests fail, and the reason of each failure: the part of the framework that causes it."""

import sys

from guests.known_failures.asgi import ASGI
from guests.known_failures.model import KnownFailure
from guests.known_failures.own import OWN
from guests.known_failures.servers import SERVERS
from guests.known_failures.shared import SHARED
from guests.known_failures.wsgi import WSGI

KNOWN_FAILURES: tuple[KnownFailure, ...] = (*SHARED, *WSGI, *ASGI, *OWN)


def known_failure(guest: str, rule: str) -> KnownFailure | None:
    """Return the known failure of a guest on its home server, None if the rule must pass."""
    return find(KNOWN_FAILURES, guest, rule)


def known_on_own_server(guest: str, rule: str) -> KnownFailure | None:
    """Return the known failure of a guest with ASGI that its own server adds to those that it has on raw_router."""
    return find(SERVERS, guest, rule)


def find(failures: tuple[KnownFailure, ...], guest: str, rule: str) -> KnownFailure | None:
    found = [
        each
        for each in failures
        if guest in each.guests and rule in each.rules and sys.version_info < (each.fixed_in or (4,))
    ]
    assert len(found) < 2, f"{guest}: {rule} is listed more than once"
    return found[0] if found else None
