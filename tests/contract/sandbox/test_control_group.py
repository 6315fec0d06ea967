"""Control groups: the system limits the memory of the processes in one, and no group is left behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from http_contract.sandbox import control_group
from http_contract.sandbox.control_group import VERSION_1, VERSION_2, ControlGroup, create, parents
from http_contract.sandbox.output import ignore_line
from http_contract.sandbox.process import ProcessGroup
from http_contract.sandbox.supervisor import End, Limits, Watch
from tests.contract.isolation import GROUP_MEMORY
from tests.serving import becomes_true

LIMITS = Limits(memory=GROUP_MEMORY)
USES = "import sys; open(sys.argv[1], 'w').write('0'); bytearray(int(sys.argv[2])); print('done')"
CREATES = "from http_contract.sandbox.control_group import create; print(create(1 << 20).folder)"
FORKS = "import os, time; os.fork() or bytearray(1 << 30); time.sleep(60)"


def run(program: str, *arguments: object) -> str:
    """Run a Python program, and return what it prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("part", [0.25, 4])
def test_the_system_ends_a_process_that_uses_more_memory(control_group: ControlGroup, part: float) -> None:
    printed = run(USES, control_group.processes, int(part * GROUP_MEMORY))
    assert printed == ("done" if part < 1 else "")
    assert control_group.is_exceeded is (part > 1)


@pytest.mark.usefixtures("control_group")
def test_the_limit_is_reported_where_the_system_ended_a_child_process(tmp_path: Path) -> None:
    watch = Watch(folder=str(tmp_path))
    group = ProcessGroup([sys.executable, "-c", FORKS], tmp_path, {}, LIMITS, ignore_line, watch)
    try:
        assert becomes_true(lambda: group.end is not None)
    finally:
        group.stop()
    assert group.end == End(limit="memory", value=LIMITS.memory)
    assert group._control_group
    assert not group._control_group.folder.exists()


def test_a_removed_group_is_not_exceeded(control_group: ControlGroup) -> None:
    control_group.remove()
    assert not control_group.folder.exists()
    assert not control_group.is_exceeded


@pytest.mark.usefixtures("control_group")
def test_the_group_of_a_judge_that_was_killed_is_removed(tmp_path: Path) -> None:
    left = Path(run(CREATES))
    assert left.exists()
    run(CREATES)
    assert not left.exists()


OF_PROCESS = """\
9:name=systemd:/user
4:memory:/one/two
3:cpu,cpuacct:/
0::/user.slice/terminal.scope
"""


def test_where_groups_may_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_group, "OWN", tmp_path / "cgroup")
    assert list(parents()) == []
    (tmp_path / "cgroup").write_text(OF_PROCESS)
    root = control_group.ROOT
    assert list(parents()) == [(root / "memory/one/two", VERSION_1), (root / "user.slice", VERSION_2)]
    (tmp_path / "cgroup").write_text("0::/\n")  # in a container: a group with processes has no groups inside
    assert list(parents()) == []


def test_no_group_where_none_may_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_group, "ROOT", tmp_path / "nothing")
    assert create(GROUP_MEMORY) is None
