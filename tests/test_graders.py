"""The graders of the course kit, each run in a folder laid out as its platform lays it out."""

import base64
import json
import os
import re
import stat
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any
from zipfile import ZipFile

import pytest

from http_contract.cli.init import STARTER, ZIP, scaffold
from http_contract.rules.registry import STAGES
from http_contract.sandbox.ports import free_port
from tests.contract.grading.classes import DEEP, FIXED, lay

DOCUMENT = Path(__file__).parents[1] / "docs" / "first-server.md"
GOOD = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[-1]  # keeps stage 1
POOR = "import sys\nsys.exit('I do not start')\n"
TOML = f'command = "{sys.executable} server.py {{port}}"\nstages = [2]\n'  # the graders' options win over its stages
IDENTITY = {
    "CLASSROOM": "cs101",
    "ASSIGNMENT": "server",
    "SUBMISSION_TAG": "submit/1",
    "COMMIT_URL": "https://example.org/commit",
    "RELEASE_URL": "https://example.org/release",
    "REVIEW_URL": "https://example.org/review",
}
OWN_RULE = """\
from http_contract import Exchange, Rule
from http_contract.rules.expectations import Status
from http_contract.http.request import get

RULES = (Rule(id="own-teapot", stage=1, sentence="Says it is a teapot.", hint="Be one.", section="RFC 9110 §15.5.19",
              exchanges=(Exchange((get("/"),), (Status(418),)),)),)
"""


@dataclass(frozen=True)
class Platform:
    """A folder of a grading platform, and an environment with the packages that setup.sh would install."""

    folder: Path
    environment: Path

    @property
    def submission(self) -> Path:
        return self.folder / "submission"

    def submit(self, server: str, **files: str) -> None:
        for name, text in {"server.py": server, "contract.toml": TOML, **files}.items():
            (self.submission / name).write_text(text)

    def deepen(self) -> None:
        """Put what was submitted one folder deeper, as some pack it."""
        files = list(self.submission.iterdir())
        for name in ("my server", "__MACOSX"):
            (self.submission / name).mkdir()
        for file in files:
            file.rename(self.submission / "my server" / file.name)

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the submission's folder."""
        known = {**os.environ, "AUTOGRADER": str(self.folder), "ENVIRONMENT": str(self.environment), **environment}
        return subprocess.run(command, cwd=self.submission, env=known, capture_output=True, text=True, timeout=60)

    def results(self) -> Any:
        """Grade as Gradescope does, and return the results."""
        for script in ("setup.sh", "run_autograder"):
            done = self.run("bash", self.folder / "source" / script)
            assert done.returncode == 0, done.stderr
        return json.loads((self.folder / "results" / "results.json").read_text())


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the packages of this one, but without the judge."""
    venv.create(folder := tmp_path_factory.mktemp("environment"), with_pip=False, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


@pytest.fixture
def platform(environment: Path, tmp_path: Path) -> Iterator[Platform]:
    scaffold(tmp_path / "kit")
    with ZipFile(tmp_path / "kit" / ZIP) as archive:
        archive.extractall(tmp_path / "source")
    (tmp_path / "source" / "options").write_text("# the first stage\n--until 1  # 'week' one\n\t#\n--seed 7\n")
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    yield Platform(tmp_path, environment)
    for left in environment.glob("lib/python*/site-packages/judge.pth"):
        left.unlink()


# -- the folder that is judged

WHERE = '#!/bin/sh\nbasename "$PWD"\n'


@pytest.mark.parametrize(("files", "home"), DEEP.values(), ids=DEEP)
def test_the_folder_is_the_one_that_contract_grade_judges(tmp_path: Path, files: list[str], home: str) -> None:
    lay(tmp_path / "submission", files)
    python, options = tmp_path / "bin" / "python", tmp_path / "source" / "options"
    for file, text in ((python, WHERE), (options, "")):
        file.parent.mkdir()
        file.write_text(text)
    python.chmod(0o755)
    done = Platform(tmp_path, tmp_path).run("bash", STARTER / "graders" / "judge.sh", "json=report.json")
    assert (done.stdout, done.stderr) == (f"{home or 'submission'}\n", "")


# -- Gradescope

FIELDS: dict[str, type | tuple[type, ...]] = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "tags": list,
    "visibility": str,
    "extra_data": dict,
}


def test_gradescope_gets_the_points(platform: Platform) -> None:
    platform.submit(GOOD)
    results = platform.results()
    scored = [test for test in results["tests"] if "score" in test]
    assert [(test["score"], test["max_score"]) for test in scored] == [(10, 10)]
    assert STAGES[1] in scored[0]["name"]
    assert results.get("score", 10) == 10
    for test in results["tests"]:
        assert all(isinstance(value, FIELDS[name]) for name, value in test.items()), test
        assert test.get("status", "passed") in ("passed", "failed")
        assert test.get("visibility", "visible") == "visible"


def test_gradescope_gets_the_failures(platform: Platform) -> None:
    platform.submit(POOR)
    results = platform.results()
    assert sum(test.get("score", 0) for test in results["tests"]) == 0
    assert "listen-accepts" in json.dumps(results)


def test_gradescope_is_told_why_nothing_could_be_judged(platform: Platform) -> None:
    (platform.folder / "results" / "results.json" / "forged").mkdir(parents=True)
    results = platform.results()
    assert results["score"] == 0
    assert results["output"].startswith("Your server could not be judged.\n")
    assert len(results["output"].splitlines()) == 2


def test_gradescope_judges_by_a_teachers_rules_as_well(platform: Platform) -> None:
    platform.submit(GOOD)
    (platform.folder / "source" / "hidden.py").write_text(OWN_RULE)
    results = platform.results()
    assert sum(test.get("score", 0) for test in results["tests"]) == 10 * 6 // 7
    assert "teapot" not in json.dumps(results)


def test_gradescope_judges_a_fixed_port_without_reuse_address(platform: Platform) -> None:
    port = free_port()
    toml = f'command = "{sys.executable} -S server.py"\nport = {port}\n'
    platform.submit(FIXED.replace("PORT", str(port)), **{"contract.toml": toml})
    results = platform.results()
    assert sum(test.get("score", 0) for test in results["tests"]) == 8
    assert "SO_REUSEADDR" in json.dumps(results)


def test_gradescope_finds_a_submission_one_folder_too_deep(platform: Platform) -> None:
    platform.submit(GOOD)
    platform.deepen()
    assert sum(test.get("score", 0) for test in platform.results()["tests"]) == 10


OTHERS = [pytest.param(module, marks=pytest.mark.full) for module in ("click", "tomllib", "socket")]


@pytest.mark.parametrize("module", ["http_contract", "json", *OTHERS])
def test_nothing_is_imported_from_a_submission(platform: Platform, module: str) -> None:
    platform.submit(GOOD, **{f"{module}.py": "raise SystemExit(0)"})
    results = platform.results()
    assert "output" not in results or "could not be judged" not in results["output"]
    assert any(test.get("max_score") == 10 for test in results["tests"])


# -- Classroom 50


def classroom50(platform: Platform) -> subprocess.CompletedProcess[str]:
    graders = platform.folder / "kit" / "graders"
    with ZipFile(graders / ZIP.name, "a") as archive:
        archive.writestr("options", "--until 1")  # as zip would put a new version there
    return platform.run(sys.executable, graders / "autograder.py", **IDENTITY)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("deeper", [False, True], ids=["", "one-folder-too-deep"])
def test_classroom50_gets_the_points(platform: Platform, deeper: bool) -> None:
    platform.submit(GOOD)
    if deeper:
        platform.deepen()
    done = classroom50(platform)
    assert done.returncode == 0, done.stderr
    result = json.loads((platform.submission / "result.json").read_text())
    assert result["schema"] == "classroom50/result/v1"
    assert (result["score"], result["max-score"]) == (10, 10)
    assert (result["classroom"], result["assignment"], result["submission"]) == ("cs101", "server", "submit/1")
    assert all({"test-name", "passed", "score", "max-score"} <= test.keys() for test in result["tests"])


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_classroom50_is_told_that_nothing_could_be_judged(platform: Platform) -> None:
    (platform.submission / "result.json" / "forged").mkdir(parents=True)
    done = classroom50(platform)
    assert done.returncode == 2
    assert not (platform.submission / "result.json").exists()


# -- GitHub Actions


def steps() -> list[str]:
    workflow = (STARTER / "graders" / "github.yml").read_text()
    return [dedent(step) for step in re.findall(r"(?m)^        run: \|\n((?:          .*\n)+)", workflow)]


@pytest.mark.parametrize(("server", "status", "score"), [(GOOD, "pass", 10), (POOR, "fail", 0)], ids=["good", "poor"])
def test_github_gets_the_points(platform: Platform, server: str, status: str, score: int) -> None:
    platform.submit(server)
    (platform.folder / "kit" / "graders").rename(platform.submission / "graders")
    known = {"AUTOGRADER": str(platform.folder / "github"), "GITHUB_OUTPUT": str(platform.folder / "output")}
    prepare, judge = steps()
    for step in (prepare, "echo --until 1 >$AUTOGRADER/source/options", judge):
        done = platform.run("bash", "-e", "-o", "pipefail", "-c", step, **known)
        assert done.returncode == 0, done.stderr
    [(name, value)] = [line.split("=", 1) for line in (platform.folder / "output").read_text().splitlines()]
    result = json.loads(base64.b64decode(value))
    assert (name, result["version"], result["status"], result["max_score"]) == ("result", 3, status, 10)
    assert sum(test["score"] for test in result["tests"]) == score


# -- setup.sh

FAKE = """\
#!/bin/bash
case "$1 $2" in
"-c "*ensurepip*) exit {fits} ;;
"-m venv")
    echo "venv by {name}" >>"$LOG"
    /bin/mkdir -p "$3/bin" "$AUTOGRADER/packages"
    /bin/cp "$0" "$3/bin/python"
    ;;
"-m pip") echo "pip ${{*:3}}" >>"$LOG" ;;
"-c "*purelib*) echo "$AUTOGRADER/packages" ;;
esac
"""
APT = """\
#!/bin/bash
echo "apt-get $*" >>"$LOG"
[ "$1" = update ] && exit
[ "$3" = python{offered} ] && [ "$4" = python{offered}-venv ] && /bin/mv "$AUTOGRADER/offered" "$AUTOGRADER/bin/$3"
"""


def fake(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def set_up(folder: Path, pythons: dict[str, bool], offered: str) -> tuple[int, list[str]]:
    """Run setup.sh where there are these Pythons, good or too old, and apt-get has another; return what it did."""
    (folder / "bin").mkdir()
    (folder / "source").mkdir()
    for name, fits in pythons.items():
        fake(folder / "bin" / name, FAKE.format(name=name, fits=0 if fits else 1))
    fake(folder / "offered", FAKE.format(name=f"python{offered}", fits=0))
    fake(folder / "bin" / "apt-get", APT.format(offered=offered))
    known = {"PATH": str(folder / "bin"), "AUTOGRADER": str(folder), "LOG": str(folder / "log")}
    code = subprocess.run(["/bin/bash", STARTER / "graders" / "setup.sh"], env=known, capture_output=True).returncode
    return code, (folder / "log").read_text().splitlines()


INSTALL = "pip install --quiet --disable-pip-version-check click>=8.5 psutil>=6 rich>=15"
TRIED = [f"apt-get install -y python{version} python{version}-venv" for version in ("3.13", "3.12", "3.11")]


@pytest.mark.parametrize(
    ("pythons", "offered", "does"),
    [
        ({"python3": True}, "", ["venv by python3", INSTALL]),
        ({"python3": False, "python3.12": True}, "", ["venv by python3.12", INSTALL]),
        ({"python3": False}, "3.12", ["apt-get update -qq", *TRIED[:2], "venv by python3.12", INSTALL]),
        ({}, "3.11", ["apt-get update -qq", *TRIED, "venv by python3.11", INSTALL]),
    ],
    ids=["python3", "another", "old", "none"],
)
def test_setup_finds_a_python_or_installs_one(
    tmp_path: Path, pythons: dict[str, bool], offered: str, does: list[str]
) -> None:
    assert set_up(tmp_path, pythons, offered) == (0, does)
    assert (tmp_path / "packages" / "judge.pth").read_text() == f"{tmp_path}/source\n"


def test_setup_fails_where_there_is_no_python_to_be_had(tmp_path: Path) -> None:
    assert set_up(tmp_path, {"python3": False}, "2.7") == (1, ["apt-get update -qq", *TRIED])
