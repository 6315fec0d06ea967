"""Expectations of content: its text, its JSON, and the files of the public folder."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias

from http_contract.http.params import Params, excerpt
from http_contract.http.response import Response
from http_contract.rules.expectations import Has, OfAnswer, quoted
from http_contract.rules.model import Failure

CHARSET = re.compile(r"(?i);[ \t]*charset=\"?([a-z0-9._:-]+)")

HTML = Has("Content-Type", r"(?i)(text/html|application/xhtml\+xml)[ \t]*(;.*)?", "`text/html`")
JSON = Has("Content-Type", r"(?i)application/json[ \t]*(;.*)?", "`application/json`")
PROBLEM = Has("Content-Type", r"(?i)application/problem\+json[ \t]*(;.*)?", "`application/problem+json`")


class NoJSON(Exception):
    """The content is not a JSON object: a code, and its parameters."""

    def __init__(self, code: str, params: Params) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


def text_of(response: Response) -> str:
    """Return the content as text, decoded with the response's charset, or as UTF-8 if that is missing or unknown."""
    named = CHARSET.search(response.get("Content-Type") or "")
    try:
        return response.body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return response.body.decode("utf-8", "replace")


def object_of(response: Response) -> dict[str, Any]:
    """Return the content as a JSON object, strictly in UTF-8 (RFC 8259 §8.1). Raises NoJSON."""
    try:
        found = json.loads(response.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoJSON("no-json", Params(reason=excerpt(str(error)))) from error
    if not isinstance(found, dict):
        raise NoJSON("no-json-object", Params(value=excerpt(repr(found))))
    return found


@dataclass(frozen=True)
class Shows(OfAnswer):
    """The page shows this text, with or without character references."""

    text: str

    def __str__(self) -> str:
        return f"content that shows {quoted(self.text)}"

    def about(self, response: Response) -> Iterator[Failure]:
        if self.text not in unescape(text_of(response)):
            yield Failure("not-shown", Params(text_shown=excerpt(self.text)), response.body_start)


Found: TypeAlias = tuple[str, Params]
"""The code of a failure, and its parameters."""


class OfObject(OfAnswer):
    """An expectation of the JSON object in the first response, which fails if there is none."""

    def about(self, response: Response) -> Iterator[Failure]:
        try:
            found = self.found_in(object_of(response))
        except NoJSON as error:
            found = [(error.code, error.params)]
        return (Failure(code, params, response.body_start) for code, params in found)

    def found_in(self, data: dict[str, Any]) -> Iterable[Found]:
        raise NotImplementedError


@dataclass(frozen=True)
class Member(OfObject):
    """The JSON object has a member with this value."""

    name: str
    value: object

    def __str__(self) -> str:
        return f"JSON with {json.dumps({self.name: self.value})}"

    def found_in(self, data: dict[str, Any]) -> Iterator[Found]:
        if self.name not in data:
            yield "no-member", Params(member=self.name)
        elif data[self.name] != self.value:
            params = Params(member=self.name, value=excerpt(repr(data[self.name])), wanted=excerpt(repr(self.value)))
            yield "wrong-member", params


@dataclass(frozen=True)
class MemberOf(OfObject):
    """The JSON object has a member of this type that is not empty."""

    name: str
    type: type

    def __str__(self) -> str:
        return f"JSON with `{self.name}`, a {self.type.__name__}"

    def found_in(self, data: dict[str, Any]) -> Iterator[Found]:
        value = data.get(self.name)
        if not (isinstance(value, self.type) and value):
            params = Params(member=self.name, value=excerpt(repr(value)), type=self.type.__name__)
            yield "wrong-member-type", params


@dataclass(frozen=True)
class Records(OfObject):
    """A member of the JSON object is a list of objects with these values under these keys, in this order."""

    member: str
    keys: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def __str__(self) -> str:
        return f"JSON with `{self.member}`: {json.dumps([dict(zip(self.keys, row, strict=True)) for row in self.rows])}"

    def found_in(self, data: dict[str, Any]) -> Iterator[Found]:
        rows = rows_of(data.get(self.member), self.keys)
        if rows is None:
            yield "not-records", Params(member=self.member, keys=self.keys)
        elif rows != [*self.rows]:
            params = Params(member=self.member, value=excerpt(repr(rows)), wanted=excerpt(repr([*self.rows])))
            yield "wrong-records", params


@dataclass(frozen=True)
class FieldListed(OfObject):
    """The list `headers` contains this field, one object for each line or one with the lines joined by commas."""

    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"JSON whose `headers` list {self.name}: {', '.join(self.values)}"

    def found_in(self, data: dict[str, Any]) -> Iterator[Found]:
        lines = rows_of(data.get("headers"), ("name", "value"))
        if lines is None:
            yield "not-records", Params(member="headers", keys=("name", "value"))
            return
        values = [str(value) for name, value in lines if str(name).lower() == self.name.lower()]
        if re.split(r"[ \t]*,[ \t]*", ",".join(values)) != [*self.values]:
            yield "wrong-header-listed", Params(name=self.name, value=excerpt(repr(values)), wanted=self.values)


def rows_of(found: object, keys: tuple[str, ...]) -> list[tuple[object, ...]] | None:
    """Return the values under these keys of each object in a list, None if it is not such a list."""
    if not isinstance(found, list) or not all(isinstance(each, dict) and {*keys} <= each.keys() for each in found):
        return None
    return [tuple(each[key] for key in keys) for each in found]


def fields(*pairs: tuple[str, str]) -> Records:
    """Return the expectation that the response to a form lists these fields."""
    return Records("fields", ("name", "value"), pairs)


def files(*rows: tuple[str, str, int, str]) -> Records:
    """Return the expectation that the response to a form lists these files: field, name, size, SHA-256."""
    return Records("files", ("field", "name", "size", "sha256"), rows)


FOLDER = Path(__file__).parents[1] / "starter" / "public"
MEDIA_TYPES = {
    "hello.txt": "text/plain",
    "planets.json": "application/json",
    "icon.svg": "image/svg+xml",
    "three-ways.png": "image/png",
    "notes/nested.txt": "text/plain",
}
"""The media types of the files whose content the rules compare. Each server chooses its own stylesheet."""

# Lines that occur in files outside of the public folder, and never in its own.
LEAKS = {
    "/etc/passwd": rb"root:[^:\n]*:0:0:",
    "win.ini": rb"; for 16-bit app support|\[fonts\]",
    "a Python program": rb"#!.*python|import \w+\r?$|from [\w.]+ import |(?:def|class) \w+.*:\r?$",
    "a program": rb"#!/|<\?php|#include [<\"]|package \w+;?\r?$|(?:const|let|var) \w+ = require\(",
    "a repository": rb"ref: refs/|\[core\]",
}


@cache
def content_of(name: str) -> bytes:
    """Return the content of a file of the public folder."""
    return (FOLDER / name).read_bytes()


@dataclass(frozen=True)
class Intact(OfAnswer):
    """The content is a file of the public folder, byte for byte."""

    name: str

    def __str__(self) -> str:
        return f"the {len(content_of(self.name))} bytes of {self.name}"

    def about(self, response: Response) -> Iterator[Failure]:
        expected = content_of(self.name)
        if response.body != expected:
            same = alike(response.body, expected)
            at = response.body_start + (same if response.framing != "chunked" else 0)
            code, params = difference(response.body, expected, same)
            yield Failure(code, params.with_(file=self.name), at)


def alike(content: bytes, expected: bytes) -> int:
    """Return the number of equal bytes at the beginning."""
    pairs = zip(content, expected, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(content), len(expected)))


def difference(content: bytes, expected: bytes, same: int) -> Found:
    """Return how two contents differ that have the first `same` bytes in common."""
    if same == len(content):
        return "file-cut-short", Params(count=same, size=len(expected))
    if same == len(expected):
        return "file-goes-on", Params(size=same)
    return "file-differs", Params(place=same + 1, byte=content[same], wanted=expected[same])


@dataclass(frozen=True)
class NoLeak(OfAnswer):
    """The content contains no line of a file outside of the public folder."""

    def __str__(self) -> str:
        return f"no content of {', '.join(LEAKS)}"

    def about(self, response: Response) -> Iterator[Failure]:
        for what, line in LEAKS.items():
            if re.search(rb"(?m)^(?:" + line + rb")", response.body):
                yield Failure("leak", Params(what=what), response.body_start)
                return
