"""contract.toml, the good and the hostile."""

import os
from pathlib import Path

import pytest

from http_contract.errors import CannotJudge
from http_contract.runner.session import MAX_SIZE, Settings, read_settings


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
        ("command = ", "is not valid TOML"),
        (b"command = '\xff'", "is not valid TOML"),
        (b"#" * (MAX_SIZE + 1), f"is longer than {MAX_SIZE} bytes"),
        ("a=" + 5000 * "[" + 5000 * "]", "is "),
        ("comand = 'x'", "'comand' is not a valid key. Did you mean 'command'?"),
        ("zzz = 'x'", "'zzz' is not a valid key. The keys are command, folder, port, stages."),
        ("command = 1", "command must be a text"),
        ("command = ['a']", "command must be a text"),
        ('command = "a\\u0000"', "command must be a text"),
        ("folder = 1", "folder must be a text"),
        ('folder = "\\u0000"', "folder must be a text"),
        ("folder = 'none'", "'none' is not a folder in "),
        ("folder = '..'", "'..' is not a folder in "),
        ("folder = '/'", "'/' is not a folder in "),
        ("folder = 'contract.toml'", "'contract.toml' is not a folder in "),
        ("folder = 'out'", "'out' is not a folder in "),
        ("port = 0", "port must be a number from 1 to 65535"),
        ("port = 65536", "port must be a number"),
        ("port = '80'", "port must be a number"),
        ("port = true", "port must be a number"),
        ("stages = 3", "stages must be a list of numbers from 1 to 10"),
        ("stages = [11]", "stages must be a list"),
        ("stages = [true]", "stages must be a list"),
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
    with pytest.raises(CannotJudge, match="is not a regular file"):
        read_settings(tmp_path)


def test_a_file_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    written(tmp_path, "")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(CannotJudge, match=r"cannot be read: Permission denied"):
        read_settings(tmp_path)


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mia" / "src").mkdir(parents=True)
    (tmp_path / "secret").write_text("the secret")
    link = tmp_path / "mia" / "contract.toml"
    link.symlink_to("../secret")
    with pytest.raises(CannotJudge, match="is a link that leads out of its folder") as caught:
        read_settings(tmp_path / "mia")
    assert "the secret" not in str(caught.value)
    link.unlink()
    link.symlink_to("src/contract.toml")
    written(tmp_path / "mia" / "src", "port = 5000")
    assert read_settings(tmp_path / "mia").port == 5000
