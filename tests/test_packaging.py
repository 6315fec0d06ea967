"""The judge's wheel, installed outside the checkout, is all that it takes to judge."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.serving import HANDLERS, HOST, serving

ROOT = Path(__file__).parent.parent
JUDGE = ROOT / "contract"


def sources(folder: Path) -> Iterable[Path]:
    """Return all files of the package, without Python's caches."""
    found = (file for file in (folder / "http_contract").rglob("*") if file.is_file())
    return (file for file in found if "__pycache__" not in file.parts)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from a copy: building leaves its traces beside the sources."""
    copy = tmp_path_factory.mktemp("checkout")
    for file in [*sources(JUDGE), *(JUDGE / name for name in ("pyproject.toml", "README.md", "LICENSE"))]:
        target = copy / file.relative_to(JUDGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(copy / "dist"), str(copy))
    (built,) = (copy / "dist").iterdir()
    return built


def pip(python: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it into an environment that borrows the dependencies of this one; return the folder of its scripts."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    borrowed = folder / "lib" / version / "site-packages" / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib"))
    pip(str(python), "install", "--no-deps", "--no-index", str(wheel))
    return python.parent


def test_wheel_has_all_files(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == {str(file.relative_to(JUDGE)) for file in sources(JUDGE)}


def test_installed_wheel_runs_from_itself(scripts: Path, tmp_path: Path) -> None:
    command = [str(scripts / "python"), "-c", "import http_contract, sys; print(http_contract.__file__, sys.prefix)"]
    file, prefix = subprocess.check_output(command, cwd=tmp_path, text=True).split()
    assert Path(file).is_relative_to(prefix)


def test_installed_wheel_judges_in_any_project(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers -p no:cacheprovider\npython_files = *.py\n"
    )
    (tmp_path / "test_own.py").write_text("def test_own(): assert False")
    command = [
        str(scripts / "python"),
        "-m",
        "pytest",
        "-p",
        "no:django",
        "--pyargs",
        "http_contract",
        "-m",
        "stage_3",
        "-k",
        "route-test",
    ]
    with serving(HANDLERS["raw"]) as port:
        done = subprocess.run(
            [*command, "--contract-url", f"http://{HOST}:{port}"], cwd=tmp_path, capture_output=True, text=True
        )
    assert re.search(r"^contract: http://\S+, seed 0$", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert re.search(r"^=+ [1-9]\d* passed, \d+ deselected", done.stdout, re.MULTILINE), done.stdout


def test_version(scripts: Path, tmp_path: Path) -> None:
    said = subprocess.check_output([str(scripts / "contract"), "--version"], cwd=tmp_path, text=True)
    assert re.fullmatch(r"http-contract \d+\.\d+\.\d+\n", said)
