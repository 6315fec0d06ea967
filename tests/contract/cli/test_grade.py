"""contract grade, as it is called."""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from http_contract.__main__ import main
from http_contract.grading import pool
from http_contract.sandbox.bubblewrap import NAMESPACES
from http_contract.sandbox.ports import free_port
from tests.contract.grading.classes import FIXED, JUDGE, Alive, judged, submission
from tests.contract.isolation import PYTHON, missing

PLACES = (Path(__file__).parents[3], Path.home(), Path("/srv"))  # one of which isolation does not empty anyway
SERVER = f"{sys.executable} -m http.server --bind 127.0.0.1 {{port}}"
GRADE = """
import sys
from http_contract.__main__ import main
from http_contract.grading import pool
pool.JUDGE = {}
main()
"""
RESULTS = ("results.csv", "results.html", "results.json")


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def grade(folder: Path, *options: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["grade", str(folder), *options])
    return result.exit_code, result.stdout, result.stderr


def rows(out: Path) -> dict[str, list[str]]:
    """Return the table's rows, by name, without the head."""
    return {name: rest for name, *rest in csv.reader((out / "results.csv").read_text("utf-8-sig").splitlines()[1:])}


# -- with the judge


def test_servers_are_judged(tmp_path: Path) -> None:
    own = os.fsdecode(b"caf\xe9")
    submission(tmp_path, own, toml=f"command = {json.dumps(SERVER)}\nstages = [2]")
    submission(tmp_path, "none of its own", toml="")
    submission(tmp_path, "gone", toml='command = "no-such-program"')
    code, said, complained = grade(tmp_path / "class", "--until", "1", "--jobs", "2", "--command", SERVER)
    assert code == 0, complained
    found = rows(tmp_path / "class-grades")
    assert found["caf\\udce9"] == found["none of its own"] == ["10", "10", "10", ""]
    why = "The command names a program that does not exist, or that may not be run."
    assert found["gone"] == ["0", "0", "10", why]
    assert said.endswith(
        f"results.csv, results.json, results.html and feedback for each learner are in {tmp_path}/class-grades\n"
    )


@pytest.mark.parametrize("names", [("ada",), pytest.param(("ada", "bob"), marks=pytest.mark.full)], ids=["one", "two"])
def test_a_fixed_port_without_reuse_address_is_judged(tmp_path: Path, names: tuple[str, ...]) -> None:
    """The second submission has the same port, and waits a minute until the system frees it."""
    port = free_port()
    for name in names:
        toml = f'command = "{sys.executable} -S server.py"\nport = {port}'
        made = submission(tmp_path, name, toml=toml)
        (made / "server.py").write_text(FIXED.replace("PORT", str(port)))
    code, _, complained = grade(tmp_path / "class", "--until", "1")
    assert code == 0, complained
    assert {tuple(row[:3]) for row in rows(tmp_path / "class-grades").values()} == {("8", "8", "10")}
    feedback = [file.read_text() for file in (tmp_path / "class-grades" / "feedback").rglob("*") if file.is_file()]
    assert ["SO_REUSEADDR" in text for text in feedback] == [True] * len(names)


@pytest.fixture
def outside() -> Iterator[Path]:
    """Yield a folder that an isolated server sees, unless it is hidden by its name."""
    empty = [Path(path) for option, path in pairwise(NAMESPACES) if option == "--tmpfs"]
    for place in PLACES:
        if not any(place.is_relative_to(path) for path in empty) and os.access(place, os.W_OK):
            with tempfile.TemporaryDirectory(prefix=".test-", dir=place) as folder:
                yield Path(folder)
            return
    missing(f"none of {', '.join(map(str, PLACES))} can be written to and is outside {', '.join(map(str, empty))}")


@pytest.mark.usefixtures("bubblewrap")
def test_an_isolated_server_sees_nothing_but_its_copy(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies, home, out = (outside / name for name in ("copies", "class", "class-grades"))
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    paths = [".", "..", *map(str, (copies, home, out))]
    looks = f"import os; print(*(len(os.listdir(path)) if os.path.exists(path) else 0 for path in {paths}))"
    for name in ("ann", "bob"):
        submission(outside, name, toml=f"command = {json.dumps(f'{PYTHON} looks.py')}")
        (home / name / "looks.py").write_text(looks)
    code, _, complained = grade(home, "--isolate", "--jobs", "2", "--until", "1")
    assert code == 0, complained
    for name in ("ann", "bob"):
        assert "exit status 0\n    3 1 1 0 0\n" in (out / "feedback" / name / "feedback.txt").read_text()
    assert list(copies.iterdir()) == []


# -- with one that takes no time


@pytest.mark.usefixtures("quick")
def test_a_class(tmp_path: Path) -> None:
    submission(tmp_path, "ann")
    submission(tmp_path, "bob", "say Error: the port is taken")
    submission(tmp_path, "cid", toml="")
    submission(tmp_path, "dan", toml="command =")
    submission(tmp_path, "=1+1\x1b[2J")
    (tmp_path / "class" / "out").symlink_to("/etc")
    code, said, complained = grade(tmp_path / "class", "--seed", "7")
    home, out = tmp_path / "class", tmp_path / "class-grades"
    assert code == 0
    assert said.splitlines() == [
        "    2 of 5 fail listen-answers",
        f"results.csv, results.json, results.html and feedback for each learner are in {out}",
    ]
    assert complained.splitlines()[:4] == [
        f"Ignored: out: leads out of {home}",
        "cid: 0 of 100 points (there is no command: neither in contract.toml, nor by --command)",
        "dan: 0 of 100 points (dan/contract.toml is not valid TOML in UTF-8: Invalid value (at end of document))",
        "5 submissions, 3 to judge (seed 7)",
    ]
    assert sorted(complained.splitlines()[4:]) == [
        "=1+1\\x1b[2J: 5 of 10 points",
        "ann: 5 of 10 points",
        "bob: 0 of 100 points (the port is taken)",
    ]
    assert rows(out) == {
        "'=1+1\\x1b[2J": ["5", "5", "10", ""],
        "ann": ["5", "5", "10", ""],
        "bob": ["", "0", "100", "the port is taken"],
        "cid": ["", "0", "100", "there is no command: neither in contract.toml, nor by --command"],
        "dan": ["", "0", "100", "dan/contract.toml is not valid TOML in UTF-8: Invalid value (at end of document)"],
    }
    assert sorted(path.name for path in out.iterdir()) == sorted([*RESULTS, "feedback", "results"])
    assert json.loads((out / "results.json").read_text())["failures"] == {"listen-answers": 2}
    assert "<td>ann</td>" in (out / "results.html").read_text()
    told = {file.parent.name: file.read_text().splitlines()[0] for file in out.glob("feedback/*/feedback.txt")}
    assert told == {
        **dict.fromkeys(["ann", "=1+1\x1b[2J"], "5 of 10 points: 1 MUST rule passed, 1 failed; 0 SHOULD rules failed"),
        **dict.fromkeys(["bob", "cid", "dan"], "0 of 100 points"),
    }


@pytest.mark.usefixtures("quick")
def test_what_is_judged_already_is_not_judged_again(tmp_path: Path) -> None:
    for name, do in (("ann", ""), ("bob", ""), ("cid", "say once more")):
        submission(tmp_path, name, do)
    home = tmp_path / "class"
    assert "3 submissions, 3 to judge" in grade(home)[2]
    assert "3 submissions, 1 to judge" in grade(home)[2]  # what could not be judged
    (home / "ann" / "server.py").touch()
    assert "3 submissions, 2 to judge" in grade(home)[2]
    assert sorted(judged(tmp_path)) == ["ann"] * 2 + ["bob"] + ["cid"] * 3
    assert "3 submissions, 3 to judge" in grade(home, "--seed", "1")[2]
    assert set(rows(tmp_path / "class-grades")) == {"ann", "bob", "cid"}


@pytest.mark.usefixtures("quick")
def test_a_seed_is_drawn_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submission(tmp_path, "ann")
    home = tmp_path / "class"
    drawn = iter([4711])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    assert "1 submissions, 1 to judge (seed 4711)" in grade(home)[2]
    assert "1 submissions, 1 to judge (seed 0)" in grade(home, "--seed", "0")[2]
    assert "1 submissions, 1 to judge (seed 4711)" in grade(home)[2]
    assert "1 submissions, 0 to judge (seed 4711)" in grade(home)[2]
    assert (tmp_path / "class-grades" / "seed").read_text() == "4711\n"


@pytest.mark.usefixtures("quick")
def test_what_a_submission_does_to_its_files_is_not_there_the_next_time(tmp_path: Path) -> None:
    submission(tmp_path, "ann", "spoil")
    home = tmp_path / "class"
    before = sorted(home.rglob("*"))
    assert "1 submissions, 1 to judge" in grade(home)[2]
    assert "1 submissions, 0 to judge" in grade(home)[2]
    assert "1 submissions, 1 to judge" in grade(home, "--seed", "1")[2]
    assert rows(tmp_path / "class-grades")["ann"] == ["5", "5", "10", ""]
    assert sorted(home.rglob("*")) == before


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("out", ["", "elsewhere"])
def test_where_results_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    submission(tmp_path, "ann")
    monkeypatch.chdir(tmp_path / "class")
    assert grade(Path(), *(["--out", f"../{out}"] if out else []))[0] == 0
    assert rows(tmp_path / (out or "class-grades")) == {"ann": ["5", "5", "10", ""]}


@pytest.mark.usefixtures("quick")
def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    submission(tmp_path, os.fsdecode(b"caf\xe9"))
    home = (tmp_path / "class").rename(tmp_path / os.fsdecode(b"\xe9t\xe9"))
    code, said, complained = grade(home)
    assert (code, complained.splitlines()[1]) == (0, "caf\\udce9: 5 of 10 points")
    assert said.endswith("\\udce9t\\udce9-grades\n")


def test_results_among_submissions(tmp_path: Path) -> None:
    submission(tmp_path, "ann")
    home = tmp_path / "class"
    failure = f"Error: The results cannot be among the submissions, in {home}/out. Choose another folder with --out.\n"
    assert grade(home, "--out", str(home / "out")) == (2, "", failure)


HIDDEN = """
from http_contract import Rule
RULES = [Rule(id="own", stage=3, sentence="It is.", hint="Be.", section="the service, /", check=print)]
"""


@pytest.mark.usefixtures("quick")
def test_what_there_is_to_make(tmp_path: Path) -> None:
    submission(tmp_path, "ann", toml="")
    hidden = tmp_path / "hidden.py"
    hidden.write_text(HIDDEN)
    assert (
        "ann: 0 of 12 points (there is no command" in grade(tmp_path / "class", "--until", "1", "--points", "1=12")[2]
    )
    chosen = ("--stage", "3", "--hidden", str(hidden), "--start-within", "5", "--timeout", "2", "--patience", "3")
    assert "ann: 0 of 10 points (there is no command" in grade(tmp_path / "class", *chosen)[2]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--stage", "7", "--until", "4"], "No rule is in these stages. Change --stage or --until."),
        (["--hidden", "missing.py"], "missing.py is not a Python file"),
        (["--points", "7"], "Invalid value for '--points': '7' is not a valid pair such as 7=20"),
        (["--route", "a=/b"], "Invalid value for '--route': 'a=/b' is not a valid pair such as /test=/blog"),
        (["--start-within", "0"], "Invalid value for '--start-within': '0' is not a valid number of seconds"),
        (["--timeout", "inf"], "Invalid value for '--timeout': 'inf' is not a valid number of seconds"),
        (["--patience", "x"], "Invalid value for '--patience': 'x' is not a valid number of seconds"),
        (["--hide", "x"], "--hide needs --isolate. Add --isolate, or remove --hide."),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_bad_options_are_told_before_anything_is_judged(tmp_path: Path, options: list[str], why: str) -> None:
    submission(tmp_path, "ann")
    code, said, complained = grade(tmp_path / "class", *options)
    assert (code, said) == (2, "")
    assert complained.startswith("Error: ")
    assert why in complained
    assert len(complained.splitlines()) == 1
    assert not (tmp_path / "class-grades").exists()


def test_results_that_can_not_be_kept(tmp_path: Path) -> None:
    submission(tmp_path, "ann")
    out = tmp_path / "file" / "out"
    out.parent.touch()
    failure = f"Error: {out}/results: Not a directory\n"
    assert grade(tmp_path / "class", "--out", str(out)) == (2, "", failure)


@pytest.mark.usefixtures("quick")
def test_a_table_that_can_not_be_written(tmp_path: Path) -> None:
    submission(tmp_path, "ann")
    out = tmp_path / "class-grades"
    (out / "results.csv").mkdir(parents=True)
    code, said, complained = grade(tmp_path / "class")
    assert (code, said, complained.splitlines()[-1]) == (2, "", f"Error: {out}: Is a directory")


@pytest.mark.parametrize("gone", ["stdout", "stderr"])
def test_nobody_has_to_read_what_is_said(tmp_path: Path, gone: str) -> None:
    for name in ("ann", "bob"):
        submission(tmp_path, name)
    command = [sys.executable, "-c", GRADE.format(JUDGE), "grade", str(tmp_path / "class")]
    reading, writing = os.pipe()
    os.close(reading)
    other: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {gone: writing}
    with subprocess.Popen(command, text=True, **other) as process:
        os.close(writing)
        said, complained = process.communicate()
    assert process.returncode == 0
    assert (said or complained).startswith("2 submissions" if gone == "stdout" else "    2 of 2")
    assert rows(tmp_path / "class-grades").keys() == set(judged(tmp_path)) == {"ann", "bob"}


@pytest.mark.usefixtures("quick")
def test_a_bar_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    submission(tmp_path, "ann")
    code, _, complained = grade(tmp_path / "class")
    assert code == 0
    assert "1/1" in complained
    assert "ann:" not in complained


# -- stopped


def test_ctrl_c_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> Iterator[None]:
        raise KeyboardInterrupt

    submission(tmp_path, "ann")
    monkeypatch.setattr("http_contract.cli.grade.results", stopped)
    code, said, complained = grade(tmp_path / "class")
    assert (code, said) == (130, "")
    assert complained.endswith("Stopped. Run the same command to continue.\n")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_what_is_done_is_kept_and_no_process_left(tmp_path: Path, number: int) -> None:
    submission(tmp_path, "ann")
    last = submission(tmp_path, "bob", "hang")
    transcript, home = Alive(tmp_path), tmp_path / "class"
    command = [sys.executable, "-c", GRADE.format(JUDGE), "grade", str(home), "--jobs", "1", "--seed", "7"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert process.stderr.readline() == "2 submissions, 2 to judge (seed 7)\n"
        assert process.stderr.readline() == "ann: 5 of 10 points\n"
        assert transcript.begun()
        process.send_signal(number)
        assert process.stderr.read() == "Stopped. Run the same command to continue.\n"
    assert process.returncode == 128 + number
    assert transcript.gone()
    (last / "do").write_text("report It does not answer.")
    assert "2 submissions, 1 to judge" in grade(home, "--seed", "7")[2]
    assert judged(tmp_path) == ["ann", "bob", "bob"]


# -- on a cluster


@pytest.mark.usefixtures("quick")
def test_a_cluster(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        submission(tmp_path, name)
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as local:  # type: ignore[no-untyped-call]
        code, _, complained = grade(tmp_path / "class", "--dask", local.scheduler_address)
    assert code == 0, complained
    assert rows(tmp_path / "class-grades").keys() == {"ann", "bob"}


def test_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CLUSTER_TIMEOUT", "50ms")
    submission(tmp_path, "ann")
    code, said, complained = grade(tmp_path / "class", "--dask", "tcp://127.0.0.1:1")
    [_, error] = complained.splitlines()
    assert (code, said) == (2, "")
    assert error.startswith("Error: no Dask scheduler answers at tcp://127.0.0.1:1: ")


# -- a thousand
