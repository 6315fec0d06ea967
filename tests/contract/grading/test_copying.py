"""Copies of submissions, whatever these hold."""

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

from contract.errors import CannotJudge
from contract.grading.copying import copied, remove


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
    with copied(tmp_path, "ann") as copy:
        found = sorted(str(path.relative_to(copy)) for path in copy.rglob("*"))
        links = {path.name: os.readlink(path) for path in copy.iterdir() if path.is_symlink()}
        assert os.access(copy / "run", os.X_OK)
        assert (copy / "source/again/deeper").read_text() == "source/again/deeper"
        assert [path.name for path in copy.parent.iterdir()] == ["ann"]
    names = "empty link nowhere out round run source source/again source/again/deeper source/main"
    assert found == names.split()
    assert links == {"link": "source", "out": "/etc", "round": "round", "nowhere": "nothing"}
    assert not copy.parent.exists()


def test_what_is_not_ours_to_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> NoReturn:
        raise PermissionError

    (tmp_path / "server.py").touch()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", forbidden)
        with copied(tmp_path, "ann") as copy:
            assert list(copy.iterdir()) == []
    monkeypatch.setattr(os, "scandir", forbidden)
    with copied(tmp_path, "ann") as copy:
        assert os.listdir(copy) == []


def test_what_can_not_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for name in ("temporary", "own"):
        (tmp_path / name).mkdir()
    deep(tmp_path / "own", 50)
    with pytest.raises(CannotJudge, match="it can't be copied: File name too long"), copied(tmp_path / "own", "ann"):
        pass
    monkeypatch.setattr(shutil, "copy2", full)
    (tmp_path / "own" / "server.py").touch()
    with pytest.raises(CannotJudge, match="it can't be copied: No space left"), copied(tmp_path / "own", "ann"):
        pass
    assert list((tmp_path / "temporary").iterdir()) == []


def test_all_is_removed(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    deep(own, 1500)
    (own / "locked").mkdir(0)
    remove(own)
    assert not own.exists()
