"""The summary of a report, and the results and the seed that a folder stores."""

import os
from pathlib import Path

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading.store import CUT, LONGEST, SEEDS, Store, load_seed, save_seed, shortened, summary
from tests.contract.grading.classes import result

NAMES = ["ann", "../../ann", "x" * 255, os.fsdecode(b"caf\xe9"), "\u2028</script>", "-rf\n"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_stored(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "out" / "results")
    kept = result(name, {"id": "listen-answers", "told": "\ud800\u2028\0</script>"})
    store.put(kept)
    assert store.get(name) == kept
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


def test_summary() -> None:
    known = {
        "id": "own",
        "stage": 1,
        "level": "MUST",
        "hidden": False,
        "counts": True,
        "verdict": "failed",
        "reason": "",
    }
    stage = {"stage": 1, "points": 5, "worth": 10}
    whole = {"target": "./serve", "points": 5, "most": 10, "stopped": ""}
    told = "x" * 2 * LONGEST + "the last line"
    report = {
        **whole,
        "output": "left out",
        "stages": [{**stage, "title": "left out"}],
        "rules": [{**known, "told": told, "conversations": ["left out"]}],
    }
    found = summary(report)
    assert found == {**whole, "stages": [stage], "rules": [{**known, "told": shortened(told, LONGEST)}]}
    assert found["rules"][0]["told"].endswith("the last line")
