"""Copies of submissions: what is copied, what is not, and what is left of them."""

import os
import shutil
import socket
import tempfile
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest

from http_contract.errors import CannotJudge
from http_contract.sandbox import copies
from http_contract.sandbox.copies import MAX_SIZE, copied, remove


def deep(folder: Path, levels: int) -> None:
    """Make folders in folders, deeper than a path can tell."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d" * 100, dir_fd=here)
        here, above = os.open("d" * 100, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)


def test_what_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("source", "__pycache__", "empty", "source/again"):
        Path(name).mkdir()
    for name in ("run", "source/main", "source/again/deeper", "__pycache__/main.pyc"):
        Path(name).write_text(name)
    Path("run").chmod(0o755)
    for name, target in (("link", "source"), ("out", "/etc"), ("round", "round"), ("nowhere", "nothing")):
        Path(name).symlink_to(target)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    with copied(tmp_path, "ann", Event()) as copy:
        found = sorted(str(path.relative_to(copy)) for path in copy.rglob("*"))
        links = {path.name: os.readlink(path) for path in copy.iterdir() if path.is_symlink()}
        assert os.access(copy / "run", os.X_OK)
        assert (copy / "source/again/deeper").read_text() == "source/again/deeper"
        assert [path.name for path in copy.parent.iterdir()] == ["ann"]
    names = "empty link nowhere out round run source source/again source/again/deeper source/main"
    assert found == names.split()
    assert links == {"link": "source", "out": "/etc", "round": "round", "nowhere": "nothing"}
    assert not copy.parent.exists()


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> NoReturn:
        raise PermissionError

    (tmp_path / "server.py").touch()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", forbidden)
        with copied(tmp_path, "ann", Event()) as copy:
            assert list(copy.iterdir()) == []
    monkeypatch.setattr(os, "scandir", forbidden)
    with copied(tmp_path, "ann", Event()) as copy:
        assert os.listdir(copy) == []


def test_folders_that_cannot_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for name in ("temporary", "own"):
        (tmp_path / name).mkdir()
    deep(tmp_path / "own", 50)
    with (
        pytest.raises(CannotJudge, match="it can't be copied: File name too long"),
        copied(tmp_path / "own", "ann", Event()),
    ):
        pass
    monkeypatch.setattr(shutil, "copy2", full)
    (tmp_path / "own" / "server.py").touch()
    with (
        pytest.raises(CannotJudge, match="it can't be copied: No space left"),
        copied(tmp_path / "own", "ann", Event()),
    ):
        pass
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_submission_that_is_too_large_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sparse").touch()
    os.truncate(tmp_path / "own" / "sparse", MAX_SIZE + 1)
    monkeypatch.setattr(shutil, "copy2", pytest.fail)
    too_much = pytest.raises(CannotJudge, match="it can't be copied: its files have more than 1073741824 bytes")
    with too_much, copied(tmp_path / "own", "ann", Event()):
        pass


def test_the_size_limit_is_for_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MAX_SIZE", 20_000)
    for name, size in (("one", 10_000), ("folder/other", 10_001)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    with pytest.raises(CannotJudge, match="more than 20000 bytes"), copied(tmp_path, "ann", Event()):
        pass


def test_copying_ends_between_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def first(*_: object, **__: object) -> None:
        assert not stopped.is_set()
        stopped.set()

    stopped = Event()
    for name in ("one", "other"):
        (tmp_path / name).touch()
    monkeypatch.setattr(shutil, "copy2", first)
    with pytest.raises(CannotJudge, match="judging was stopped"), copied(tmp_path, "ann", stopped):
        pass


def test_all_is_removed(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    deep(own, 1500)
    (own / "locked").mkdir(0)
    remove(own)
    assert not own.exists()


def test_secrets_are_not_copied(tmp_path: Path) -> None:
    for name in ("hidden.py", "server.py"):
        (tmp_path / name).touch()
    with copied(tmp_path, "ann", omitted=[tmp_path / "hidden.py"]) as copy:
        assert os.listdir(copy) == ["server.py"]


def test_a_submission_of_too_many_files_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MAX_ENTRIES", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
    with pytest.raises(CannotJudge, match="it has more than 2 files and folders"), copied(tmp_path, "ann", Event()):
        pass
