"""Attacks on isolation: each reaches what it wants without isolation, and nothing with it."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from http_contract.sandbox.bubblewrap import WITHOUT_NETWORK, BubblewrapSandbox
from http_contract.sandbox.launcher import Isolation, no_isolation
from http_contract.sandbox.output import ignore_line
from http_contract.sandbox.process import ProcessGroup
from http_contract.sandbox.supervisor import End, Limits
from tests.contract.isolation import PYTHON
from tests.zoo import attacks

SECRET = "a rule that learners do not see"
ROOT = Path(__file__).parents[2]
TIME = 60.0  # seconds for an attack, on a busy machine
NOTHING = "nothing\n"
USUAL = Limits()
SMALL = Limits(memory=300 * attacks.MiB, disk=200 * attacks.MiB)

Attack = Callable[..., str]
"""A function that runs an attack, by its name and its arguments, and returns what it printed."""


def attack(isolation: Isolation, home: Path, name: str, *arguments: str, limits: Limits = USUAL) -> ProcessGroup:
    """Run an attack in a folder, wait until it ends, and return its processes."""
    launch = isolation([PYTHON, "attacks.py", name, *arguments], home, os.environ)
    group = ProcessGroup(launch.command, home, launch.environment, limits, ignore_line, launch.watch)
    group._process.wait(TIME)
    assert group.end
    group.stop()
    return group


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a submission among others, with the attacks in it."""
    home = tmp_path / "class" / "mia"
    home.mkdir(parents=True)
    shutil.copy(attacks.__file__, home / "attacks.py")
    return home


@pytest.fixture
def isolated(bubblewrap: None, home: Path) -> Iterator[Attack]:
    with BubblewrapSandbox(home) as isolation:
        yield lambda *words: attack(isolation, home, *words).output


@pytest.fixture
def free(home: Path) -> Attack:
    return lambda *words: attack(no_isolation, home, *words).output


def test_nothing_shows_hidden_rules(bubblewrap: None, home: Path) -> None:
    """Not their file, nor what Python makes of it, where they are beside the submissions, and even in its folder."""
    backwards = [SECRET[::-1]]
    with ExitStack() as stack:
        hidden = [home.parent / "hidden.py", home / "hidden.py"]
        for file in hidden:
            file.write_text(f'RULES = "{SECRET}"')
            backwards.append(str(file)[::-1])
        isolation = stack.enter_context(BubblewrapSandbox(home, hidden))
        assert attack(isolation, home, "reads_hidden_rules", "/", *backwards).output == NOTHING
    assert str(hidden[0]) in attack(no_isolation, home, "reads_hidden_rules", str(home.parent), *backwards).output


def test_the_environment_contains_no_token(isolated: Attack, free: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    assert isolated("reads_the_environment") == NOTHING
    assert "COURSE_TOKEN" in free("reads_the_environment")


def test_no_descriptor_is_inherited(isolated: Attack, home: Path) -> None:
    with (home.parent / "hidden.py").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        assert isolated("reads_descriptors") == NOTHING


def test_the_rest_of_the_machine_cannot_be_read(isolated: Attack, free: Attack, home: Path) -> None:
    others = home.with_name("ann") / "server.py"
    others.parent.mkdir()
    others.touch()
    paths = map(str, (others, ROOT, Path.home() / ".ssh", Path.home() / ".bash_history"))
    assert isolated("reads_the_machine", *paths) == NOTHING
    assert str(others) in free("reads_the_machine", str(others))


def test_links_lead_nowhere(isolated: Attack, free: Attack, home: Path) -> None:
    (home.parents[2] / "secret").touch()
    assert isolated("reads_links") == NOTHING
    assert "secret" in free("reads_links")


@pytest.mark.parametrize("name", ["writes_the_kernel", "writes_elsewhere", "becomes_root", "reaches_other_processes"])
def test_what_it_may_not_do(isolated: Attack, free: Attack, name: str) -> None:
    lines = isolated(name).splitlines()
    assert lines[-1:] == ["nothing"], lines
    if os.getuid() == 0 and name != "writes_the_kernel":
        assert "reached:" in free(name)


def test_sockets_and_pipes_are_out_of_reach(isolated: Attack, free: Attack, home: Path) -> None:
    place = home.parent / "host"
    place.mkdir()
    os.mkfifo(place / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "socket"))
        listening.listen()
        paths = [str(place / "socket"), str(place / "pipe")]
        assert isolated("reaches_sockets", *paths, "/run/docker.sock", "/var/run/docker.sock") == NOTHING
        assert all(path in free("reaches_sockets", *paths) for path in paths)


@pytest.mark.usefixtures("bubblewrap")
def test_the_network_is_out_of_reach(home: Path, free: Attack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, BubblewrapSandbox(home) as isolation:
        port = str(listening.getsockname()[1])
        launch = isolation([PYTHON, "attacks.py", "reaches_the_network", port], home, os.environ)
        launch = replace(launch, command=[*WITHOUT_NETWORK, *launch.command])
        assert attack(lambda *_: launch, home, "reaches_the_network").output == NOTHING
        assert port in free("reaches_the_network", port)


def test_servers_that_earn_all_points_are_not_there(isolated: Attack) -> None:
    paths = [str(ROOT), str(ROOT / "contract"), *(path for path in sys.path if path.endswith("site-packages"))]
    assert isolated("runs_our_servers", *paths) == NOTHING


USED_UP = {
    "fills_memory_folders": "memory",
    "fills_nameless_files": "memory",
    "fills_its_folder": "disk",
    "fills_deep_folders": "disk",
    "fills_locked_folders": "disk",
}
LARGE = USED_UP.keys() - {"fills_memory_folders"}  # those folders are smaller than the usual limit


@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize(
    ("name", "limits"),
    [
        *(pytest.param(name, SMALL, id=name) for name in USED_UP),
        *(pytest.param(name, USUAL, id=f"{name}-usual", marks=pytest.mark.full) for name in sorted(LARGE)),
    ],
)
def test_what_is_used_up_is_limited(home: Path, name: str, limits: Limits) -> None:
    limit = USED_UP[name]
    with BubblewrapSandbox(home) as isolation:
        assert attack(isolation, home, name, limits=limits).end == End(limit=limit, value=getattr(limits, limit))


@pytest.mark.usefixtures("bubblewrap", "control_group")
def test_a_control_group_limits_what_cannot_be_measured(home: Path) -> None:
    with BubblewrapSandbox(home) as isolation:
        assert attack(isolation, home, "fills_shared_memory", limits=SMALL).end == End(
            limit="memory", value=SMALL.memory
        )


def test_files_without_a_name_are_limited_without_isolation_too(home: Path) -> None:
    end = attack(no_isolation, home, "fills_nameless_files", limits=SMALL).end
    assert end == End(limit="memory", value=SMALL.memory)
