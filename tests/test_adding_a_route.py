"""docs/adding-a-route.md: its steps, applied to a copy of the code."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "adding-a-route.md"
PACKAGES = ("shared_views", "raw_router", "flask_app", "django_project", "sidebyside")
ADD = r"Add this to `([^`]+)`, above the line that begins with `([^`]+)`".replace(" ", r"\s+")
STEP = re.compile(rf"(?:{ADD}|Create `([^`]+)`):\n\n```\w*\n(.*?)```", re.DOTALL)
SCRIPT = """
from tests.serving import HANDLERS, exchange, serving

for handler in HANDLERS.values():
    with serving(handler) as port:
        print(exchange(port, b"GET /shout/a%3Cb HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n").decode())
"""


def apply(folder: Path) -> None:
    """Apply the steps of the document to a copy of the code."""
    text = DOCUMENT.read_text()
    steps = STEP.findall(text)
    assert len(steps) == text.count("```") // 2
    for file, beginning, new, code in steps:
        if new:
            (folder / new).write_text(code)
        else:
            insert(folder / file, beginning, code)


def insert(file: Path, beginning: str, code: str) -> None:
    lines = file.read_text().splitlines(keepends=True)
    [place] = [number for number, line in enumerate(lines) if line.lstrip().startswith(beginning)]
    file.write_text("".join([*lines[:place], code, *lines[place:]]))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        ROOT / "tests", folder / "tests", ignore=lambda *_: set(os.listdir(ROOT / "tests")) - {"serving.py"}
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    apply(folder)
    return folder


def run(folder: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-P", *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_all_three_serve_the_new_page(copy: Path) -> None:
    responses = run(copy, "-c", SCRIPT)
    assert responses.count("HTTP/1.1 200 OK") == 3
    assert responses.count("<h1>A&lt;B!</h1>") == 3


def test_the_three_tables_agree(copy: Path) -> None:
    output = run(copy, "-m", "sidebyside", "routes")
    [message] = re.findall(r'the message "(.+?)"', DOCUMENT.read_text().replace("\n", " "))
    assert message in output
    functions = re.findall(r"(?m)^  (raw|flask|django) +(shout|Shout\.get) ", output)
    assert functions == [("raw", "shout"), ("flask", "shout"), ("django", "Shout.get")]


@pytest.mark.parametrize("command", re.findall(r"(?m)^    \.venv/bin/(sidebyside compare .*)$", DOCUMENT.read_text()))
def test_the_three_responses_are_identical(copy: Path, command: str) -> None:
    run(copy, "-m", *shlex.split(command))


def test_the_index_links_to_it(copy: Path) -> None:
    responses = run(copy, "-c", SCRIPT.replace("/shout/a%3Cb", "/"))
    assert responses.count('href="/shout/hello"') == 3
