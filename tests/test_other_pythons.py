"""tools/other-pythons skips what does not run, or is of another version, with a reason."""

import subprocess
from pathlib import Path

TOOL = Path(__file__).parent.parent / "tools" / "other-pythons"


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_pythons_that_are_skipped(tmp_path: Path) -> None:
    shim = program(tmp_path / "shim", "echo 'pyenv: not found' >&2; exit 127")
    old = program(tmp_path / "old", "echo 3.9.2")
    done = subprocess.run([TOOL, shim, tmp_path / "missing", old], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"Skipped: {shim} does not run.",
        f"Skipped: {tmp_path}/missing does not run.",
        f"Skipped: {old} is Python 3.9.2.",
    ]


def test_a_python_whose_environment_cannot_be_made_fails(tmp_path: Path) -> None:
    broken = program(tmp_path / "broken", '[ "$1" = -c ] && echo 3.12.99')
    done = subprocess.run(
        [TOOL, broken],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr == f"The tests failed on Python 3.12.99 ({broken}).\n"
    assert not list(tmp_path.glob("tmp.*"))
