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

from sidebyside.checkout import ROOT, environment
from sidebyside.lessons.exchange import Reply, ask
from sidebyside.lessons.ladder import LESSONS, Rung, earlier_rung, load_rungs

FILE = LESSONS / "measured.json"
HOW = {  # how packets are sent, after "send ..."
    "one": "",
    "after": ", after another client has left",
    "beside": ", while another client is connected and silent",
}
CHANGING = (  # what differs each time, and what stands for it
    (re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"), "(a date)"),
    (re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{4}"), "(the time)"),
    (re.compile(r"Python/[0-9.]+"), "Python"),
)


class Measured(TypedDict, total=False):
    """points: of each judged stage. before, after: what the earlier rung sent back, and what this one did."""

    points: Sequence[int]
    before: str
    after: str


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
        measured["before"] = describe(ask(earlier, rung.gain))
        measured["after"] = describe(ask(rung, rung.gain))
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


def describe(reply: Reply) -> str:
    """Return in words what a server sent back, the same each time."""
    if reply.end == "refused":
        return "nothing: the connection is refused"
    received = comparable(reply).received.decode(errors="replace")
    sent = f"`{show(received)}`" if received else "nothing"
    return {"closed": f"{sent}, then the end", "open": sent, "reset": f"{sent}, then a reset"}[reply.end]


def show(text: str) -> str:
    """Return text on one line, as Python writes it, without quotation marks."""
    return repr(text)[1:-1].replace("\\'", "'")


if __name__ == "__main__":
    measure_all()
