"""What a course, or a server, begins with: the files of starter/, and the judge as a Gradescope autograder."""

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
ZIPPED = ("setup.sh", "run_autograder", "judge.sh", "options")  # of graders/: at the root of the zip
ONLY_ZIPPED = ("setup.sh", "run_autograder", "judge.sh")  # of those, what nobody wants beside it
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of all files in a zip, so that the same files make the same zip
CACHES = ("__pycache__", "*.pyc")


def scaffold(folder: Path) -> None:
    """Write all files of the starter into a folder, which is made where it is not there."""
    ignored = shutil.ignore_patterns(*CACHES, *ONLY_ZIPPED)
    shutil.copytree(STARTER, folder, ignore=ignored, copy_function=shutil.copyfile, dirs_exist_ok=True)
    with ZipFile(folder / ZIP, "w", ZIP_DEFLATED) as archive:
        for file, name in zipped():
            archive.writestr(entry(name), file.read_bytes())


def zipped() -> Iterator[tuple[Path, str]]:
    """Yield the files of a Gradescope autograder, and their names in the zip: the scripts, and the judge itself."""
    for name in ZIPPED:
        yield STARTER / "graders" / name, name
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and not any(part.match(pattern) for part in (file, file.parent) for pattern in CACHES):
            yield file, str(Path(PACKAGE.name, file.relative_to(PACKAGE)))


def entry(name: str) -> ZipInfo:
    """Return what a zip says of a file: scripts can be executed."""
    info = ZipInfo(name, LONG_AGO)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = (0o755 if name in ONLY_ZIPPED else 0o644) << 16
    return info


# -- commands.init


NEXT = """\
{folder} is ready. Now:

    cd {folder}
    contract check --until 1

README.md is the assignment. graders/README.md tells teachers how a platform judges submissions."""


EXAMPLES = """\b
Examples:
  contract init my-server
  cd my-server && contract check --until 1
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a FOLDER to begin a server, or a course, with: the assignment, a first server, graders."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise CannotJudge(f"{folder} is not empty")
        scaffold(folder)
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error
    say(NEXT.format(folder=folder))
