"""Writing a report: all of it or nothing, and into no other place."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_contract.reports.files import FORMATS, make_way, unlock, write, written_or_gone
from tests.contract.reports.made import PERFECT, PUBLIC, REPORTS


@pytest.fixture(params=[0o022, 0o077], ids=["umask-022", "umask-077"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_every_format_is_written(format: str, name: str, tmp_path: Path) -> None:
    write(REPORTS[name], format, tmp_path / "report")
    assert (tmp_path / "report").read_text("utf-8") == FORMATS[format](REPORTS[name])
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_formats_are_named() -> None:
    assert list(FORMATS) == ["json", "junit", "har", "gradescope", "classroom50", "github"]


def test_the_mode_is_as_umask_wants(tmp_path: Path, umask: int) -> None:
    write(PERFECT, "json", str(tmp_path / "report"))
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o666 & ~umask


def test_another_report_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old")
    with path.open() as reading:
        write(PERFECT, "json", path)
        assert reading.read() == "old"
    assert path.read_text() == FORMATS["json"](PERFECT)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    treasure, path = tmp_path / "treasure", tmp_path / "report"
    treasure.write_text("gold")
    path.symlink_to(treasure)
    write(PERFECT, "json", path)
    assert (treasure.read_text(), path.is_symlink()) == ("gold", False)


def test_a_name_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(PERFECT, "json", "report")
    assert (tmp_path / "report").exists()


def test_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    write(PERFECT, "github", f"/dev/fd/{writing}")
    os.close(writing)
    with open(reading) as pipe:
        assert pipe.read() == FORMATS["github"](PERFECT)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(PERFECT, "json", tmp_path / "nowhere" / "report")


def test_a_folder_in_its_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    with pytest.raises(IsADirectoryError):
        write(PERFECT, "json", tmp_path / "report")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write(PERFECT, "json", tmp_path / "report")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(PUBLIC, "json", tmp_path / "report")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report": FORMATS["json"](PERFECT)}


def forge(path: Path, kind: str) -> None:
    """Put something in the place of a report, as a submission may do."""
    if kind == "folder":
        (path / "a" / "b").mkdir(parents=True)
    elif kind == "link":
        path.symlink_to("forged")
    else:
        path.write_text("forged")


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_a_submission_put_there_is_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "locked" / "report"
    path.parent.mkdir()
    forge(path, kind)
    path.parent.chmod(0o500)
    make_way(path)
    write(PERFECT, "json", path)
    assert path.read_text() == FORMATS["json"](PERFECT)
    assert not path.is_symlink()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "none"])
def test_nothing_forged_is_left_where_the_block_fails(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "locked" / "report"
    path.parent.mkdir()
    if kind != "none":
        forge(path, kind)
    path.parent.chmod(0)
    with pytest.raises(KeyboardInterrupt), written_or_gone([path, Path("/dev/null")]):
        raise KeyboardInterrupt
    assert os.listdir(path.parent) == []
    assert Path("/dev/null").exists()


def test_a_forged_report_that_cannot_be_removed_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("refused")

    path = tmp_path / "report"
    path.write_text("forged")
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError, match="refused"), written_or_gone([path]):
        write(PERFECT, "json", path)
    assert path.read_text() == ""


def test_a_folder_is_unlocked(tmp_path: Path) -> None:
    tmp_path.chmod(0o050)
    unlock(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
