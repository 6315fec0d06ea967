"""Paths that the service refuses before it looks for a route.

Flask would replace octets that are not UTF-8 with U+FFFD, and Django would encode them again. Both would route encoded
control characters. Here one function decides for all three routers.
"""

import re

REFUSED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # controls, and octets that are not UTF-8


def path_allowed(path: str) -> bool:
    """Whether a decoded path has no control characters, and no surrogates, which replace octets that are not UTF-8."""
    return path.isprintable() or not REFUSED.search(path)


def decoded_path(path_info: str) -> str:
    """Return the path in a PATH_INFO, in which each character is an octet (PEP 3333), with surrogates (PEP 383)."""
    return path_info.encode("latin-1").decode(errors="surrogateescape")
