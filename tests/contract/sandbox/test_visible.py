"""What an isolated submission sees of the machine: the tools that the judge's environment names, and no more."""

import sys
from pathlib import Path

import pytest

from http_contract.sandbox import visible


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with tools; the variables of version managers are not set."""
    for variable, _, _ in visible.MANAGERS:
        monkeypatch.delenv(variable, raising=False)
    for variable in visible.TOOLS:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def roots(*command: str, secrets: tuple[Path, ...] = ()) -> set[Path]:
    return {*visible.tool_roots(command, secrets)} - {Path(sys.base_prefix)}


def test_the_folders_of_version_managers(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (".pyenv", ".cargo/bin", ".sdkman", "jdk"):
        (home / folder).mkdir(parents=True)
    assert roots() == {home / ".pyenv", home / ".cargo" / "bin"}
    monkeypatch.setenv("JAVA_HOME", str(home / "jdk"))
    assert roots() == {home / ".pyenv", home / ".cargo" / "bin", home / "jdk"}


def test_a_program_on_the_path_is_shown_with_its_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = program(home / "versions" / "node-20" / "bin" / "node")
    (home / "links").mkdir()
    (home / "links" / "node").symlink_to("../versions/node-20/bin/node")
    monkeypatch.setenv("PATH", str(home / "links"))
    expected = {home / "links" / "node", home / "versions" / "node-20", node}
    assert roots("node", "server.js") == roots("sh", "-c", "exec node 'server.js'") == expected
    assert roots(str(node), "it's odd") == set()  # a path in a command shows nothing


def test_no_folder_of_a_tool_contains_secrets(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, shared = program(home / ".local" / "bin" / "mine"), program(home / "course" / "bin" / "shared")
    monkeypatch.setenv("PATH", f"{mine.parent}:{shared.parent}")
    assert roots("mine") == {mine}
    assert roots("shared", secrets=(home / "course" / "hidden.py",)) == {shared}


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    with pytest.raises((OSError, RuntimeError)):
        list(visible.links(tmp_path / "one"))


def test_the_judges_own_environment_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/judge/bin:/usr/bin")
    monkeypatch.setattr(sys, "prefix", "/judge")
    monkeypatch.setattr(sys, "base_prefix", "/python")
    assert visible.search_path() == "/python/bin:/usr/bin"
    monkeypatch.setattr(sys, "prefix", "/python")
    assert visible.search_path() == "/judge/bin:/usr/bin"


def test_the_environment_of_a_submission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    given = {"HOME": "/home/mia", "LC_ALL": "C", "GITHUB_TOKEN": "secret", "PORT": "5000", "PATH": "/elsewhere"}
    assert visible.environment(given) == {"HOME": "/home/mia", "LC_ALL": "C", "PORT": "5000", "PATH": "/usr/bin"}


def test_paths_inside_others() -> None:
    paths = map(Path, ("/usr/lib", "/opt/a", "/usr", "/opt/ab", "/usr"))
    assert visible.outermost(paths) == [Path("/opt/a"), Path("/opt/ab"), Path("/usr")]
