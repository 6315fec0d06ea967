"""Limits: how much one client may send and request, in octets and in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)  # equal only to itself, which makes it a quick key of caches
class Limits:
    """The limits that options of python -m raw_router change; framing.py limits the lines of chunks."""

    request_line: int = 8_190  # octets; RFC 9112 §3 recommends at least 8,000
    head: int = 32 * 1024  # octets
    fields: int = 100  # in a head, and in the trailers
    body: int = 1024 * 1024  # octets
    unread: int = 256 * 1024  # octets of responses that a client has not read, before its next request is parsed


LIMITS = Limits()
