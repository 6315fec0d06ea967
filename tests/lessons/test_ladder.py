"""The ladder as a whole: its form, its commands as a reader types them, its README, and the points that it promises."""

import ast
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sidebyside.lessons.cli import lessons
from sidebyside.lessons.ladder import LESSONS, Rung, find_rung, load_rungs
from sidebyside.lessons.measure import FILE, load_measured, measure, points
from sidebyside.lessons.readme import FIGURE, README, render_figure, render_readme
from sidebyside.lessons.running import Place, with_this_python
from tests.lessons.conftest import PATIENCE, Start

RUNGS = load_rungs()
SHORTEST, LONGEST = 7, 60  # lines of code

each_rung = pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)


def test_every_file_is_a_rung_in_its_order() -> None:
    names = [path.stem for path in sorted(LESSONS.glob("*.py"))]
    assert [rung.name for rung in RUNGS] == names
    assert [rung.number for rung in RUNGS] == [f"{number:02}" for number in range(1, len(names) + 1)]


@each_rung
def test_a_rung_is_short_and_needs_the_standard_library_only(rung: Rung) -> None:
    assert SHORTEST <= rung.length <= LONGEST
    assert len((ast.get_docstring(ast.parse(rung.source)) or "").splitlines()) == 2
    assert rung.limit.startswith("It cannot ")
    nodes = [node for node in ast.walk(ast.parse(rung.source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in modules} <= sys.stdlib_module_names


def shell(command: str, place: Place) -> str:
    """Return what a command of README prints, with the Python of the tests."""
    done = subprocess.run(
        ["bash", "-c", with_this_python(place.fill(command))],
        cwd=LESSONS.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


@each_rung
def test_each_command_prints_what_the_page_says(rung: Rung, start: Start) -> None:
    place = Place() if rung.alone else start(rung.server or rung.name).place
    for command, text in zip(rung.talk, rung.prints, strict=True):
        assert place.fill(text) in shell(command, place)


def test_the_page_is_up_to_date() -> None:
    assert README.read_text() == render_readme(), "run: python -m sidebyside.lessons.readme"
    assert FIGURE.read_text() == render_figure()


@pytest.mark.full
@each_rung
def test_what_was_measured_is_still_true(rung: Rung) -> None:
    assert measure(rung) == load_measured().get(rung.name, {}), f"run: python -m sidebyside.lessons.measure ({FILE})"


def test_the_last_rung_by_hand_passes_the_first_four_stages() -> None:
    assert points(find_rung("33")) == [10, 10, 10, 10]


def test_the_list_names_every_rung() -> None:
    output = CliRunner().invoke(lessons, []).output
    assert [rung.number for rung in RUNGS if f"{rung.number}  " not in output] == []


def test_two_rungs_are_compared_by_what_the_second_has_gained() -> None:
    result = CliRunner().invoke(lessons, ["compare", "23", "24"])
    assert result.exit_code == 1
    assert "- HTTP/1.1 404 Not Found\\r\\n\n+ HTTP/1.1 200 OK\\r\\n" in result.output


def test_two_rungs_that_send_back_the_same() -> None:
    result = CliRunner().invoke(lessons, ["compare", "22", "23", "--send", r"GET /x HTTP/1.1\r\n\r\n"])
    assert (result.exit_code, "The two send back the same bytes." in result.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "99"], "99 is not a rung of the ladder"),
        (["compare", "1", "2"], "01_addresses does not listen on a TCP port"),
        (["compare", "11", "12"], "Choose some: --send"),
        (["compare", "3", "10", "--send", r"\x"], "is not a valid escape"),
        (["compare", "7", "8", "--send", "x"], "07_udp_echo does not listen on a TCP port"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_named(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(lessons, arguments)
    assert (result.exit_code, message in result.output) == (2, True)


def test_a_rung_is_started_for_its_reader() -> None:
    command = [sys.executable, "-m", "sidebyside", "lessons", "run", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        output = ""
        while "Press Ctrl-C" not in output:
            line = process.stdout.readline()
            assert line
            output += line
        port = re.findall(r"18_line_client.py ([0-9]+)", output)[0]
        assert "olleh" in shell(f"echo hello | python lessons/18_line_client.py {port}", Place())
        process.terminate()
        assert process.wait(PATIENCE) == 130


def test_a_program_that_runs_by_itself_is_only_shown() -> None:
    result = CliRunner().invoke(lessons, ["run", "1"])
    assert "python lessons/01_addresses.py 80" in result.output
