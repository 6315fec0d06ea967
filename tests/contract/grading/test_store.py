"""What is kept of results, between one run and the next."""

import os
from pathlib import Path

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading.store import SEEDS, Store, keep_seed, kept_seed
from tests.contract.grading.classes import outcome, result

NAMES = ["ann", "../../ann", "x" * 255, os.fsdecode(b"caf\xe9"), "\u2028</script>", "-rf\n"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_kept(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "out" / "results")
    kept = result(name, outcome("listen-answers", text="\ud800\u2028\0</script>"))
    store.put(kept)
    found = store.get(name)
    assert found
    assert found.text() == kept.text()
    assert [len(list(folder.iterdir())) for folder in (tmp_path, tmp_path / "out", store.folder)] == [1, 1, 1]


def test_it_is_for_just_this_submission(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(result("ann"))
    assert store.has("ann", "digest")
    assert not store.has("ann", "another")
    assert not store.has("bob", "digest")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"nam": 1}', "\x00"])
def test_what_can_not_be_read_is_not_there(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(result("ann"))
    [file] = tmp_path.iterdir()
    file.write_text(text)
    assert not store.has("ann", "digest")


def test_all_that_are_asked_for(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("cid", "ann", "old"):
        store.put(result(name))
    assert [found.name for found in store.all(["ann", "bob", "cid"])] == ["ann", "cid"]


def test_a_result_that_can_not_be_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    store.folder.rmdir()
    with pytest.raises(CannotJudge, match="/results: No such file or directory"):
        store.put(result("ann"))


def test_a_seed_that_is_kept(tmp_path: Path) -> None:
    assert 0 <= kept_seed(tmp_path / "none") < SEEDS
    keep_seed(tmp_path, -7)
    assert kept_seed(tmp_path) == -7


@pytest.mark.parametrize("data", [b"", b"seven", b"\xff", None], ids=["empty", "a-word", "no-text", "a-folder"])
def test_a_seed_that_can_not_be_read_is_not_replaced(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "seed"
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)
    with pytest.raises(CannotJudge, match="/seed can't be read, or holds no number: without it, another"):
        kept_seed(tmp_path)


def test_a_seed_that_can_not_be_kept(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="/none: No such file or directory"):
        keep_seed(tmp_path / "none", 7)
