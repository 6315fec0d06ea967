"""sidebyside and its servers import from the checkout, even in a folder whose modules have the names of ours."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from sidebyside import checkout
from sidebyside.launch.ports import free_base_port
from tests.serving import HOST
from tests.session import LIMIT, PATIENCE, needs_nginx, session_of

MODULES = (
    "asyncio.py",
    "click.py",
    "contract/__init__.py",
    "django_project/__init__.py",
    "flask_app.py",
    "guests/__init__.py",
    "gunicorn.conf.py",  # which gunicorn reads in the folder that it runs in
    "http.py",
    "http_contract/__init__.py",
    "json.py",
    "raw_router/__init__.py",
    "shared_views.py",
    "socket.py",
)
COMMANDS = {"script": [str(Path(sys.executable).parent / "sidebyside")], "module": [sys.executable, "-m", "sidebyside"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a learner's folder, in which each module raises an error when it is imported."""
    for name in MODULES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"raise SystemExit('{name} was imported from the current folder')")
    return tmp_path


@pytest.fixture(params=["unset", pytest.param(".", marks=pytest.mark.full)])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return an environment without PYTHONPATH, and one where it contains the current folder."""
    path = {} if request.param == "unset" else {"PYTHONPATH": request.param}
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, **path}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("arguments", [["routes"], ["compare", "GET", "/hello/you"], ["--version"]], ids=" ".join)
def test_commands_import_nothing_from_the_current_folder(
    command: list[str], arguments: list[str], folder: Path, environment: dict[str, str]
) -> None:
    done = subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    "server",
    [
        *("raw_router", "gunicorn"),
        *(pytest.param(server, marks=pytest.mark.full) for server in ("dev", "waitress", "uvicorn", "granian")),
        pytest.param("nginx", marks=[needs_nginx, pytest.mark.full]),
    ],
)
def test_servers_import_nothing_from_the_current_folder(command: list[str], server: str, folder: Path) -> None:
    base_port = free_base_port()
    serve = [*command, "serve", "--base-port", str(base_port), "--on", server]
    with session_of(serve, base_port, cwd=folder) as session:
        session.start()
        for port in session.ports.values():
            with urlopen(f"http://{HOST}:{port}/test", timeout=LIMIT) as response:
                assert b"<h1>" in response.read()


@pytest.fixture
def other_checkout(tmp_path: Path) -> Path:
    """Return a second checkout, in which Flask has one more route."""
    for package in ("shared_views", "raw_router", "flask_app", "django_project", "guests", "sidebyside"):
        shutil.copytree(Path(checkout.ROOT, package), tmp_path / package)
    with (tmp_path / "flask_app" / "__init__.py").open("a") as file:
        file.write('\napp.add_url_rule("/more", "more", lambda: "more")\n')
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "line"),
    [(["routes"], "! raw and django have no /more"), (["compare", "GET", "/more"], "404")],
    ids=["routes", "compare"],
)
def test_a_second_checkout_works_on_itself(
    arguments: list[str], line: str, other_checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    command = [*COMMANDS["module"], *arguments]
    environment = {**os.environ, "PYTHONPATH": str(other_checkout)}
    for folder in (tmp_path_factory.mktemp("elsewhere"), other_checkout):
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (1, "")
        assert line in done.stdout


@pytest.mark.parametrize(
    ("command", "file", "name"),
    [
        ("serve --base-port {base}", "flask_app/__init__.py", "flask"),
        ("page --base-port {base} --port {base}", "flask_app/__init__.py", "flask"),
        ("compare GET /", "raw_router/urls.py", "raw"),
    ],
    ids=["serve", "page", "compare"],
)
def test_a_service_that_does_not_start_is_named_with_the_line(
    command: str, file: str, name: str, other_checkout: Path
) -> None:
    broken = other_checkout / file
    lines = broken.read_text().splitlines(keepends=True)
    broken.write_text("".join([*lines, "undefined()\n"]))
    done = subprocess.run(
        [*COMMANDS["module"], *command.format(base=free_base_port()).split()],
        cwd=other_checkout,
        env={**os.environ, "PYTHONPATH": str(other_checkout)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode in (1, 2)
    first, second, *_ = done.stderr.splitlines()
    assert re.fullmatch(rf"Error: {name} ended \(exit status [12]\), so all servers were stopped\.", first)
    assert second == f"{file}:{len(lines) + 1}: NameError: name 'undefined' is not defined"


def test_the_page_imports_nothing_from_the_current_folder(folder: Path) -> None:
    base_port = free_base_port()
    page = [*COMMANDS["module"], "page", "--base-port", str(base_port), "--port", str(base_port)]
    with session_of(page, base_port, cwd=folder) as session:
        session.start()
        with urlopen(f"http://{HOST}:{base_port}/", timeout=LIMIT) as response:
            assert response.status == 200


def test_the_matrix_judges_the_checkout(folder: Path, environment: dict[str, str]) -> None:
    matrix = [*COMMANDS["module"], "matrix", "--only", "flask", "--on", "gunicorn", "--stage", "2", "--json"]
    done = subprocess.run(matrix, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [pair["points"] for pair in json.loads(done.stdout)["pairs"]] == [{"2": 10}, {"2": 10}]


def test_servers_search_the_checkout_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert checkout.environment()["PYTHONPATH"] == os.pathsep.join([checkout.ROOT, str(tmp_path)])
    monkeypatch.delenv("PYTHONPATH")
    assert checkout.environment()["PYTHONPATH"] == checkout.ROOT


@pytest.mark.parametrize("first", ["", "current folder"])
def test_the_search_path_begins_with_the_checkout(first: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [first and os.getcwd(), "elsewhere", checkout.ROOT])
    checkout.import_from_checkout()
    assert sys.path == [checkout.ROOT, "elsewhere"]


def test_a_removed_folder_is_not_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (removed := tmp_path / "removed").mkdir()
    monkeypatch.chdir(removed)
    removed.rmdir()
    monkeypatch.setattr(sys, "path", ["", "elsewhere"])
    checkout.import_from_checkout()
    assert sys.path == [checkout.ROOT, "elsewhere"]
