"""The output of a submission: its end is stored, its lines are shown, and endless output does no harm."""

import os

import pytest

from http_contract.sandbox import output
from http_contract.sandbox.output import MAX_LINE, MAX_LINES, MAX_STORED, TRUNCATED, Output

PATIENT = 20.0


def taken(data: bytes) -> tuple[str, list[str]]:
    """Return what is kept and what is shown of all that comes out of a pipe."""
    lines: list[str] = []
    reading, writing = os.pipe()
    transcript = Output(os.fdopen(reading, "rb"), lines.append)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(data)
    transcript.wait(PATIENT)
    return transcript.text, lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"one\ntwo\r\n", ["one", "two"]),
        (b"no end", ["no end"]),
        (b"\n\nx\n", ["", "", "x"]),
        ("caf\u00e9\t\u65e5\n".encode(), ["caf\u00e9\t\u65e5"]),
        (b"caf\xe9 \x1b[2J\x00\x7f\n", ["caf\ufffd \\x1b[2J\\x00\\x7f"]),
        (b"y" * (MAX_LINE + 1), ["y" * MAX_LINE, "y"]),
        (b"y" * MAX_LINE + b"\nz\n", ["y" * MAX_LINE, "z"]),
    ],
    ids=["nothing", "lines", "no-end", "empty", "utf-8", "terminal", "long", "just-long-enough"],
)
def test_lines(data: bytes, lines: list[str]) -> None:
    assert taken(data) == (data.decode("utf-8", "replace"), lines)


def test_the_number_of_lines_has_a_limit() -> None:
    _, lines = taken(b"x\n" * (MAX_LINES + 500))
    assert lines == ["x"] * MAX_LINES + [TRUNCATED]


def test_endless_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PAUSE", 0.0)
    kept, lines = taken(b"x" * 10_000_000 + b"end\n")
    assert (len(kept), kept[-4:]) == (MAX_STORED, "end\n")
    assert lines[-1] == TRUNCATED
