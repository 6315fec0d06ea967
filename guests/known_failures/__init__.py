"""The rules that guests fail, and the reason of each failure: the part of the framework that causes it."""

import sys

from guests.known_failures.asgi import ASGI
from guests.known_failures.model import KnownFailure
from guests.known_failures.own import OWN
from guests.known_failures.shared import SHARED
from guests.known_failures.wsgi import WSGI

KNOWN_FAILURES: tuple[KnownFailure, ...] = (*SHARED, *WSGI, *ASGI, *OWN)


def known_failure(guest: str, rule: str) -> KnownFailure | None:
    """Return the known failure of a guest, None if the rule must pass."""
    found = [
        each
        for each in KNOWN_FAILURES
        if guest in each.guests and rule in each.rules and sys.version_info < (each.fixed_in or (4,))
    ]
    assert len(found) < 2, f"{guest}: {rule} is listed more than once"
    return found[0] if found else None
