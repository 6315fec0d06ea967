"""The rungs of lessons/, as their files and lessons/ladder.toml describe them."""

import ast
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sidebyside.checkout import ROOT

LESSONS = Path(ROOT) / "lessons"

How: TypeAlias = Literal["one", "after", "beside"]


@dataclass(frozen=True)
class Gain:
    """Packets that show what a server can do and an earlier one cannot, and beside which client they are sent.

    how: "one" on one connection, "after" another client has left, "beside" a client that is connected and silent.
    """

    sends: Sequence[bytes]
    how: How
    over: str | None  # the name of the earlier rung, if it is not the previous one


@dataclass(frozen=True)
class Rung:
    """One program of the ladder."""

    name: str
    talk: Sequence[str]  # commands for a shell, with {port} or {path}
    prints: Sequence[str]  # a part of the output of each command
    alone: bool = False  # the program runs to its end by itself
    server: str | None = None  # the rung that a client talks to
    socket: Literal["tcp", "udp", "unix"] = "tcp"  # that a server listens on
    gain: Gain | None = None
    until: int = 0  # the last stage to judge it by
    why: str = ""  # it gets no points

    @property
    def number(self) -> str:
        return self.name[:2]

    @property
    def path(self) -> Path:
        return LESSONS / f"{self.name}.py"

    @cached_property
    def source(self) -> str:
        return self.path.read_text()

    @property
    def is_server(self) -> bool:
        return not self.alone and self.server is None

    @property
    def idea(self) -> str:
        """What the program shows: the first line of its docstring."""
        return self._lines[0]

    @property
    def limit(self) -> str:
        """What the program cannot do: the rest of its docstring."""
        return " ".join(self._lines[1:])

    @property
    def _lines(self) -> Sequence[str]:
        return (ast.get_docstring(ast.parse(self.source)) or "").splitlines()

    @property
    def length(self) -> int:
        """Lines of code: neither empty nor of docstrings."""
        tree = ast.parse(self.source)
        scopes = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
        documents = [node.body[0] for node in scopes if ast.get_docstring(node)]
        skipped = {line for node in documents for line in range(node.lineno, (node.end_lineno or 0) + 1)}
        lines = enumerate(self.source.splitlines(), 1)
        return sum(1 for number, line in lines if line.strip() and number not in skipped)


@dataclass(frozen=True)
class Part:
    """Rungs that belong together."""

    title: str
    text: str
    rungs: Sequence[Rung]


def load_parts() -> Sequence[Part]:
    """Return the ladder from its file."""
    data = tomllib.loads((LESSONS / "ladder.toml").read_text())
    return [Part(part["title"], part["text"].strip(), list(map(make_rung, part["rung"]))) for part in data["part"]]


def make_rung(data: dict[str, Any]) -> Rung:
    gain = data.pop("gain", None)
    return Rung(**data, gain=gain and Gain([text.encode() for text in gain["sends"]], gain["how"], gain.get("over")))


def load_rungs() -> Sequence[Rung]:
    return [rung for part in load_parts() for rung in part.rungs]


def find_rung(text: str) -> Rung:
    """Return the rung with a number, such as 5 or 05, or with a name. Raises LookupError."""
    for rung in load_rungs():
        if text in (rung.name, rung.number, str(int(rung.number))):
            return rung
    raise LookupError(f"{text} is not a rung of the ladder. List the rungs: sidebyside lessons")


def earlier_rung(rung: Rung) -> Rung | None:
    """Return the server that a rung improves on, if its packets show how."""
    if rung.gain is None:
        return None
    if rung.gain.over is not None:
        return find_rung(rung.gain.over)
    servers = [other for other in load_rungs() if other.is_server]
    names = [other.name for other in servers]
    return servers[names.index(rung.name) - 1]
