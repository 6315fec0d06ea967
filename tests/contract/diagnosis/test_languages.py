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
    "./gradlew run": "java",
    "sh -c 'cc -o server server.c && exec ./server {port}'": "c",
    "sh -c 'g++ main.cpp -o server; ./server'": "cpp",
    "ruby server.rb": "ruby",
    "perl server.pl": "perl",
    "bash server.sh": "shell",
    "socat TCP-LISTEN:{port},fork EXEC:'python3 handler.py'": "python",
    "socat TCP-LISTEN:{port},fork,reuseaddr EXEC:./handler.sh,pty": "shell",
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
    "Port? terminate called after throwing an instance of 'x'\n": "cpp",
    "libc++abi: terminating due to uncaught exception of type x\n": "cpp",
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


HANDLER = """\
#!/bin/bash
# started for each client: socat TCP-LISTEN:8080,fork EXEC:./server.sh (python3 didn't work)
read -r method path version
case "$method $path" in
  "GET /") body="<h1>Hello from bash</h1>"; type=text/html ;;
  "GET /app.js") body="node('perl')"; type=text/javascript ;;
  *.js|/go|text/plain) body="not a program" ;;
  *) cat <<-END
go run main.go
END
  ;;
esac
echo "Content-Type: $type; ruby"
cat page.py < ./server.c
"""
BUILDS = """\
#!/bin/sh
set -e
(
  cd "$(dirname "$0")"
  go build -o /tmp/build-http-server-go app/*.go
)
exec /tmp/build-http-server-go "$@"
"""
SCRIPTS = {
    "handler": (HANDLER, "shell"),
    "builds": (BUILDS, "go"),
    "empty": ("", "shell"),
    "exec": ('#!/bin/sh\nexec python3 server.py "$1"\n', "python"),
    "file": ('#!/bin/sh\n"$(dirname "$0")"/server.rb $1\n', "ruby"),
    "path": ("#!/bin/sh\n/bin/sh -c 'cd src; node .'\nexec ./gone\n", "javascript"),
    "program": ("#!/bin/sh\nmake -s && exec ./server $1\n", "c"),
    "other-script": ("#!/bin/sh\nwhile true; do nc -l $1 -c ./handler.sh; ./handler.sh; done\n", "shell"),
    "socat": ("#!/bin/sh\nsocat TCP-LISTEN:$1,fork EXEC:'./handler.pl a'\n", "perl"),
}


@pytest.mark.parametrize(
    "command", ["bash run.sh {port}", "./run.sh", "socat TCP-LISTEN:{port},fork EXEC:./run.sh,pty"]
)
@pytest.mark.parametrize(("script", "language"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_the_program_unless_it_starts_another(
    script: str, language: str, command: str, tmp_path: Path
) -> None:
    for name in ("server.c", "a.py", "b.py", "page.py", "handler.sh"):
        (tmp_path / name).touch()
    (tmp_path / "run.sh").write_text(script)
    assert language_of(command, tmp_path) == language


def test_a_script_that_prepares_a_program_is_not_the_program(tmp_path: Path) -> None:
    (tmp_path / "build.sh").write_text("make")
    for name in ("server", "server.c", "notes.py"):
        (tmp_path / name).touch(0o755)
    assert language_of("sh -c './build.sh ./notes && exec ./server {port}'", tmp_path) == "c"
    (tmp_path / "server").chmod(0o644)
    assert language_of("./build.sh ./server", tmp_path) == "shell"


def test_a_script_elsewhere_starts_programs_there(tmp_path: Path) -> None:
    for name in ("here/server.py", "there/server.c"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    (tmp_path / "there" / "run.sh").write_text('exec "$(dirname "$0")/server"')
    assert language_of(f"{tmp_path}/there/run.sh", tmp_path / "here") == "c"


def test_an_error_shows_more_than_a_script(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("#!/bin/sh\nmake run")
    assert language_of("./run.sh", tmp_path, "\nthread 'main' panicked at main.rs:3:4:\nno\n") == "rust"


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
