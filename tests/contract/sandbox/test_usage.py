"""What the supervisor counts of a submission: its memory, files in memory, and its folder."""

import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from http_contract.sandbox import supervisor
from http_contract.sandbox.output import ignore_line
from http_contract.sandbox.process import ProcessGroup
from http_contract.sandbox.supervisor import NOTHING, DiskMeter, End, Limits, Watch, disk_usage, memory_exceeds

MiB = 1024**2


def test_a_folder(tmp_path: Path) -> None:
    assert disk_usage(str(tmp_path), math.inf) == 0
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(bytes(MiB))
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1024**4)
    assert MiB <= disk_usage(str(tmp_path), math.inf) < 2 * MiB
    assert disk_usage(str(tmp_path / "none"), math.inf) == 0


@pytest.mark.parametrize("error", [PermissionError, OSError])
def test_a_folder_that_cannot_be_read(tmp_path: Path, error: type[OSError], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str) -> None:
        raise error

    monkeypatch.setattr(os, "scandir", refuse)
    assert disk_usage(str(tmp_path), 0) == math.inf


def test_a_file_that_is_removed_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with os.scandir(tmp_path) as entries:
        [entry] = entries
    (tmp_path / "file").unlink()
    assert supervisor.entry_size(entry) == 0


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that have been measured, which takes a long time."""

    def record(folder: str, limit: float) -> float:
        found.append(folder)
        return 0.0

    found: list[str] = []
    monkeypatch.setattr(supervisor, "disk_usage", record)
    return found


def test_a_folder_is_measured_now_and_then(measured: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[int] = [800, 800, 750, 650, 650]
    monkeypatch.setattr(supervisor, "free_disk", lambda folder: free.pop(0))
    meter = DiskMeter("folder", 800)
    assert not any(meter.is_exceeded() for _ in range(4))
    assert (measured, free) == (["folder", "folder"], [])


def test_no_folder_is_measured_without_isolation(measured: list[str]) -> None:
    assert not DiskMeter("", 0).is_exceeded()
    assert measured == []


def test_the_disk_is_limited(tmp_path: Path) -> None:
    script = "dd if=/dev/zero of=big bs=1M count=8 2>/dev/null; sleep 60"
    limits, watch = Limits(disk=4 * MiB), Watch(folder=str(tmp_path))
    group = ProcessGroup(["sh", "-c", script], tmp_path, dict(os.environ), limits, ignore_line, watch)
    group._process.wait(30)
    assert group.end == End(limit="disk", value=4 * MiB)
    group.stop()


def memory(size: int) -> int:
    """Return a file without a name, in memory."""
    number = os.memfd_create("test")
    os.write(number, bytes(size))
    return number


def test_files_without_a_name(tmp_path: Path) -> None:
    number = memory(3 * MiB)
    with (tmp_path / "removed").open("wb") as file:
        file.write(bytes(MiB))
        file.flush()
        (tmp_path / "removed").unlink()
        own = [psutil.Process()]
        everywhere = supervisor.files_in_memory(own, NOTHING)
        assert everywhere - supervisor.files_in_memory(own, Watch(folder=str(tmp_path))) >= MiB
    os.close(number)
    assert everywhere - supervisor.files_in_memory(own, NOTHING) >= 4 * MiB


def test_nothing_of_a_process_that_is_gone() -> None:
    assert supervisor.nameless_files([2**30]) == {}
    assert supervisor.mapped_files(psutil.Process()) >= 0
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        process = psutil.Process(gone.pid)
    assert supervisor.mapped_files(process) == 0


def test_folders_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    process, real = psutil.Process(), os.stat
    assert supervisor.folders_in_memory([process], ["/dev/shm"]) == {}  # it sees the machine's own
    monkeypatch.setattr(os, "stat", lambda path: real("/dev" if str(path).endswith("/root") else path))
    assert list(supervisor.folders_in_memory([process], ["/dev/shm"])) == [real("/dev/shm").st_dev]


@pytest.mark.parametrize(
    ("resident", "own", "mapped", "files", "exceeds"),
    [
        (40, 40, 0, 50, False),
        (200, 90, 0, 0, False),  # most of it is shared
        (200, 110, 0, 0, True),
        (60, 60, 0, 60, True),
        (60, 60, 50, 60, False),  # the files are mapped, and counted already
        (60, 60, 0, 30, False),
    ],
)
def test_memory(
    resident: int, own: int, mapped: int, files: int, exceeds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def returns(value: int) -> Callable[..., int]:
        return lambda *_: value

    for name, value in (("resident_memory", resident), ("own_memory", own), ("mapped_files", mapped)):
        monkeypatch.setattr(supervisor, name, returns(value))
    monkeypatch.setattr(supervisor, "files_in_memory", returns(files))
    assert memory_exceeds(100, [psutil.Process()], NOTHING) == exceeds
