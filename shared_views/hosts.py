"""Hosts: the authorities that the service answers for.

Django has ALLOWED_HOSTS, which only request.get_host() checks. Flask has TRUSTED_HOSTS, which refuses [::1]. Here one
function decides for all three routers.
"""

import os
import re
from collections.abc import Collection

DEFAULT_HOSTS = "localhost,127.0.0.1,[::1]"
AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::[0-9]*)?")  # host [ ":" port ] (RFC 3986 §3.2)


def allowed_hosts() -> frozenset[str]:
    """Return the hosts in the environment variable ALLOWED_HOSTS, a comma-separated list."""
    names = os.environ.get("ALLOWED_HOSTS", DEFAULT_HOSTS).split(",")
    return frozenset(normal(name.strip()) for name in names if name.strip())


def host_allowed(authority: str | None, allowed: Collection[str]) -> bool:
    """Whether a Host field or the authority of a target is allowed; no authority (HTTP/1.0) is."""
    if not authority:
        return True
    match = AUTHORITY.fullmatch(authority)
    return match is not None and normal(match[1]) in allowed


def normal(host: str) -> str:
    """Return a host for comparison: in lower case, without a final dot."""
    return host.lower().removesuffix(".")
