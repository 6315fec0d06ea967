"""Hosts: which authorities the service answers for.

Django's own way is ALLOWED_HOSTS with request.get_host(), which is asked only where it is called; Flask's is
TRUSTED_HOSTS, which refuses [::1]. One function decides for all.
"""

import os
import re
from collections.abc import Collection

DEFAULT_HOSTS = "localhost,127.0.0.1,[::1]"
AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::[0-9]*)?")  # host [ ":" port ] (RFC 3986 §3.2)


def allowed_hosts() -> frozenset[str]:
    """Return the hosts that the environment's ALLOWED_HOSTS names, comma-separated."""
    names = os.environ.get("ALLOWED_HOSTS", DEFAULT_HOSTS).split(",")
    return frozenset(normal(name.strip()) for name in names if name.strip())


def host_allowed(authority: str | None, allowed: Collection[str]) -> bool:
    """Judge a Host field or the authority of a target; without one (HTTP/1.0) there is nothing to judge."""
    if not authority:
        return True
    match = AUTHORITY.fullmatch(authority)
    return match is not None and normal(match[1]) in allowed


def normal(host: str) -> str:
    """Return a host for comparison: letter case and one final dot do not count."""
    return host.lower().removesuffix(".")
