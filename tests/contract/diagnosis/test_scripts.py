"""The commands of a shell script are found, and what looks like a command is not one."""

import os
from pathlib import Path

import pytest

from http_contract.diagnosis.scripts import commands_in, scripts_in

COMMANDS = {
    "#!/bin/sh\n# python3 doesn't run\nnc -l 8000 # ruby\n": ["nc -l 8000"],
    "cd src && python3 server.py": ["cd src", "python3 server.py"],
    'while true; do nc -l "$1" -e ./handler; done': ["true", "nc -l . -e ./handler", "done"],
    'PORT="$1" X="\n" exec nohup timeout -v 5 node server.js': ["node server.js"],
    '(\n  cd "$(dirname "$0")"\n  go build -o server\n)\n': ["cd .", "go build -o server"],
    'exec "$(dirname "$0")"/build/server "$@"': ["./build/server $@"],
    '"$(dirname "$0")/server" & exec $(dirname $0)/server.rb': ["./server", "./server.rb"],
    '"${HERE}/server.py" & $HERE/server.rb': ["./server.py", "./server.rb"],
    "exec socat TCP-LISTEN:$1,fork \\\n  EXEC:./handler.py": ["socat TCP-LISTEN:.,fork EXEC:./handler.py"],
    "cat <'./a b.py' >>log 2>&1 & nc -l 80": ["cat < ./a b.py >> log 2 >& 1", "nc -l 80"],
    "cat <<-'END' | nc -l 80\nperl is a language\n\tEND\necho": ["cat", "nc -l 80", "echo"],
    'echo \'it ends: &\npython3 no.py\' "a \\" b;\nnode"': ['echo it ends: &\n;python3 no.py a " b;\n;node'],
    "body=$(python3 page.py); [ $# = 1 ] || exec echo ${#body}": ["[ . = 1 ]", "echo ."],
    "nc -l 80\necho 'unfinished\nperl": ["nc -l 80", "echo"],
    "": [],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_the_commands_of_a_script(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text(text)
    assert [" ".join(words) for words in commands_in(tmp_path / "run.sh")] == COMMANDS[text]


@pytest.mark.parametrize(
    ("name", "text", "is_script"),
    [
        ("server.sh", "nc -l 8000", True),
        ("server", "#!/bin/sh\nnc -l 8000", True),
        ("server", "#! /usr/bin/env bash -e\r\nnc -l 8000", True),
        ("server", "#!/usr/bin/env python3\nprint('sh')", False),
        ("server", "#!/home/josh/bin/python3\n", False),
        ("server", "\0ELF", False),
    ],
)
def test_a_script_has_a_suffix_or_a_first_line(name: str, text: str, is_script: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert [*scripts_in(["nc", name, "."], tmp_path)] == [tmp_path / name] * is_script


def test_a_script_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.sh")
    paths = scripts_in(["gone.sh", "a\0b.sh", "fifo.sh"], tmp_path)
    assert [[*commands_in(path)] for path in paths] == [[], [], []]


def test_only_the_beginning_of_a_script_is_read(tmp_path: Path) -> None:
    (tmp_path / "long.sh").write_bytes(b"\xff" * 100_000)
    assert [*commands_in(tmp_path / "long.sh")] == [["\ufffd" * 10_000]]
