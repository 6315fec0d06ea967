"""contract init: copy the files of starter/, and pack the judge as a Gradescope autograder."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

from http_contract.cli.console import say
from http_contract.errors import CannotJudge

PACKAGE = Path(__file__).parents[1]
STARTER = PACKAGE / "starter"
ZIP = Path("graders", "gradescope.zip")
SCRIPTS = ("setup.sh", "run_autograder", "judge.sh")  # in the zip only
TIME = (1980, 1, 1, 0, 0, 0)  # of all files in the zip, so that the same files make the same zip
CACHES = ("__pycache__", "*.pyc")


def scaffold(folder: Path) -> None:
    """Copy the starter into a folder, and make the folder if it does not exist."""
    ignored = shutil.ignore_patterns(*CACHES, *SCRIPTS)
    shutil.copytree(STARTER, folder, ignore=ignored, copy_function=shutil.copyfile, dirs_exist_ok=True)
    with ZipFile(folder / ZIP, "w", ZIP_DEFLATED) as archive:
        for file, name in zipped():
            archive.writestr(entry(name), file.read_bytes())


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
    contract check --until 1

README.md is the assignment. graders/README.md explains to teachers how a platform judges submissions."""
EXAMPLES = """\b
Examples:
  contract init my-server
  cd my-server && contract check --until 1
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make FOLDER for a new server or a course, with the assignment, a first server and graders."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CannotJudge(f"{folder} is not empty. Choose a new folder.")
        scaffold(folder)
    except OSError as error:
        raise CannotJudge(f"Cannot write {folder}: {error.strerror or error}. Choose another folder.") from error
    say(NEXT.format(folder=folder))
