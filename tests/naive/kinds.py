"""The kinds of servers that learners write, each with its first cause and the causes that it must not get."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
OTHER = HERE / "other"  # programs in other languages
PYTHON = shlex.quote(sys.executable)


class Kind(NamedTuple):
    """A server: its command, the cause of its first failure with a cause, and causes that would be wrong."""

    id: str
    command: str  # {port} stands for the port, {folder} for a folder of its own
    first: str
    never: tuple[str, ...] = ()
    build: str = ""  # a command that is run before, once
    needs: str = ""  # the program that the machine must have
    quick: int = 4  # the last stage that is judged in `make test`


def fault(name: str, first: str, *never: str) -> Kind:
    return Kind(name, f"{PYTHON} {HERE / 'faults.py'} {{port}} {name}", first, never)


def stdio(name: str, first: str, *never: str) -> Kind:
    """Return a server in C with streams, and with the fault of this name."""
    build = f"cc -o {{folder}}/stdio {OTHER / 'stdio.c'}"
    return Kind(f"c-{name}", f"{{folder}}/stdio {{port}} {name}", first, never, build, "cc")


KINDS = (
    Kind("crafters", f"{PYTHON} {HERE / 'crafters.py'} {{port}}", "no-date", ("no-content-type", "no-404")),
    Kind(
        "never-closes", f"{PYTHON} {HERE / 'never_closes.py'} {{port}}", "dies-of-lost-client", ("silent", "no-length")
    ),
    fault("silent", "silent", "single-recv"),
    fault("only-root", "leaves-waiting", "silent"),
    fault("comma", "fields-joined", "no-content-type", "no-length"),
    fault("literal", "literal-escapes", "no-empty-line", "bare-lf", "raises"),
    fault("extra-crlf", "extra-crlf", "length-in-characters", "wrong-length", "body-on-head"),
    fault("ascii", "dies-of-lost-client", "decodes-as-utf8"),
    fault("bare-400", "no-allow", "http-0.9"),
    fault("many-words", "judges-by-fields", "closes-unread", "single-recv"),
    fault("one-page", "no-404", "raises"),
    fault("empty-body", "raises", "head-not-like-get"),
    fault("refuses", "no-allow", "no-404"),
    fault("head-hangs", "leaves-waiting", "head-not-like-get", "body-on-head"),
    fault("lf", "compares-with-lf", "silent"),
    fault("catches", "closes-without-response", "silent", "closes-unread"),
    fault("twice", "responds-twice", "wrong-length", "answers-each-packet"),
    fault("puts", "last-line-end", "length-in-characters", "wrong-length"),
    fault("accept-thread", "dies-of-empty-connection", "raises", "stops-responding"),
    fault("deadlock", "stops-responding", "leaves-waiting"),
    Kind("javascript", f"node {OTHER / 'each_data.js'} {{port}}", "dies-of-lost-client", needs="node"),
    Kind("c", "{folder}/child {port}", "no-date", ("raises",), f"cc -o {{folder}}/child {OTHER / 'child.c'}", "cc"),
    stdio("null", "child-dies", "not-flushed", "raises", "closes-unread"),
    stdio("buffer", "not-flushed", "leaves-waiting", "silent", "child-dies"),
    stdio("end", "error-taken-for-end", "ends-by-itself", "dies-of-error"),
    Kind("perl", f"perl {OTHER / 'no_flush.pl'} {{port}}", "dies-of-lost-client", needs="perl"),
    Kind(
        "rust",
        "{folder}/panics {port}",
        "dies-of-empty-connection",
        build=f"rustc -o {{folder}}/panics {OTHER / 'Panics.rs'}",
        needs="rustc",
    ),
    Kind(
        "go",
        "{folder}/panics {port}",
        "dies-of-empty-connection",
        build=f"go build -o {{folder}}/panics {OTHER / 'panics.go'}",
        needs="go",
    ),
    Kind(
        "goroutines",
        "{folder}/panics {port} goroutines",
        "dies-of-empty-connection",
        build=f"go build -o {{folder}}/panics {OTHER / 'panics.go'}",
        needs="go",
    ),
    Kind("ruby", f"ruby {OTHER / 'nil.rb'} {{port}}", "dies-of-empty-connection", needs="ruby"),
    Kind(
        "java",
        "java -cp {folder} NoFlush {port}",
        "no-date",
        ("silent",),
        f"javac -d {{folder}} {OTHER / 'NoFlush.java'}",
        "javac",
        quick=2,  # from the next stage on, the judge waits for it
    ),
)


def missing(kind: Kind) -> str:
    """Return the program that this machine lacks, or an empty text."""
    return "" if not kind.needs or shutil.which(kind.needs) else kind.needs


def built(kind: Kind, folder: Path) -> str:
    """Build a server in a folder, and return its command."""
    if kind.build:
        subprocess.run(shlex.split(kind.build.replace("{folder}", str(folder))), check=True)
    return kind.command.replace("{folder}", str(folder))
