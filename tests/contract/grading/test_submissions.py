"""Submissions in a folder, and their digests."""

import os
from pathlib import Path

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading import submissions
from http_contract.grading.submissions import Submission, content_digest, digest, submissions_in
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


def sparse(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


def test_files_beyond_a_limit_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sparse(tmp_path / "a", submissions.MAX_READ)
    sparse(tmp_path / "b", 1)
    sparse(tmp_path / "c", 1024**4)

    def record(path: Path) -> bytes:
        read.append(path.name)
        return b""

    read: list[str] = []
    monkeypatch.setattr(submissions, "content_digest", record)
    before = submissions.folder_digest(tmp_path)
    assert read == ["a"]
    os.utime(tmp_path / "a", (0, 0))
    assert submissions.folder_digest(tmp_path) == before
    os.utime(tmp_path / "b", (0, 0))
    assert submissions.folder_digest(tmp_path) != before


def test_only_so_many_files_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "MAX_ENTRIES", 5)
    for folder in "abc":
        (tmp_path / folder).mkdir()
        for name in "123456":
            (tmp_path / folder / name).touch()
    assert len(list(submissions.files(tmp_path))) == 5


def test_a_file_that_is_gone_has_no_size(tmp_path: Path) -> None:
    assert submissions.size_of(tmp_path / "none") == 0


def test_names_are_sorted_as_people_sort(tmp_path: Path) -> None:
    names = ["Ann", "bob 2", "bob 10", "Émile", "Eve", "zoe", "Zoe"]
    for name in reversed(names):
        (tmp_path / name).mkdir()
    found, _ = submissions.submissions_in(tmp_path)
    assert [each.name for each in found] == ["Ann", "bob 2", "bob 10", "Émile", "Eve", "Zoe", "zoe"]


def test_an_archive_beside_folders_is_named(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    for name in ("bob.zip", "cid.TGZ", "notes.txt"):
        (tmp_path / name).touch()
    assert submissions.submissions_in(tmp_path)[1] == [
        "bob.zip: unpack this archive into a folder",
        "cid.TGZ: unpack this archive into a folder",
    ]
