"""Limits: how much one client may ask for, in octets and in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)  # equal only to itself, so that it is quickly found as a key of memos
class Limits:
    """What is too much, each with an option of python -m raw_router; the lines of chunks are limited in framing.py."""

    request_line: int = 8_190  # octets; RFC 9112 §3 recommends at least 8,000
    head: int = 32 * 1024  # octets
    fields: int = 100  # in a head, and in the trailers
    body: int = 1024 * 1024  # octets
    unread: int = 256 * 1024  # octets of answers to pipelined requests, before the next request is looked at


LIMITS = Limits()
