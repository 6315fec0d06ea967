"""Stands for `contract check`: writes a report, or does what the file `do` in the submission's folder names.

It runs without Python's site packages, so that it starts quickly. In the folder that the file `home` names it notes
that it was here, and holds the pipe `alive` open, with all that it starts, where it is to hang.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

DO = Path("do")
HOME = Path("home")
SLEEP = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("x", end="", flush=True)
time.sleep(60)
"""


def home(name: str) -> Path:
    return Path(os.fsdecode(HOME.read_bytes()), name)


def rule(id: str, verdict: str, text: str = "") -> dict[str, object]:
    texts = {"sentence": "It is so.", "hint": "Do it.", "section": "RFC 9110 §1"}
    failure = {"code": "custom", "params": {"text": text}, "text": text, "transcript": None, "offset": None}
    return {
        "id": id,
        "stage": 1,
        "level": "MUST",
        **texts,
        "hidden": False,
        "counts": True,
        "verdict": verdict,
        "seconds": 0.0,
        "skip": None,
        "crash": None,
        "diagnosis": None,
        "reproduce": "",
        "transcripts": [],
        "failures": [failure] if text else [],
    }


def report(text: str) -> dict[str, object]:
    return {
        "format": "contract/report/v2",
        "target": "./serve",
        "seed": 0,
        "began": 0.0,
        "seconds": 1.0,
        "points": 5,
        "max_points": 10,
        "passed": False,
        "stopped": None,
        "output": "left out",
        "stages": [{"stage": 1, "title": "Listen", "points": 5, "weight": 10, "passed": 1, "total": 2}],
        "rules": [rule("listen-accepts", "passed"), rule("listen-answers", "failed", text)],
    }


def hang() -> None:
    """Wait, with a child that has to be killed and says once that it is there."""
    with home("alive").open("w") as pipe:
        subprocess.run([sys.executable, "-ISc", SLEEP], stdout=pipe, check=False)


def spoil() -> None:
    """Leave the folder as no other run should find it."""
    Path("contract.toml").unlink()
    Path("access.log").touch()
    Path("../other").mkdir()
    for _ in range(1500):  # more than Python's own functions remove
        os.mkdir("d")
        os.chdir("d")
    os.mkdir("locked", 0)


def main() -> None:
    with home("judged").open("ab") as notes:
        notes.write(os.fsencode(Path.cwd().name) + b"\n")
    act, _, text = DO.read_text().partition(" ") if DO.exists() else ("report", "", "It does not answer.")
    if act in ("where", "nowhere"):
        text = str(Path("server.py").resolve())
    if act == "spoil":
        spoil()
    if act == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if act == "hang":
        hang()
    if act in ("report", "spoil", "where"):
        Path(sys.argv[sys.argv.index("--report") + 1].removeprefix("json=")).write_text(json.dumps(report(text)))
    if act in ("say", "nowhere"):
        sys.stderr.write(text)
    sys.exit(2 if act in ("say", "nowhere") else 1)


if __name__ == "__main__":
    main()
