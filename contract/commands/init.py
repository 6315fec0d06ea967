"""contract init: a folder to begin with."""

from pathlib import Path

import click

from contract.commands import say
from contract.errors import CannotJudge
from contract.kit import lay_out

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
        lay_out(folder)
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error
    say(NEXT.format(folder=folder))
