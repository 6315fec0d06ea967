"""tools/debian with other programs in place of Debian's, run by a user who is not root."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

TOOL = Path(__file__).parent.parent / "tools" / "debian"
NEEDED = ("bash", "env")
USER = {"apt-get": "exit 9", "id": "echo 1000", "sudo": "exit 1", "wrk": ""}
WITH_SUDO = {**USER, "sudo": 'shift; [ "$1" = true ] || echo "sudo ran: $@"'}
MISSING = "Not installed: one two. "
COMMAND = " To install them on Debian or Ubuntu: sudo apt-get install one two\n"
NOT_ROOT = f"{MISSING}Only root installs packages, or anybody where CI is set.{COMMAND}"
CI = {"CI": "true"}


@pytest.mark.parametrize(
    ("programs", "environment", "pairs", "printed"),
    [
        pytest.param(USER, {}, ["wrk=wrk"], "", id="nothing-missing"),
        pytest.param(USER, {}, ["wrk=wrk", "no-1=one", "no-2=two"], NOT_ROOT, id="not-root"),
        pytest.param(WITH_SUDO, {}, ["no-1=one", "no-2=two"], NOT_ROOT, id="no-sudo-unasked"),
        pytest.param(WITH_SUDO, {"CI": ""}, ["no-1=one", "no-2=two"], NOT_ROOT, id="ci-empty"),
        pytest.param(
            USER, CI, ["no-1=one", "no-2=two"], f"{MISSING}sudo asks for a password.{COMMAND}", id="ci-without-sudo"
        ),
        pytest.param(WITH_SUDO, CI, ["wrk=wrk", "no-1=one"], f"sudo ran: {TOOL} wrk=wrk no-1=one\n", id="ci"),
        pytest.param(
            {"id": "echo 0"},
            CI,
            ["no-1=one", "no-2=two"],
            f"{MISSING}apt-get is missing.{COMMAND}",
            id="not-debian",
        ),
    ],
)
def test_tool(
    programs: Mapping[str, str], environment: Mapping[str, str], pairs: list[str], printed: str, tmp_path: Path
) -> None:
    for name in NEEDED:
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    for name, script in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run([TOOL, *pairs], env={"PATH": str(tmp_path), **environment}, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, printed)
