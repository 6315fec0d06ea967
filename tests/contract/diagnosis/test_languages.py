"""The language of a server is read from its command, its files and its output, and is not guessed."""

from pathlib import Path

import pytest

from http_contract.diagnosis.languages import LANGUAGES, language_of
from http_contract.reports.causes import CAUSES, IDS, base_of, keys_of
from http_contract.reports.remedies import NAMES, REMEDIES, remedy_for

COMMANDS = {
    "python3 server.py {port}": "python",
    "/usr/bin/python3.12 -m server": "python",
    "node server.js": "javascript",
    "npm start": "javascript",
    "go run . {port}": "go",
    "cargo run --release": "rust",
    "java Server {port}": "java",
    "java -jar server.jar": "java",
    "sh -c 'cc -o server server.c && exec ./server {port}'": "c",
    "sh -c 'g++ main.cpp -o server; ./server'": "cpp",
    "ruby server.rb": "ruby",
    "perl server.pl": "perl",
    "bash server.sh": "shell",
    "bash -c 'exec node'": "javascript",
    "./server {port}": "",
    "./server 'unfinished": "",
    "": "",
}
OUTPUTS = {
    "Traceback (most recent call last):\n": "python",
    "TypeError: x\n    at f (/home/ada/server.js:3:4)\n": "javascript",
    "panic: runtime error\n\ngoroutine 1 [running]:\n": "go",
    "\nthread 'main' panicked at src/main.rs:3:4:\nno\n": "rust",
    "java.lang.Error\n\tat Server.main(Server.java:3)\n": "java",
    "terminate called after throwing an instance of 'x'\n": "cpp",
    "server.rb:3:in `<main>': undefined\n": "ruby",
    "Died at server.pl line 3.\n": "perl",
    "server.sh: line 3: nc: command not found\n": "shell",
    "Segmentation fault\n": "",
}


@pytest.mark.parametrize(("command", "language"), COMMANDS.items())
def test_a_command(command: str, language: str, tmp_path: Path) -> None:
    assert language_of(command, tmp_path) == language


@pytest.mark.parametrize(("output", "language"), OUTPUTS.items())
def test_an_output(output: str, language: str, tmp_path: Path) -> None:
    assert language_of("./server", tmp_path, output) == language


@pytest.mark.parametrize(
    ("files", "language"),
    [
        (["server.c", "Makefile"], "c"),
        (["src/main.rs", "Cargo.toml"], "rust"),
        (["a.go", "b.go", "c.py"], "go"),
        (["server.c", "naive.py"], "c"),
        (["main.c", "naive.py"], ""),
        (["README.md"], ""),
    ],
)
def test_files(files: list[str], language: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert language_of("./server", tmp_path) == language
    assert language_of("", tmp_path) == ""  # a server at a URL is not in this folder
    assert language_of("./server", tmp_path / "gone") == ""


def test_a_program_elsewhere_has_its_files_there(tmp_path: Path) -> None:
    for name in ("here/notes.py", "there/main.c", "there/other.c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    there = tmp_path / "there" / "server"
    assert language_of(f"{there} {{port}}", tmp_path / "here") == "c"
    assert language_of(f"/usr/bin/env {there}", tmp_path / "here") == "c"
    assert language_of("./server {port}", tmp_path / "here") == "python"


def test_an_error_shows_more_than_the_files(tmp_path: Path) -> None:
    (tmp_path / "notes.py").touch()
    assert language_of("./server", tmp_path, "\nthread 'main' panicked at main.rs:3:4:\nno\n") == "rust"


def test_every_language_has_a_name_and_every_remedy_a_cause() -> None:
    assert {language.id for language in LANGUAGES} == NAMES.keys()
    assert REMEDIES.keys() <= set(IDS)
    assert {language for remedies in REMEDIES.values() for language in remedies} <= NAMES.keys()


OWN_WORDS = {
    "recv()": {"python"},
    "sendall": {"python"},
    "Exception": {"python", "java", "cpp"},
    "ConnectionError": {"python"},
    "SIGPIPE": {"c", "cpp"},
    "socket.on": {"javascript"},
    "unwrap": {"rust"},
}


@pytest.mark.parametrize("word", OWN_WORDS)
def test_no_language_hears_the_words_of_another(word: str) -> None:
    told = {language for remedies in REMEDIES.values() for language, text in remedies.items() if word in text}
    assert told <= OWN_WORDS[word]
    assert not any(word in " ".join(cause) for cause in CAUSES.values())


def test_a_remedy() -> None:
    assert remedy_for("closes-unread", "go").startswith("In Go: read lines with ")
    assert remedy_for("closes-unread", "") == remedy_for("no-404", "python") == remedy_for("gone", "python") == ""


def test_variants_of_a_cause() -> None:
    assert base_of("single-recv/part") == base_of("single-recv") == "single-recv"
    assert keys_of("wrong-length") == ["wrong-length/too-small", "wrong-length/too-great"]
    assert len(set(IDS)) == len(IDS)
