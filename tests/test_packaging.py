"""The judge's wheel works in an empty environment, in a project whose own modules have the names of others."""

import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import PathDistribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from http_contract import RULES
from tests.serving import HANDLERS, HOST, serving

ROOT = Path(__file__).parent.parent
JUDGE = ROOT / "contract"
FIRST_SERVER = ROOT / "docs" / "first-server.md"
NAME = "http-contract"
MEGABYTE = 1_000_000
SIZE_BOUND = 0.25  # of the size that README names: versions differ a little
STAGE_1 = {rule.id for rule in RULES if rule.stage == 1}


def sources(folder: Path) -> Iterable[Path]:
    """Return all files of the package, without Python's caches."""
    found = (file for file in (folder / "http_contract").rglob("*") if file.is_file())
    return (file for file in found if "__pycache__" not in file.parts)


def pip(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the distribution's folder, so that other tests do not see what building does to it."""
    copy = tmp_path_factory.mktemp("checkout") / "contract"
    shutil.copytree(JUDGE, copy, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, checkout)
    [built] = folder.iterdir()
    return built


# -- environments


def closure(requirement: str, found: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of a distribution and of all that it requires, directly or not."""
    name = requirement.lower().replace("_", "-")
    if name in found:
        return found
    found |= {name}
    for line in distribution(name).requires or ():
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            found = closure(needed.name, found)
    return found


def copy_distribution(name: str, target: Path) -> None:
    """Copy the installed files of a distribution into another environment's packages; scripts stay behind."""
    for file in distribution(name).files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            copied = target / file
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), copied)


def install(folder: Path, wheel: Path, *others: str) -> Path:
    """Make an environment with the wheel, its dependencies and others, and nothing else; return its scripts' folder.

    The dependencies are copied from this environment. pip then installs the wheel without an index, and fails if a
    dependency that it declares is missing.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    needed = [Requirement(line) for line in distribution(NAME).requires or ()]
    declared = [each.name for each in needed if each.marker is None]
    for name in sorted(frozenset[str]().union(*map(closure, [*declared, *others]))):
        copy_distribution(name, packages)
    pip("--python", folder / "bin" / "python", "install", "--quiet", "--no-index", wheel)
    return folder / "bin"


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts of an environment that has the judge and its dependencies alone."""
    return install(tmp_path_factory.mktemp("judge"), wheel)


PYTEST = "#!{python}\nimport pytest, sys\nsys.exit(pytest.main())\n"  # much as pip writes it


@pytest.fixture(scope="module")
def pytest_scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts of an environment that also has pytest."""
    folder = install(tmp_path_factory.mktemp("pytest"), wheel, "pytest")
    (folder / "pytest").write_text(PYTEST.format(python=folder / "python"))
    (folder / "pytest").chmod(0o755)
    return folder


# -- a project

PACKAGES = ("contract", "flask_app", "tests", "rules", "client")
MODULES = ("http", "json", "socket", "select", "ssl", "rich", "click")
OWN_RULE = """\
from http_contract import Exchange, Rule, Status, get

RULES = (Rule(id="own-index", stage=1, sentence="/ is a page.", hint="", section="", needs=("listen-accepts",),
              exchanges=(Exchange((get("/"),), (Status(200),)),)),)
"""
CONFTEST = "import sys; print('judge:', *sorted(name for name in sys.modules if name.startswith('http_contract')))\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project whose modules have the names of others, and fail where they are imported."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
    for file in (*(f"{name}/__init__.py" for name in PACKAGES), *(f"{name}.py" for name in MODULES)):
        (tmp_path / file).write_text("raise SystemExit('a module of the project was imported')\n")
    program = re.findall(r"```python\n(.*?)```", FIRST_SERVER.read_text(), re.DOTALL)[-1]
    (tmp_path / "server.py").write_text(program)
    (tmp_path / "contract.toml").write_text(f'command = "{sys.executable} -P server.py {{port}}"\n')
    (tmp_path / "hidden.py").write_text(OWN_RULE)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\npython_files = *.py\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)  # pytest puts its folder into sys.path
    return tmp_path


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)


# -- the wheel


def test_wheel_has_all_files_of_the_package_and_the_license(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == {str(file.relative_to(JUDGE)) for file in sources(JUDGE)}
    assert packed >= {"http_contract/py.typed", "http_contract/starter/server.py", "http_contract/grading/page.html"}
    assert [name for name in names if name.endswith("/licenses/LICENSE")] != []


def test_building_leaves_nothing_behind(checkout: Path, wheel: Path) -> None:
    assert {path.name for path in checkout.iterdir()} == {"LICENSE", "README.md", "http_contract", "pyproject.toml"}


def listed() -> Iterator[tuple[str, float]]:
    """Yield each package that contract/README.md lists, and its size in megabytes."""
    for name, size in re.findall(r"(?m)^\| `([\w-]+)` \|.*\| ([\d.]+) MB \|$", (JUDGE / "README.md").read_text()):
        yield name, float(size)


def size_of(installed: PathDistribution) -> int:
    files = (file for file in installed.files or () if ".." not in file.parts and file.suffix != ".pyc")
    return sum(Path(str(file.locate())).stat().st_size for file in files)


def test_the_readme_lists_the_dependencies_and_their_sizes(scripts: Path) -> None:
    [packages] = scripts.parent.glob("lib/python*/site-packages")
    installed = [PathDistribution(info) for info in packages.glob("*.dist-info")]
    sizes = {each.metadata["Name"].lower(): size_of(each) / MEGABYTE for each in installed}
    assert {name for name, _ in listed()} == set(sizes)
    said = sum(size for _, size in listed())
    assert abs(said - sum(sizes.values())) < SIZE_BOUND * said


# -- installed


def test_it_runs_from_the_environment(scripts: Path, project: Path) -> None:
    done = run(project, scripts / "python", "-P", "-c", "import http_contract as h, sys; print(h.__file__, sys.prefix)")
    file, prefix = done.stdout.split()
    assert Path(file).is_relative_to(prefix)


def test_version(scripts: Path, project: Path) -> None:
    assert re.fullmatch(r"http-contract \d+\.\d+\.\d+\n", run(project, scripts / "contract", "--version").stdout)


@pytest.mark.parametrize("starts", [["contract"], ["python", "-P", "-m", "http_contract"]], ids=["script", "module"])
def test_check(scripts: Path, project: Path, starts: list[str]) -> None:
    program, *rest = starts
    reports = ("--report", "json=report.json", "--report", "har=report.har")
    options = ("--until", "1", "--hidden", "hidden.py", *reports)
    done = run(project, scripts / program, *rest, "check", *options)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((project / "report.json").read_text())
    assert {rule["id"] for rule in report["rules"]} == STAGE_1 | {"own-index"}
    assert json.loads((project / "report.har").read_text())["log"]["creator"]["version"] != "unknown"


def test_grade(scripts: Path, project: Path) -> None:
    shutil.copytree(project, project.parent / f"{project.name}-class" / "ada")
    done = run(project, scripts / "contract", "grade", f"../{project.name}-class", "--until", "1", "--out", "grades")
    assert done.returncode == 0, done.stderr
    assert "ada: 10 of 10 points" in done.stderr


@pytest.mark.parametrize("options", [(), ("-p", "no:django")], ids=["", "no-django"])
def test_pytest(pytest_scripts: Path, project: Path, options: tuple[str, ...]) -> None:
    chosen = ("--pyargs", "http_contract", "-k", "own-index or route-test", "--contract-hidden", "hidden.py")
    with serving(HANDLERS["raw"]) as port:
        url = f"http://{HOST}:{port}"
        done = run(project, pytest_scripts / "pytest", "-v", *options, *chosen, "--contract-url", url)
    assert re.search(r"^contract: http://\S+, seed 0$", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert "stage-1::own-index PASSED" in done.stdout
    assert "stage-3::route-test PASSED" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_pytest_loads_the_judge_only_where_it_judges(pytest_scripts: Path, project: Path) -> None:
    done = run(project, pytest_scripts / "pytest", "--collect-only", "--ignore-glob=*", "-s")
    assert "judge: http_contract http_contract.pytest_options\n" in done.stdout


def test_an_editable_judge_is_imported_by_an_isolated_python(project: Path) -> None:
    """Graders run python -I: it ignores the current folder, PYTHONPATH and the user's packages."""
    done = run(project, sys.executable, "-I", "-m", "http_contract", "rules", "--stage", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "listen-accepts" in done.stdout
