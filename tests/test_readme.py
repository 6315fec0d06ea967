"""README, CONTRIBUTING and the documents beside them: figures, links, paths and command lines are right."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click
import pytest

from http_contract.__main__ import main as contract
from sidebyside.__main__ import main as sidebyside

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += [ROOT / "docs" / f"{name}.md" for name in ("specification", "adding-a-route")]
DOCUMENTS += [ROOT / "guests" / "README.md"]
PROGRAMS: dict[str, Any] = {"contract": contract, "sidebyside": sidebyside}
FILE = re.compile(r"`((?:\.?[\w-]+/)+(?:[\w-]+\.(?:py|md|toml|json))?)`")  # a path, of a file or of a folder
GENERATED = {".venv/"}
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)


def test_readme_is_short() -> None:
    assert len(README.splitlines()) < 160


# -- figures

RESULTS = json.loads((ROOT / "docs" / "bench.json").read_text())


def rates(workload: str, peer: str) -> dict[int, float]:
    """Return the requests a second of each round."""
    rows = [row for row in RESULTS["measurements"] if (row["workload"], row["peer"]) == (workload, peer)]
    return {row["round"]: row["rate"] for row in rows}


def ratio(workload: str, peer: str, other_workload: str, other: str) -> float:
    own, others = rates(workload, peer), rates(other_workload, other)
    return median(own[number] / others[number] for number in own)


def growth(path: str) -> float:
    times = {
        row["routes"]: median(row["microseconds"])
        for row in RESULTS["growth"]
        if (row["router"], row["path"]) == ("raw_router", path)
    }
    return float(times[max(times)] / times[min(times)])


def idle_memory() -> float:
    rows = [row for row in RESULTS["measurements"] if (row["workload"], row["peer"]) == ("idle", "raw_router")]
    return float(median(row["idle_memory"] for row in rows))


def frameworks(driver: str, server: str) -> list[float]:
    return [
        ratio("same", f"{name} on raw_router {driver}", "same", f"{name} on {server}") for name in ("flask", "django")
    ]


OURS = "raw_router"
MEASURED = [
    [ratio("same", OURS, "same", "bjoern")],
    [ratio("same", OURS, "same", "nginx")],
    [ratio("same", OURS, "same", "uvicorn")],
    [ratio("same", OURS, "same", "bare loop")],
    [ratio("browser", OURS, "browser", "uvicorn")],
    [ratio("browser", OURS, "browser", "bjoern")],
    [ratio("browser", OURS, "browser", "nginx")],
    [ratio("idle", OURS, "same", OURS)],
    [ratio("connect", OURS, "connect", "uvicorn")],
    frameworks("events", "granian"),
    frameworks("events", "gunicorn"),
    frameworks("threads", "granian"),
    frameworks("threads", "gunicorn"),
    [idle_memory()],
    [growth("first static path"), growth("last static path")],
]


def goals() -> list[tuple[str, str, str, str]]:
    [rows] = re.findall(r"(?m)^\| Goal \| Target .*\n\|[-:|]+\|\n((?:\|.*\n)+)", README)
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows.splitlines()]


def number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.mark.parametrize(
    ("goal", "measured"), list(zip(goals(), MEASURED, strict=True)), ids=lambda value: str(value)[:40]
)
def test_a_figure(goal: tuple[str, str, str, str], measured: list[float]) -> None:
    title, target, figures, verdict = goal
    written = [number(figure) for figure in figures.split(" and ")]
    assert written == pytest.approx(measured, abs=0.5 if "bytes" in title else 0.005)
    reached = [each <= number(target) if "at most" in title else each >= number(target) for each in written]
    frameworks_missed = [name for name, ok in zip(("Flask", "Django"), reached, strict=False) if not ok]
    several = {0: "both reached", 1: f"{' '.join(frameworks_missed)} missed", 2: "both missed"}
    assert verdict == (
        several[len(frameworks_missed)] if len(reached) == 2 else "reached" if all(reached) else "missed"
    )


def test_the_goals_are_counted() -> None:
    count = sum(len(measured) for measured in MEASURED)
    missed = sum({"missed": 1, "both missed": 2}.get(verdict, verdict.endswith(" missed")) for *_, verdict in goals())
    words = {20: "twenty", 13: "thirteen"}
    assert f"Of {words[count]} goals, {words[count - missed]} were reached" in " ".join(README.split())


# -- links, paths, command lines


def anchors(document: Path) -> set[str]:
    """Return the names by which GitHub links to the headings of a document."""
    titles = re.findall(r"(?m)^#+ (.*)$", document.read_text())
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_document
def test_links(document: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", document.read_text()):
        linked = document.parent / target if target else document
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), anchor


@each_document
def test_paths(document: Path) -> None:
    paths = set(FILE.findall(document.read_text())) - GENERATED
    assert [path for path in paths if not (ROOT / path).exists()] == []


def command_lines() -> Iterator[object]:
    for document in DOCUMENTS:
        for line in re.findall(r"(?m)^    (?:\.venv/bin/)?((?:contract|sidebyside) .*)$", document.read_text()):
            yield pytest.param(line, id=f"{document.stem}: {line}")


@pytest.mark.parametrize("line", list(command_lines()))
def test_a_command_line(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command accepts the options; the command's own tests run it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "submissions").mkdir()
    program, name, *arguments = shlex.split(line, comments=True)
    main = PROGRAMS[program]
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, arguments).close()


def test_options_of_make_run() -> None:
    page = sidebyside.get_command(click.Context(sidebyside), "page")
    assert page is not None
    for arguments in re.findall(r"make run ARGS='(.*?)'", " ".join(README.split())):
        page.make_context("page", arguments.split()).close()
