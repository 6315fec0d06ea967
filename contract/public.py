"""The public folder that every server of the course serves: its files, and what may come out of it and what not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.answer import Answer
from contract.conversation import Complaint
from contract.expectations import OfAnswer

FOLDER = Path(__file__).parent / "starter" / "public"
MEDIA_TYPES = {
    "hello.txt": "text/plain",
    "planets.json": "application/json",
    "icon.svg": "image/svg+xml",
    "three-ways.png": "image/png",
    "notes/nested.txt": "text/plain",
}
"""The files whose content the rules know, by name; what the stylesheet says is for each server to choose."""

# A line by which content is known that lies in no public folder.
LEAKS = {
    "/etc/passwd": rb"root:[^:\n]*:0:0:",
    "win.ini": rb"; for 16-bit app support|\[fonts\]",
    "a Python program": rb"#!.*python|import \w+\r?$|from [\w.]+ import |(?:def|class) \w+.*:\r?$",
    "a program": rb"#!/|<\?php|#include [<\"]|package \w+;?\r?$|(?:const|let|var) \w+ = require\(",
    "a repository": rb"ref: refs/|\[core\]",
}


@cache
def content_of(name: str) -> bytes:
    """Return what a file of the folder holds."""
    return (FOLDER / name).read_bytes()


@dataclass(frozen=True)
class Intact(OfAnswer):
    """The content is that of a file of the folder, byte for byte."""

    name: str

    def __str__(self) -> str:
        return f"the {len(content_of(self.name))} bytes of {self.name}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        expected = content_of(self.name)
        if answer.body != expected:
            same = alike(answer.body, expected)
            at = answer.body_start + (same if answer.framing != "chunked" else 0)
            yield Complaint(f"the content is not that of {self.name}: {difference(answer.body, expected, same)}", at)


def alike(content: bytes, expected: bytes) -> int:
    """Return how many bytes are the same, from the first on."""
    pairs = zip(content, expected, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(content), len(expected)))


def difference(content: bytes, expected: bytes, same: int) -> str:
    """Say how two contents differ, of which so many bytes from the first on are the same."""
    if same == len(content):
        return f"it ends after {same} of {len(expected)} bytes"
    if same == len(expected):
        return f"it goes on after its {same} bytes"
    return f"byte {same + 1} is {content[same]:#04x}, not {expected[same]:#04x}"


@dataclass(frozen=True)
class NoLeak(OfAnswer):
    """The content is none of what lies outside of every public folder."""

    def __str__(self) -> str:
        return f"nothing of {', '.join(LEAKS)}"

    def about(self, answer: Answer) -> Iterator[Complaint]:
        for what, line in LEAKS.items():
            if re.search(rb"(?m)^(?:" + line + rb")", answer.body):
                yield Complaint(f"the content is that of {what}", answer.body_start)
                return
