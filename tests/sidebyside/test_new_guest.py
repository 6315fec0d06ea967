"""A new guest: what CONTRIBUTING.md shows is all that it takes, in a second checkout in a temporary folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sidebyside.checkout import ROOT

PACKAGES = ("shared_views", "raw_router", "flask_app", "django_project", "guests", "sidebyside")
SECTION = Path(ROOT, "CONTRIBUTING.md").read_text().partition("## Add a guest")[2].partition("\n## ")[0]
MODULE, ADAPTER = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
[ROW] = re.findall(r"`(Guest\(.*\),)`", SECTION)
CODE = "from pathlib import Path; from sidebyside.page.guest_code import code_of, guest_named; "
CODE += "print(code_of('parameter', guest_named('werkzeug'), Path('.'))[-1].text)"


def insert(file: Path, before: str, text: str) -> None:
    """Insert a text before another one, which occurs once in a file."""
    start, found, end = file.read_text().partition(before)
    assert found
    assert before not in end
    file.write_text(start + text + found + end)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout with the guest that CONTRIBUTING.md adds: a module, a line of a table, and an adapter."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        shutil.copytree(Path(ROOT, package), folder / package)
    (folder / "guests" / "werkzeug.py").write_text(MODULE)
    insert(folder / "guests" / "__init__.py", '    Guest("bottle"', f"    {ROW}\n")
    adapters = folder / "sidebyside" / "route_tables" / "adapters.py"
    insert(adapters, "ADAPTERS: ", f"{ADAPTER}\n\n")
    insert(adapters, '    "bottle": bottle,', '    "werkzeug": werkzeug,\n')
    return folder


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["routes", "--with", "werkzeug"], ["guests/werkzeug.py:13", "! werkzeug has no /form"]),
        (["compare", "GET", "/hello/you", "--with", "werkzeug"], ["werkzeug", "HTTP/1.1 200 OK"]),
        (["serve", "--with", "werkzoig"], ["Did you mean 'werkzeug'?"]),
        pytest.param(
            ["matrix", "--guests", "--only", "werkzeug", "--stage", "1"],
            ["werkzeug  raw_router"],
            marks=pytest.mark.full,
        ),
    ],
    ids=["routes", "compare", "near names", "matrix"],
)
def test_a_guest_is_a_module_and_a_line_and_an_adapter(arguments: list[str], lines: list[str], checkout: Path) -> None:
    output = run(["-m", "sidebyside", *arguments], checkout)
    assert all(line in output for line in lines), output


def test_the_page_finds_its_code(checkout: Path) -> None:
    assert run(["-c", CODE], checkout).startswith("def hello(request, name):")


def run(command: list[str], checkout: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
