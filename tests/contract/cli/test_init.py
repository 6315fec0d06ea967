"""contract init: what it lays out, and that it runs."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from http_contract import BY_ID, run
from http_contract.__main__ import main
from http_contract.cli.init import PYTHON, STARTER, STARTS, ZIP, scaffold
from http_contract.diagnosis.languages import language_of
from http_contract.runner.session import read_settings
from http_contract.sandbox.launcher import LocalTarget

ROOT = Path(__file__).parents[3]
PACKAGE = STARTER.parent
SCRIPTS = {"setup.sh", "run_autograder", "judge.sh"}
TIMEOUT = 1.0  # seconds that the judge waits for what the naive server never says


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scaffold(folder := tmp_path_factory.mktemp("course"))
    return folder


def files(folder: Path) -> set[str]:
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {str(file) for file in found if "__pycache__" not in file.parts}


def init(folder: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["init", str(folder)])
    return result.exit_code, result.stdout, result.stderr


# -- contract init


@pytest.mark.parametrize("name", ["new", "new/in/new", "with space", "."])
def test_a_folder_that_is_new_or_empty(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    code, said, complained = init(folder)
    assert (code, complained) == (0, "")
    assert said.startswith(f"{folder} is ready.")
    assert files(folder) >= {"README.md", "server.py", "naive.py", "contract.toml", str(ZIP)}


@pytest.mark.parametrize(("name", "language"), [("Python", "python"), ("JavaScript", "javascript"), ("C", "c")])
def test_a_language_is_written_in_any_case(tmp_path: Path, name: str, language: str) -> None:
    result = CliRunner().invoke(main, ["init", "--language", name, str(tmp_path / "server")])
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "server" / STARTS[language].file).exists()


def test_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    assert init(tmp_path) == (2, "", f"Error: {tmp_path} is not empty. Choose a new folder.\n")
    assert files(tmp_path) == {"mine"}


def test_what_is_no_folder(tmp_path: Path) -> None:
    (file := tmp_path / "mine").touch()
    assert init(file) == (2, "", f"Error: Cannot write {file}: Not a directory. Choose another folder.\n")


def test_all_of_the_starter_is_there_or_in_the_zip(kit: Path) -> None:
    only_zipped = {f"graders/{name}" for name in SCRIPTS}
    servers = {name for name in files(STARTER) if name.startswith("servers/")}
    assert files(kit) == files(STARTER) - only_zipped - servers | {str(ZIP)}
    assert servers == {f"servers/{start.file}" for start in STARTS.values() if start is not PYTHON}


# -- the learner's files


def launched(kit: Path, file: str) -> LocalTarget:
    return LocalTarget(f"{shlex.quote(sys.executable)} {shlex.quote(str(kit / file))} {{port}}")


@pytest.mark.parametrize(
    ("file", "id", "holds"),
    [
        ("server.py", "listen-accepts", True),
        ("server.py", "listen-survives-silence", False),
        ("server.py", "listen-answers", False),
        *(("naive.py", id, True) for id in ("listen-answers", "route-index", "route-test", "time-right")),
        ("naive.py", "listen-survives-silence", False),
        ("naive.py", "listen-survives-not-utf8", False),
        ("naive.py", "listen-restarts", False),
        ("naive.py", "respond-crlf", False),
        ("naive.py", "respond-date", False),
        ("naive.py", "respond-content-type", False),
        ("naive.py", "respond-long-head", False),
        ("naive.py", "route-unknown", False),
        ("naive.py", "route-query", False),
        ("naive.py", "methods-head-no-body", False),
        ("naive.py", "concurrency-idle", False),
    ],
)
def test_what_the_servers_to_begin_with_keep(kit: Path, file: str, id: str, holds: bool) -> None:
    running = launched(kit, file)
    try:
        outcome = run(BY_ID[id], replace(running.running(), timeout=TIMEOUT))
    finally:
        running.close()
    assert outcome.verdict == ("passed" if holds else "failed"), outcome.failures


def test_contract_toml_is_read(kit: Path) -> None:
    assert read_settings(kit).command == "python3 server.py {port}"


def test_all_that_contract_toml_could_say_is_right(kit: Path) -> None:
    """With the comments taken away, so that a learner can take them away, too."""
    file = kit / "contract.toml"
    text = re.sub(r"(?m)^# (?=\w+ = )", "", file.read_text())
    assert set(tomllib.loads(text)) == {"command", "port", "folder", "stages"}


TOOLS = {"python": "python3", "javascript": "node", "go": "go", "rust": "rustc", "java": "java", "c": "cc"}


@pytest.mark.parametrize("language", STARTS)
def test_the_first_server_of_each_language_listens_and_says_nothing(language: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "kit"), "--language", language])
    assert (result.exit_code, result.stderr) == (0, "")
    settings = read_settings(tmp_path / "kit")
    assert STARTS[language].by_hand in (tmp_path / "kit" / "README.md").read_text()
    assert language_of(settings.command, settings.folder) == language
    if not works(TOOLS[language]):
        pytest.skip(f"{TOOLS[language]} is not installed")
    with LocalTarget(settings.command, folder=settings.folder) as target:
        server = replace(target.running(), timeout=TIMEOUT)
        verdicts = {id: run(BY_ID[id], server).verdict for id in ("listen-accepts", "listen-answers", "listen-accepts")}
    assert verdicts == {"listen-accepts": "passed", "listen-answers": "failed"}


def works(tool: str) -> bool:
    """Return whether a tool is installed, and is not only a name that leads to another version of it."""
    version = ["version"] if tool == "go" else ["--version"]
    return shutil.which(tool) is not None and subprocess.run([tool, *version], capture_output=True).returncode == 0


def test_an_unknown_language(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "kit"), "--language", "cobol"])
    assert result.exit_code == 2
    assert "'cobol' is not one of" in result.stderr


# -- the Gradescope zip


def test_the_zip_holds_the_judge_as_installed(kit: Path) -> None:
    with ZipFile(kit / ZIP) as archive:
        names = archive.namelist()
        judge = {
            name.removeprefix("http_contract/"): archive.read(name)
            for name in names
            if name.startswith("http_contract/")
        }
    assert judge == {name: (PACKAGE / name).read_bytes() for name in files(PACKAGE)}
    assert {name for name in names if not name.startswith("http_contract/")} == {*SCRIPTS, "options"}


def test_the_scripts_in_the_zip_can_be_executed(kit: Path) -> None:
    with ZipFile(kit / ZIP) as archive:
        executable = {info.filename for info in archive.infolist() if info.external_attr >> 16 & 0o111}
    assert executable == SCRIPTS


def test_the_same_files_make_the_same_zip(kit: Path, tmp_path: Path) -> None:
    scaffold(tmp_path)
    assert (tmp_path / ZIP).read_bytes() == (kit / ZIP).read_bytes()


def test_setup_installs_what_the_judge_needs() -> None:
    dependencies = tomllib.loads((ROOT / "contract" / "pyproject.toml").read_text())["project"]["dependencies"]
    script = (STARTER / "graders" / "setup.sh").read_text()
    wanted = set(re.findall(r"'([a-z]+>=[\d.]+)'", script))
    assert {name.partition(">")[0] for name in wanted} == {"click", "psutil", "rich"}
    assert wanted <= set(dependencies)
