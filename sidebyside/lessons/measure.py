"""What is measured of each rung: its points by stage, and what it gained over an earlier one; kept in measured.json."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

from http_contract.escaping import escape_bytes
from sidebyside.checkout import ROOT, environment
from sidebyside.lessons.exchange import Reply, ask
from sidebyside.lessons.ladder import LESSONS, Rung, earlier_rung, load_rungs

FILE = LESSONS / "measured.json"
CHANGING = (  # what differs each time, and what stands for it
    (re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"), "(a date)"),
    (re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{4}"), "(the time)"),
    (re.compile(r"Python/[0-9.]+"), "Python"),
)


class SentBack(TypedDict):
    """What a server sent back, as escaped ASCII text, and a key of ENDS."""

    received: str
    end: str


class Measured(TypedDict, total=False):
    """points: of each judged stage. before, after: what the earlier rung sent back, and what this one did."""

    points: Sequence[int]
    before: SentBack
    after: SentBack


def load_measured() -> Mapping[str, Measured]:
    measured: Mapping[str, Measured] = json.loads(FILE.read_text())
    return measured


def measure_all() -> None:
    """Measure all rungs, two at a time, and write the file. It takes two minutes."""
    rungs = load_rungs()
    with ThreadPoolExecutor(2) as pool:
        measured = dict(zip((rung.name for rung in rungs), pool.map(measure, rungs), strict=True))
    FILE.write_text(json.dumps({name: found for name, found in measured.items() if found}, indent=1) + "\n")


def measure(rung: Rung) -> Measured:
    measured = Measured()
    if rung.until:
        measured["points"] = points(rung)
    if (earlier := earlier_rung(rung)) and rung.gain:
        measured["before"] = sent_back(comparable(ask(earlier, rung.gain)))
        measured["after"] = sent_back(comparable(ask(rung, rung.gain)))
    return measured


def points(rung: Rung) -> Sequence[int]:
    """Return a rung's points in each stage up to the last one that it is judged by."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        server = f"{sys.executable} {rung.path} {{port}}"
        command = [sys.executable, "-m", "http_contract", "check", "--command", server, "--until", str(rung.until)]
        subprocess.run(
            [*command, "--report", f"json={file}"], cwd=ROOT, env=environment(), capture_output=True, check=False
        )
        return [stage["points"] for stage in json.loads(file.read_text())["stages"]]


def comparable(reply: Reply) -> Reply:
    """Return a reply without what differs each time: dates and times."""
    text = reply.received.decode("latin-1")
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    return Reply(text.encode("latin-1"), reply.end)


def sent_back(reply: Reply) -> SentBack:
    return {"received": escape_bytes(reply.received), "end": reply.end}


if __name__ == "__main__":
    measure_all()
