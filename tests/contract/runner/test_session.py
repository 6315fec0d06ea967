"""contract.toml, the good and the hostile."""

import os
from pathlib import Path

import pytest

from http_contract.errors import CannotJudge
from http_contract.runner.session import MOST, Settings, read_settings


def written(folder: Path, text: str | bytes) -> Path:
    folder.joinpath("contract.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_all_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    written(tmp_path, 'command = " ./serve {port} "\nfolder = "src"\nport = 5000\nstages = [1, 2]\n')
    assert read_settings(tmp_path) == Settings("./serve {port}", tmp_path.resolve() / "src", 5000, (1, 2))


@pytest.mark.parametrize("text", [None, "", "# nothing\n"], ids=["no-file", "empty", "comment"])
def test_nothing_said(tmp_path: Path, text: str | None) -> None:
    folder = tmp_path if text is None else written(tmp_path, text)
    assert read_settings(folder) == Settings("", folder, None, ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("command = ", "is no TOML"),
        (b"command = '\xff'", "is no TOML"),
        (b"#" * (MOST + 1), f"is longer than {MOST} bytes"),
        ("a=" + 5000 * "[" + 5000 * "]", "is "),
        ("comand = 'x'", "there is no 'comand'; 'command' is meant?"),
        ("zzz = 'x'", "there is no 'zzz'"),
        ("command = 1", "command is a text"),
        ("command = ['a']", "command is a text"),
        ('command = "a\\u0000"', "command is a text"),
        ("folder = 1", "folder is a text"),
        ('folder = "\\u0000"', "folder is a text"),
        ("folder = 'none'", "'none' is no folder in "),
        ("folder = '..'", "'..' is no folder in "),
        ("folder = '/'", "'/' is no folder in "),
        ("folder = 'contract.toml'", "'contract.toml' is no folder in "),
        ("folder = 'out'", "'out' is no folder in "),
        ("port = 0", "port is a number from 1 to 65535"),
        ("port = 65536", "port is a number"),
        ("port = '80'", "port is a number"),
        ("port = true", "port is a number"),
        ("stages = 3", "stages is a list of numbers from 1 to 10"),
        ("stages = [11]", "stages is a list"),
        ("stages = [true]", "stages is a list"),
    ],
)
def test_what_can_not_be_meant(tmp_path: Path, text: str | bytes, why: str) -> None:
    (tmp_path / "out").symlink_to("/")
    with pytest.raises(CannotJudge) as caught:
        read_settings(written(tmp_path, text))
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "contract.toml")
    with pytest.raises(CannotJudge, match="is no file"):
        read_settings(tmp_path)


def test_a_file_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    written(tmp_path, "")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(CannotJudge, match=r"can't be read: Permission denied"):
        read_settings(tmp_path)
