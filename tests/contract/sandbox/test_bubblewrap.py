"""Isolation: what a submission sees of the machine, and what it can change."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from http_contract.errors import CannotJudge
from http_contract.http.request import get
from http_contract.reports.messages import crash_text
from http_contract.sandbox import bubblewrap
from http_contract.sandbox.bubblewrap import (
    CHANGE_USER,
    ISOLATED,
    PACKAGE,
    PROGRAM,
    WITHOUT_NETWORK,
    BubblewrapSandbox,
    enter,
    require,
)
from http_contract.sandbox.launcher import LocalTarget, NotStarted
from http_contract.sandbox.output import ignore_line
from http_contract.sandbox.process import ProcessGroup
from http_contract.sandbox.seccomp import user_namespace_filter
from http_contract.sandbox.supervisor import Limits
from tests.contract.isolation import PYTHON, missing
from tests.contract.server_scripts import command

LOOKS = f"""
import os, socket, sys
def tries(path, mode="r"):
    try:
        return bool(open(path, mode))
    except OSError as error:
        return type(error).__name__
print("own folder:", tries("own", "w"))
print("elsewhere:", tries("/etc/own", "w"), tries("../other", "w"))
print("hidden:", *map(tries, sys.argv[1:]))
print("the judge:", os.listdir({str(PACKAGE)!r}))
print("temporary files:", len(os.listdir("/var/tmp")), tries("/tmp/own", "w"))
print("network:", *(name for _, name in socket.if_nameindex()))
print("processes:", sum(name.isdigit() for name in os.listdir("/proc")))
"""
SEEN = """\
own folder: True
elsewhere: OSError OSError
hidden: PermissionError FileNotFoundError
the judge: []
temporary files: 0 True
network: lo
processes: 2
"""


def run(apart: BubblewrapSandbox, command: Sequence[str], folder: Path, *before: str) -> str:
    """Run a command isolated; return its output."""
    launch = apart(command, folder, os.environ)
    group = ProcessGroup([*before, *launch.command], folder, launch.environment, Limits(), ignore_line, launch.watch)
    with group._process:
        group._process.wait(20)
        group.stop()
    return group.output


@pytest.mark.usefixtures("bubblewrap")
def test_what_an_isolated_command_sees(tmp_path: Path) -> None:
    own, hidden, file = tmp_path / "submissions" / "own", tmp_path / "reports", tmp_path / "rules.py"
    own.mkdir(parents=True)
    hidden.mkdir()
    for secret in (file, hidden / "hers.json"):
        secret.write_text("secret")
    tmp_path.chmod(0o755)  # another user, too, may enter it
    with BubblewrapSandbox(own, [file, hidden, tmp_path / "nothing"], [tmp_path, PACKAGE]) as apart:
        assert run(apart, [PYTHON, "-c", LOOKS, str(file), str(hidden / "hers.json")], own, *WITHOUT_NETWORK) == SEEN
    assert sorted(file.name for file in own.parent.rglob("*")) == ["own"]  # what it wrote is gone


@pytest.mark.usefixtures("bubblewrap")
def test_a_folder_inside_a_hidden_folder(tmp_path: Path) -> None:
    own, hers = tmp_path / "own", tmp_path / "hers"
    own.mkdir()
    hers.mkdir()
    for allowed in ([], [tmp_path]):
        with BubblewrapSandbox(own, [tmp_path], allowed) as apart:
            assert run(apart, ["sh", "-c", "cd ..; echo *"], own) == "own\n"


@pytest.mark.usefixtures("bubblewrap")
def test_an_isolated_server_responds_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    given = command(script, each="client.recv(9); client.sendall(b'x'); os.kill(os.getpid(), 9)")
    given = given.replace(sys.executable, PYTHON)
    with BubblewrapSandbox(tmp_path) as apart, LocalTarget(given, folder=tmp_path, isolation=apart) as launched:
        assert launched.running().ask(get("/")).received == b"x"
        assert launched._group
        launched._group._process.wait(20)
        crash = launched.crash()
    assert crash
    assert crash_text(crash) == "exit status 137, as after SIGKILL"


# -- the judge itself


class Replaced(Exception):
    """What takes the place of running another program instead."""


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def execvpe(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
        raise Replaced(*arguments, environment[ISOLATED])

    monkeypatch.setattr(os, "execvpe", execvpe)
    monkeypatch.setattr("http_contract.sandbox.bubblewrap.require", lambda: None)
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "http_contract", "check", "--isolate"])


@pytest.mark.usefixtures("replaced")
def test_the_judge_runs_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ISOLATED, raising=False)
    with pytest.raises(Replaced) as raised:
        enter()
    assert raised.value.args == (*WITHOUT_NETWORK, sys.executable, "-m", "http_contract", "check", "--isolate", "1")


@pytest.mark.usefixtures("replaced")
def test_the_judge_runs_itself_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ISOLATED, "1")
    enter()


@pytest.mark.parametrize(
    ("script", "why"),
    [(None, "needs bubblewrap"), ("echo No permissions >&2; exit 1", "does not work on this machine: No permissions")],
    ids=["missing", "forbidden"],
)
def test_no_isolation(script: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if script:
        for program in (PROGRAM, CHANGE_USER):
            (tmp_path / program).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotJudge, match=why):
        require()


@pytest.mark.parametrize(
    ("environment", "outcome"),
    [({"CI": "true"}, pytest.fail.Exception), ({}, pytest.skip.Exception)],
    ids=["automatic", "by-hand"],
)
def test_without_bubblewrap(
    environment: dict[str, str], outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", environment)
    with pytest.raises(outcome, match="why"):
        missing("why")


# -- the command


def test_only_root_changes_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []
    for is_root in (False, True):
        monkeypatch.setattr(bubblewrap, "is_root", lambda is_root=is_root: is_root)
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)  # the change of the owner
        with BubblewrapSandbox(tmp_path) as apart:
            commands.append(apart(["sh"], tmp_path, {}).command)
    assert [CHANGE_USER in command for command in commands] == [False, True]


def test_a_program_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "script").touch()
    with BubblewrapSandbox(tmp_path) as apart:
        for program, error in (("no-such-program", FileNotFoundError), ("./script", PermissionError)):
            with pytest.raises(error):
                apart([program], tmp_path, {})
            with (
                LocalTarget(program, folder=tmp_path, isolation=apart) as launched,
                pytest.raises(NotStarted) as raised,
            ):
                launched.running()
            assert raised.value.code == "no-such-program"


@pytest.mark.parametrize("place", ["tool/bin", "tool"])
def test_a_tool_that_is_hidden_is_named(tmp_path: Path, place: str) -> None:
    tool, own = tmp_path / place / "interpret", tmp_path / "own"
    tool.parent.mkdir(parents=True)
    own.mkdir()
    tool.write_text("#!/bin/sh\necho it runs\n")
    tool.chmod(0o755)
    (own / "link").symlink_to(tool)
    shown = tmp_path / "tool" if place.endswith("bin") else tool
    with BubblewrapSandbox(own) as apart:
        for program in (str(tool), "./link"):
            with pytest.raises(CannotJudge) as raised:
                apart([program], own, {})
            assert str(raised.value) == f"--isolate hides {tool}, which {program} needs. Show it: --allow {shown}"
    with BubblewrapSandbox(own, allowed=[shown]) as apart:
        assert apart(["./link"], own, {})


def test_other_machines_have_no_filter() -> None:
    assert user_namespace_filter("vax") == b""
    assert len(user_namespace_filter("aarch64")) == len(user_namespace_filter("x86_64")) > 0
