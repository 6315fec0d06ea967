"""contract init: copy the files of starter/, and pack the judge as a Gradescope autograder."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

from http_contract.cli.console import say
from http_contract.errors import CannotJudge

PACKAGE = Path(__file__).parents[1]
STARTER = PACKAGE / "starter"
ZIP = Path("graders", "gradescope.zip")
SCRIPTS = ("setup.sh", "run_autograder", "judge.sh")  # in the zip only
TIME = (1980, 1, 1, 0, 0, 0)  # of all files in the zip, so that the same files make the same zip
SERVERS = "servers"  # the folder of the first servers in other languages
CACHES = ("__pycache__", "*.pyc")


class Start(NamedTuple):
    """The first server in one language: its file, and the commands that start it."""

    file: str
    command: str  # in contract.toml
    by_hand: str  # in a terminal


PYTHON = Start("server.py", "python3 server.py {port}", "python3 server.py 8080")
STARTS = {
    "python": PYTHON,
    "javascript": Start("server.js", "node server.js {port}", "node server.js 8080"),
    "go": Start("server.go", "go run server.go {port}", "go run server.go 8080"),
    "rust": Start(
        "server.rs",
        "sh -c 'rustc -o server server.rs && exec ./server {port}'",
        "rustc -o server server.rs && ./server 8080",
    ),
    "java": Start("Server.java", "java Server.java {port}", "java Server.java 8080"),
    "c": Start(
        "server.c", "sh -c 'cc -o server server.c && exec ./server {port}'", "cc -o server server.c && ./server 8080"
    ),
}


def scaffold(folder: Path, language: str = "python") -> None:
    """Copy the starter for a language into a folder, and make the folder if it does not exist."""
    ignored = shutil.ignore_patterns(*CACHES, *SCRIPTS, SERVERS)
    shutil.copytree(STARTER, folder, ignore=ignored, copy_function=shutil.copyfile, dirs_exist_ok=True)
    start = STARTS[language]
    if start is not PYTHON:
        (folder / PYTHON.file).unlink()
        shutil.copyfile(STARTER / SERVERS / start.file, folder / start.file)
        for name in ("contract.toml", "README.md"):
            rewrite(folder / name, start)
    with ZipFile(folder / ZIP, "w", ZIP_DEFLATED) as archive:
        for file, name in zipped():
            archive.writestr(entry(name), file.read_bytes())


def rewrite(file: Path, start: Start) -> None:
    """Replace the names and commands of the server in Python by those of another language."""
    text = file.read_text()
    for name in ("command", "by_hand", "file"):
        text = text.replace(getattr(PYTHON, name), getattr(start, name))
    file.write_text(text)


def zipped() -> Iterator[tuple[Path, str]]:
    """Yield each file of the Gradescope autograder (the scripts and the judge), and its name in the zip."""
    for name in (*SCRIPTS, "options"):
        yield STARTER / "graders" / name, name
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and not any(part.match(pattern) for part in (file, file.parent) for pattern in CACHES):
            yield file, str(Path(PACKAGE.name, file.relative_to(PACKAGE)))


def entry(name: str) -> ZipInfo:
    """Return the entry of a file in the zip; scripts are executable."""
    info = ZipInfo(name, TIME)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = (0o755 if name in SCRIPTS else 0o644) << 16
    return info


NEXT = """\
{folder} is ready. Now:

    cd {folder}
    contract watch --until 3

README.md is the assignment. graders/README.md explains to teachers how a platform judges submissions."""
EXAMPLES = """\b
Examples:
  contract init my-server
  contract init my-server --language rust
  cd my-server && contract watch --until 3
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--language",
    type=click.Choice(list(STARTS), case_sensitive=False),
    default="python",
    show_default=True,
    help="The language of the first server.",
)
def init(folder: Path, language: str) -> None:
    """Make FOLDER for a new server or a course, with the assignment, a first server and graders."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CannotJudge(f"{folder} is not empty. Choose a new folder.")
        scaffold(folder, language)
    except OSError as error:
        raise CannotJudge(f"Cannot write {folder}: {error.strerror or error}. Choose another folder.") from error
    say(NEXT.format(folder=folder))
