"""Submissions in a folder, their digests, and their copies."""

import os
import shutil
import socket
import tempfile
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading import submissions
from http_contract.grading.submissions import (
    MAX_SIZE,
    Submission,
    content_digest,
    copied,
    digest,
    remove,
    submissions_in,
)
from tests.contract.grading.classes import DEEP, lay

ODD = ["-rf", " ", 'a "b" c', "it's $HOME;*", "new\nline", "É\u2028", "=1+1", "x" * 255, os.fsdecode(b"caf\xe9")]


@pytest.mark.parametrize("name", ODD)
def test_any_name_is_valid(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    [found], passed_over = submissions_in(tmp_path)
    assert (found.name, found.folder, passed_over) == (name, tmp_path / name, [])


def test_entries_that_are_not_submissions(tmp_path: Path) -> None:
    home = tmp_path / "class"
    for folder in ("class/bob", "class/.git", "class/ann", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    (home / "notes.txt").touch()
    for name, target in (("again", "ann"), ("out", "../elsewhere"), ("round", "round"), ("nowhere", "nothing")):
        (home / name).symlink_to(target)
    found, passed_over = submissions_in(home)
    assert [submission.name for submission in found] == ["again", "ann", "bob"]
    assert passed_over == [f"out: leads out of {home}"]


def test_no_submissions(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="contains no submissions: each must be a folder"):
        submissions_in(tmp_path)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="No such file or directory"):
        submissions_in(tmp_path / "none")


def test_one_submission_is_no_class(tmp_path: Path) -> None:
    (tmp_path / "contract.toml").touch()
    (tmp_path / "src").mkdir()
    with pytest.raises(CannotJudge, match="looks like one submission, since it has a"):
        submissions_in(tmp_path)


@pytest.mark.parametrize(("files", "home"), DEEP.values(), ids=DEEP)
def test_one_folder_too_deep(tmp_path: Path, files: list[str], home: str) -> None:
    lay(tmp_path / "mia", files)
    assert submissions_in(tmp_path)[0] == [Submission("mia", tmp_path / "mia" / home)]


def test_what_changes_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.py"
    digests = [digest(tmp_path, [])]
    file.write_text("a")
    digests.append(digest(tmp_path, []))
    file.write_text("b")
    digests.append(digest(tmp_path, []))
    file.rename(tmp_path / "main.py")
    digests.append(digest(tmp_path, []))
    digests.append(digest(tmp_path, ["a", "b"]))
    digests.append(digest(tmp_path, ["ab"]))
    monkeypatch.setattr(submissions, "judge_digest", lambda: b"another judge")
    digests.append(digest(tmp_path, ["ab"]))
    assert len(set(digests)) == len(digests)


def test_folders_whose_path_is_too_long(tmp_path: Path) -> None:
    (tmp_path / "server.py").touch()
    step, here = "d" * 200, os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(step, dir_fd=here)
        here, above = os.open(step, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    assert list(submissions.files(tmp_path)) == [tmp_path / "server.py"]


def test_what_does_not_change_a_digest(tmp_path: Path) -> None:
    (tmp_path / "server.py").touch()
    before = digest(tmp_path, ["a"])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "server.pyc").touch()
    (tmp_path / "loop").symlink_to("..")
    os.utime(tmp_path / "server.py", (0, 0))
    assert digest(tmp_path, ["a"]) == before


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert content_digest(tmp_path / "none") == b""


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    file.touch()
    os.truncate(file, submissions.MAX_SIZE + 1)
    assert content_digest(file) == b""


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
    monkeypatch.setattr(submissions, "MAX_SIZE", 20_000)
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
