"""Caches in front of the parser: a parsed head depends on nothing but its bytes, so a known one is not parsed again."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Generic, TypeVar

from raw_router.limits import Limits
from raw_router.parser import FieldSection, Head, parse_fields, parse_head

MAX_OCTETS = 4 * 1024  # of an entry; clients rarely send a longer head twice, and many would fill the memory
MAX_ENTRIES = 512  # of a generation

QUERY_IN = 128  # octets of a head in which a query is looked for

COOKIE = re.compile(rb"\r\nCookie:([\t -~\x80-\xff]*)(?=\r\n)")

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by bytes. If they are too many, those that were not used for longest are dropped, a generation at once.

    Threads share it without a lock: each step is one operation of a dict, and a lost entry is only parsed again.
    """

    __slots__ = ("_new", "_old")

    def __init__(self) -> None:
        self._new: dict[bytes, V] = {}
        self._old: dict[bytes, V] = {}

    def find(self, data: bytes) -> V | None:
        value = self._new.get(data)
        if value is None and (value := self._old.get(data)) is not None:
            self.add(data, value)
        return value

    def add(self, data: bytes, value: V) -> None:
        if len(self._new) >= MAX_ENTRIES:
            self._old, self._new = self._new, {}
        self._new[data] = value


class HeadCache:
    """The heads that were valid within some limits.

    A head with a query is rarely sent twice: of it only the field section is cached. A cookie may change with each
    request: the section is cached with it and without it.
    """

    __slots__ = ("_heads", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._heads: Recent[Head] = Recent()

    def head(self, data: bytes, client: str) -> Head:
        """Return the head that the bytes are, from this client. Raises HTTPError."""
        if len(data) > MAX_OCTETS or data.find(b"?", 0, QUERY_IN) > 0:
            return parse_head(data, client, self.limits, section)
        head = self._heads.find(data)
        if head is None:
            head = parse_head(data, client, self.limits, section)
        elif head[0].client == client:
            return head
        else:
            head = head[0]._replace(client=client), head[1]
        self._heads.add(data, head)
        return head


def section(data: bytes, version: str, limits: Limits) -> FieldSection:
    """Return the field section that the bytes are. Raises HTTPError."""
    return parse_fields(data, version, limits) if len(data) > MAX_OCTETS else known_section(data, version, limits)


def parse_section(data: bytes, version: str, limits: Limits) -> FieldSection:
    """Parse a field section whose cookie may be new, while its other fields are known."""
    cookie = COOKIE.match(data, data.rfind(b"\r\nCookie:"))
    if cookie is None:
        return parse_fields(data, version, limits)
    start, end = cookie.span()
    headers, host, framing, lines = known_section(data[:start] + data[end:], version, limits)
    if "cookie" in headers or lines == limits.fields:
        return parse_fields(data, version, limits)
    with_cookie = headers | {"cookie": cookie[1].decode("latin-1").strip(" \t")}  # six times as fast as {**headers}
    return MappingProxyType(with_cookie), host, framing, lines + 1


known_section = lru_cache(maxsize=2 * MAX_ENTRIES)(parse_section)
head_cache = lru_cache(maxsize=8)(HeadCache)
