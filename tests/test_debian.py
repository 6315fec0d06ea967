"""What tools/debian says and does, with other programs in place of Debian's, and nobody root."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

TOOL = Path(__file__).parent.parent / "tools" / "debian"
NEEDED = ("bash", "env")
NOBODY = {"apt-get": "exit 9", "id": "echo 1000", "sudo": "exit 1", "wrk": ""}
WITH_SUDO = {**NOBODY, "sudo": 'shift; [ "$1" = true ] || echo "$@"'}


@pytest.mark.parametrize(
    ("programs", "pairs", "said"),
    [
        (NOBODY, ["wrk=wrk"], ""),
        (
            NOBODY,
            ["wrk=wrk", "no-1=one", "no-2=two"],
            "Not installed: one two. With Debian: sudo apt-get install one two\n",
        ),
        ({"id": "echo 0"}, ["no-1=one"], "Not installed: one. With Debian: sudo apt-get install one\n"),
        (WITH_SUDO, ["wrk=wrk", "no-1=one"], f"{TOOL} wrk=wrk no-1=one\n"),
    ],
    ids=["there", "not-root", "not-debian", "sudo"],
)
def test_tool(programs: Mapping[str, str], pairs: list[str], said: str, tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    for name, does in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run([TOOL, *pairs], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, said)
