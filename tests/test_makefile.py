"""The Makefile before there is an environment: its messages, and when it installs again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = ("Makefile", "pyproject.toml", "contract/pyproject.toml", "constraints.txt")
GOALS = (".venv/can-run", ".venv/can-guest", ".venv/can-test")
DEBIAN = """\
The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.
"""
WITHOUT_VENV = f"""\
#!/bin/sh
case "$*" in
*"-m venv"*) mkdir -p .venv/bin; echo '{DEBIAN}'; exit 1 ;;
*) exec {sys.executable} "$@" ;;
esac
"""
WITHOUT_PIP = f"""\
#!/bin/sh
case "$*" in
*"-m venv"*) exec {sys.executable} "$@" --without-pip ;;
*) exec {sys.executable} "$@" ;;
esac
"""
TOO_OLD = "#!/bin/sh\nexit 1\n"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
INSTALL = f"""\
python3 cannot make a virtual environment with pip. On Debian or Ubuntu, install what is missing:
  sudo apt-get install python{VERSION}-venv
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as from a shell: the make that runs the tests must not pass its options on."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    path = f"{checkout / 'bin'}:{os.environ['PATH']}"
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=checkout, env={**outer, "PATH": path}, capture_output=True, text=True)


def replace_python(checkout: Path, script: str) -> None:
    (python := checkout / "bin" / "python3").parent.mkdir()
    python.write_text(script)
    python.chmod(0o755)


@pytest.mark.parametrize("script", [WITHOUT_VENV, WITHOUT_PIP], ids=["venv", "pip"])
def test_a_python_without_venv_or_pip(checkout: Path, script: str) -> None:
    replace_python(checkout, script)
    done = make(checkout, "run")
    assert done.returncode == 2
    assert INSTALL in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_too_old(checkout: Path) -> None:
    replace_python(checkout, TOO_OLD)
    done = make(checkout, ".venv")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "python3 is missing, or older than Python 3.11. Choose another one: make .venv PYTHON="
    )


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("changed", [None, *FILES[1:]])
def test_it_installs_again_after_a_change(checkout: Path, goal: str, changed: str | None) -> None:
    (checkout / ".venv").mkdir()
    for name in FILES:
        os.utime(checkout / name, (1_000, 1_000))
    for seconds, mark in enumerate(GOALS, 2_000):
        (checkout / mark).touch()
        os.utime(checkout / mark, (seconds, seconds))
    if changed:
        os.utime(checkout / changed, (3_000, 3_000))
    up_to_date = make(checkout, "--question", goal).returncode == 0
    assert up_to_date is (changed is None)


@pytest.mark.parametrize(
    ("options", "installed"),
    [("", False), ("--on gunicorn", False), ("--with bottle", True), ("--port 9000 --with=bottle,falcon", True)],
)
def test_run_installs_the_other_frameworks_once_they_are_asked_for(
    checkout: Path, options: str, installed: bool
) -> None:
    done = make(checkout, "--dry-run", "run", f"ARGS={options}")
    assert (".[guests]" in done.stdout, done.returncode) == (installed, 0)


def test_make_lists_every_target(checkout: Path) -> None:
    text = (checkout / "Makefile").read_text()
    [targets] = [line.split()[1:] for line in text.splitlines() if line.startswith(".PHONY:")]
    listed = {line.split()[1] for line in make(checkout).stdout.splitlines() if line.startswith("make ")}
    assert listed == {*targets} - {"help"}
