"""Submissions that cost a class its time: they are looked at before the first one is judged, and again to copy them."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from http_contract.errors import CannotJudge
from http_contract.grading.submissions import digest, submissions_in
from http_contract.runner.session import read_settings
from http_contract.sandbox.copies import copied, remove

TIME = 2.0  # seconds of CPU time for the judge's own files and one submission


@pytest.fixture
def mia(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "class" / "mia"
    folder.mkdir(parents=True)
    yield folder
    remove(folder)  # pytest cannot remove folders that are nested so deeply


def look_at(folder: Path) -> None:
    """Look at a submission as before the first one is judged, which has to be quick; then copy it, as its own job does.

    CannotJudge where it cannot be copied.
    """
    began = time.process_time()
    [found], _ = submissions_in(folder.parent)
    digest(found.folder, [])
    assert time.process_time() - began < TIME
    with copied(found.folder, found.name, Event()):
        pass


def test_sparse_files(mia: Path) -> None:
    """Twenty files of a GiB that take no space."""
    for number in range(20):
        (mia / f"{number}").touch()
        os.truncate(mia / f"{number}", 1024**3)
    with pytest.raises(CannotJudge, match="its files have more than 1073741824 bytes"):
        look_at(mia)


def test_deep_folders(mia: Path) -> None:
    """Folders in folders, until no path leads to the last one."""
    here = os.open(mia, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    with pytest.raises(CannotJudge, match="File name too long"):
        look_at(mia)


def test_pipes_and_devices(mia: Path) -> None:
    """Pipes that nobody writes, and links to devices without an end."""
    os.mkfifo(mia / "server.py")
    (mia / "zero").symlink_to("/dev/zero")
    look_at(mia)
    os.mkfifo(mia / "contract.toml")
    with pytest.raises(CannotJudge, match="is not a regular file"):
        read_settings(mia)
    (mia / "contract.toml").unlink()
    (mia / "contract.toml").symlink_to("/dev/zero")
    with pytest.raises(CannotJudge, match="is not a regular file"):
        read_settings(mia)


def test_settings_elsewhere(mia: Path) -> None:
    """Links and paths that lead out of the folder."""
    (mia.parent / "contract.toml").write_text('command = "secret"')
    (mia / "contract.toml").symlink_to("../contract.toml")
    with pytest.raises(CannotJudge, match="leads out of its folder"):
        read_settings(mia)
    (mia / "contract.toml").unlink()
    (mia / "contract.toml").write_text('folder = "../"')
    with pytest.raises(CannotJudge, match="is not a folder in mia"):
        read_settings(mia)
