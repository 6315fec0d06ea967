"""The wheel, installed outside the checkout, is all that it takes to run."""

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

from sidebyside.launch.ports import free_base_port
from tests.serving import HANDLERS, HOST, exchange, serving
from tests.session import session_of

ROOT = Path(__file__).parent.parent
PACKAGES = ("shared_views", "raw_router", "flask_app", "django_project", "contract", "sidebyside")
PATHS = ["/", "/test", "/form", "/style.css", "/nope"] + [
    f"/files/{file.relative_to(ROOT / 'shared_views/public')}"
    for file in sorted((ROOT / "shared_views/public").rglob("*"))
    if file.is_file()
]


def sources(folder: Path) -> Iterable[Path]:
    """Return all files of the packages, but what Python makes of them."""
    found = (file for package in PACKAGES for file in (folder / package).rglob("*") if file.is_file())
    return (file for file in found if "__pycache__" not in file.parts)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from a copy: building leaves its traces beside the sources."""
    copy = tmp_path_factory.mktemp("checkout")
    for file in [*sources(ROOT), *(ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))]:
        target = copy / file.relative_to(ROOT)
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
    assert packed == {str(file.relative_to(ROOT)) for file in sources(ROOT)}


def test_installed_wheel_answers_as_the_checkout_does(scripts: Path, tmp_path: Path) -> None:
    base_port = free_base_port()
    command = [str(scripts / "sidebyside"), "serve", "--base-port", str(base_port)]
    with session_of(command, base_port, cwd=tmp_path) as session, serving(HANDLERS["raw"]) as checkout:
        session.start()
        for path in PATHS:
            expected = answer(checkout, path)
            assert {name: answer(port, path) for name, port in session.ports.items()} == dict.fromkeys(
                session.ports, expected
            ), path


def answer(port: int, path: str) -> list[bytes]:
    """Return the status line, the header fields in order, and the body."""
    head, _, body = exchange(port, f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode()).partition(b"\r\n\r\n")
    first, *fields = re.sub(rb"\r\n(Date|Last-Modified|ETag): [^\r]*", b"", head).split(b"\r\n")
    return [first, *sorted(fields), body]


def test_installed_wheel_runs_from_itself(scripts: Path, tmp_path: Path) -> None:
    command = [str(scripts / "python"), "-c", "import shared_views, sys; print(shared_views.__file__, sys.prefix)"]
    file, prefix = subprocess.check_output(command, cwd=tmp_path, text=True).split()
    assert Path(file).is_relative_to(prefix)


def test_installed_wheel_judges_in_any_project(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers -p no:cacheprovider\npython_files = *.py\n"
    )
    (tmp_path / "test_own.py").write_text("def test_own(): assert False")
    command = [str(scripts / "python"), "-m", "pytest", "--pyargs", "contract", "-m", "stage_3", "-k", "route-test"]
    with serving(HANDLERS["raw"]) as port:
        done = subprocess.run(
            [*command, "--contract-url", f"http://{HOST}:{port}"], cwd=tmp_path, capture_output=True, text=True
        )
    assert re.search(r"^contract: http://\S+, seed 0$", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert re.search(r"^=+ [1-9]\d* passed, \d+ deselected", done.stdout, re.MULTILINE), done.stdout


def test_version(scripts: Path, tmp_path: Path) -> None:
    said = subprocess.check_output([str(scripts / "sidebyside"), "--version"], cwd=tmp_path, text=True)
    assert re.fullmatch(r"three-routers \d+\.\d+\.\d+\n", said)
