"""Support for tests of grading: folders of submissions, and their results."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from http_contract.grading.pool import Job
from http_contract.grading.store import Result
from http_contract.rules.model import Level, Outcome, Rule, Verdict, custom
from http_contract.runner.report import Report
from tests.contract.grading import judge

FIXED = """
import socket
with socket.socket() as listener:
    listener.bind(("127.0.0.1", PORT))
    listener.listen()
    while True:
        client, _ = listener.accept()
        with client:
            try:
                if client.recv(65536):
                    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
            except OSError:
                pass
"""
JUDGE = (sys.executable, "-IS", judge.__file__)
LIMIT = 60.0
DEEP = {  # what was handed in, and in which folder of it the submission is
    "too-deep": (["server/contract.toml"], "server"),
    "packed-on-a-mac": (["server/contract.toml", ".DS_Store", "__MACOSX/._server"], "server"),
    "with-hidden-folders": (["server/contract.toml", ".git/HEAD"], "server"),
    "with-graders": (["my server/contract.toml", "graders/judge.sh"], "my server"),
    "beside-a-file": (["server/contract.toml", "README.md"], "server"),
    "both": (["server/contract.toml", "contract.toml"], ""),
    "two": (["server/contract.toml", "other/contract.toml"], ""),
    "two-and-one-has-settings": (["server/contract.toml", "__MACOSX2/main.py"], ""),
    "beside-a-link": (["server/contract.toml", "link -> /"], ""),
    "a-link": (["__MACOSX/contract.toml", "link -> __MACOSX"], ""),
    "a-link-that-leads-nowhere": (["server/contract.toml", "link -> nothing"], "server"),
    "a-link-to-itself": (["server/contract.toml", "link -> link"], "server"),
    "no-settings": (["server/main.py"], ""),
    "a-file": (["main.py"], ""),
    "empty": ([], ""),
}


def submission(folder: Path, name: str, do: str = "", toml: str = 'command = "./serve"') -> Path:
    """Make a submission in the class in the folder; return its own."""
    made = folder / "class" / name
    made.mkdir(parents=True)
    (made / "contract.toml").write_text(toml)
    (made / "home").write_bytes(os.fsencode(folder))
    if do:
        (made / "do").write_text(do)
    return made


def lay(folder: Path, files: Iterable[str]) -> None:
    """Make a folder with these files, and links where an arrow says so."""
    folder.mkdir()
    for file in files:
        name, _, target = file.partition(" -> ")
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if target:
            path.symlink_to(target)
        else:
            path.touch()


def job(folder: Path, name: str = "ann", limit: float = LIMIT, port: int | None = None) -> Job:
    return Job(name, str(folder), "digest", ("--until", "1"), limit, port)


def judged(folder: Path) -> list[str]:
    """Return whom the judge has judged, one after the other."""
    notes = folder / "judged"
    return notes.read_text().splitlines() if notes.exists() else []


class Alive:
    """Hears when a judge that hangs has begun, and when all that it has started is gone."""

    def __init__(self, folder: Path) -> None:
        os.mkfifo(folder / "alive")
        reading = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(reading, True)
        self._pipe = os.fdopen(reading, "rb", buffering=0)
        self._writer = (folder / "alive").open("wb")  # without one there is nothing to wait for

    def begun(self) -> bool:
        with self._writer:
            return self._pipe.read(1) == b"x"

    def gone(self) -> bool:
        with self._pipe:
            return self._pipe.read(1) == b""  # once nobody can write any more


def outcome(
    id: str = "own", verdict: Verdict = "failed", text: str = "", stage: int = 1, level: Level = "MUST", **given: Any
) -> Outcome:
    """Return what came of a rule, with a failure of that text, if there is one."""
    rule = Rule(id=id, stage=stage, level=level, sentence="It is so.", hint="Do it.", section="RFC 9110 §1")
    failures = (custom(text),) if text else ()
    return Outcome(rule=rule, verdict=verdict, failures=failures, **given)


def report(*outcomes: Outcome, **given: Any) -> Report:
    return Report(target="./serve", seed=0, began=0.0, seconds=1.0, outcomes=outcomes, **given)


def result(name: str, *outcomes: Outcome, **given: Any) -> Result:
    return Result(name, "digest", report(*outcomes, **given))
