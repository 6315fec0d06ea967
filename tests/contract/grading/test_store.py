"""The summary of a report, and the results and the seed that a folder stores."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from http_contract.client.server import Crash
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.errors import CannotJudge
from http_contract.grading.store import CUT, LONGEST_LINE, SEEDS, Store, load_seed, save_seed, shortened, summary
from http_contract.reports.json import render
from http_contract.reports.text import format_failure
from tests.contract.grading.classes import outcome, result
from tests.contract.reports import made
from tests.contract.reports.made import FAILED, HEARD, PUBLIC
from tests.contract.worded import odd

NAMES = ["ann", "../../ann", "x" * 255, os.fsdecode(b"caf\xe9"), "\u2028</script>", "-rf\n"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_stored(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "out" / "results")
    kept = result(name, outcome("listen-answers", text="\ud800\u2028\0</script>"))
    store.put(kept)
    found = store.get(name)
    assert found
    assert found.text() == kept.text()
    assert [len(list(folder.iterdir())) for folder in (tmp_path, tmp_path / "out", store.folder)] == [1, 1, 1]


def test_a_result_belongs_to_one_digest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(result("ann"))
    assert store.has("ann", "digest")
    assert not store.has("ann", "another")
    assert not store.has("bob", "digest")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"nam": 1}', "\x00"])
def test_a_result_that_cannot_be_read_is_missing(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(result("ann"))
    [file] = tmp_path.iterdir()
    file.write_text(text)
    assert not store.has("ann", "digest")


def test_all(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("cid", "ann", "old"):
        store.put(result(name))
    assert [found.name for found in store.all(["ann", "bob", "cid"])] == ["ann", "cid"]


def test_a_result_that_cannot_be_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.folder.rmdir()
    with pytest.raises(CannotJudge, match="/results: No such file or directory"):
        store.put(result("ann"))


def test_a_seed_is_stored(tmp_path: Path) -> None:
    assert 0 <= load_seed(tmp_path / "none") < SEEDS
    save_seed(tmp_path, -7)
    assert load_seed(tmp_path) == -7


@pytest.mark.parametrize("data", [b"", b"seven", b"\xff", None], ids=["empty", "a-word", "no-text", "a-folder"])
def test_a_seed_that_can_not_be_read_is_not_replaced(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "seed"
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)
    with pytest.raises(CannotJudge, match=r"/seed can't be read, or is not a number\. Delete it to draw another"):
        load_seed(tmp_path)


def test_a_seed_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="/none: No such file or directory"):
        save_seed(tmp_path / "none", 7)


@pytest.mark.parametrize(
    ("text", "short"),
    [("", ""), ("abcd", "abcd"), ("abcde", f"ab{CUT}de"), ("abcdefghi", f"ab{CUT}hi")],
    ids=["nothing", "fits", "one-too-many", "long"],
)
def test_shortened(text: str, short: str) -> None:
    assert shortened(text, 4) == short


def test_a_summary_contains_what_is_shown_of_a_report() -> None:
    many = made.outcome(
        "many", 3, "failed", *(odd(f"{number}", 7, HEARD) for number in range(20)), transcripts=(HEARD,)
    )
    explained = diagnosed(made.outcome("length", 3, "failed", odd("it is odd"), odd("later", 3, HEARD)))
    whole = made.report(many, diagnosed(FAILED), explained, *PUBLIC.outcomes, output="left out")
    short = summary(whole)
    assert list(map(format_failure, short.outcomes)) == list(map(format_failure, whole.outcomes))
    assert (short.scores, short.output) == (whole.scores, "")
    assert [len(each.transcripts) for each in short.outcomes] == [0] * len(short.outcomes)
    assert sum(failure.transcript is not None for failure in short.outcomes[0].failures) == 3
    assert len(render(short)) < len(render(whole))


def test_the_last_words_of_a_server_are_stored_unless_rules_are_hidden() -> None:
    crash = Crash("exit", 1, "GET / 200\n" * 100 + "x" * 1000 + "\nError: no\n    at server.js:3:4\nNode.js\n")
    died = made.outcome("died", 3, "failed", odd("it ended"), crash=crash)
    [outcome] = summary(made.report(died)).outcomes
    assert outcome.crash
    assert outcome.crash.output == "Error: no\n    at server.js:3:4\nNode.js"
    crash = Crash("exit", 1, "1\n" + "x" * 1000 + "\n2\n3\n4\n5\n")
    [outcome] = summary(made.report(replace(died, crash=crash))).outcomes
    assert outcome.crash
    assert outcome.crash.output == "x" * LONGEST_LINE + "\n2\n3\n4\n5"
    [outcome] = summary(made.report(died, hidden=frozenset({"other"}))).outcomes
    assert outcome.crash
    assert outcome.crash.output == ""
