"""sidebyside matrix: what it takes, and what it does with it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from http_contract.cli.console import Unable, say
from http_contract.cli.options import STAGE, new_file
from http_contract.reports.files import write_whole
from sidebyside.matrix.blaming import Matrix
from sidebyside.matrix.judging import Judged, judge
from sidebyside.matrix.page import page
from sidebyside.matrix.pairs import FRAMEWORKS, OURS, TITLES, Pair, chosen, versions
from sidebyside.matrix.records import as_json
from sidebyside.matrix.tables import lines
from sidebyside.orderly import orderly
from sidebyside.printing import console, show

IMPLEMENTATIONS = click.Choice(list(FRAMEWORKS))
ON = click.Choice([OURS, *TITLES])
EXAMPLES = """\b
Examples:
  sidebyside matrix                                   all, about five minutes
  sidebyside matrix --on gunicorn --on nginx          two servers, and raw_router beside them
  sidebyside matrix --only flask --stage 3 --stage 4
  sidebyside matrix --page docs/conformance.md        and a page with a reason for each failure

Exit status: 0 if each MUST rule holds on raw_router, with the driver that an implementation has by default; 1 if one
does not, or is not judged since another does not; 2 if something could not be judged at all.
"""


def page_path(text: str) -> Path:
    """Return where the page can be written, as far as that can be told before it is made."""
    try:
        return new_file(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog=EXAMPLES)
@click.option("--only", "implementations", type=IMPLEMENTATIONS, multiple=True, help="This one; can be repeated.")
@click.option(
    "--on",
    "servers",
    type=ON,
    metavar="SERVER",
    multiple=True,
    help=f"On this server, which can be repeated: {', '.join(TITLES)}, or raw_router for its four drivers.",
)
@click.option("--stage", "stages", type=STAGE, multiple=True, help="Judge this stage; can be repeated.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Pairs at a time.")
@click.option(
    "--page", "page_file", type=page_path, metavar="FILE", help="Write here, in Markdown, whose each failure is."
)
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
def matrix(
    implementations: Sequence[str],
    servers: Sequence[str],
    stages: Sequence[int],
    jobs: int,
    page_file: Path | None,
    form: str | None,
) -> None:
    """Judge each implementation on each server by the contract: points by stage, and whose each failure is.

    raw_router comes with each of its drivers. It is judged in any case: a rule that holds on it with the same
    application is broken by the server.
    """
    pairs = pairs_of(implementations, servers)
    with orderly():
        judged = judge_all(pairs, stages, jobs)
    tell(judged, form)
    if page_file:
        write(page_file, page(judged))
    sys.exit(0 if judged.ours_hold else 1)


def pairs_of(implementations: Sequence[str], servers: Sequence[str]) -> list[Pair]:
    pairs = chosen(implementations, servers)
    if not pairs:
        raise click.UsageError(f"{' and '.join(implementations)} does not run on {' or '.join(servers)}")
    return pairs


def judge_all(pairs: Sequence[Pair], stages: Sequence[int], jobs: int) -> Matrix:
    """Judge those whose server is installed."""
    present = [pair for pair in pairs if not pair.missing]
    options = [word for stage in stages for word in ("--stage", str(stage))]
    with progress(len(present)) as told:
        judged = judge(present, options, jobs, told)
    return Matrix(judged, versions(present), {pair.server: pair.missing for pair in pairs if pair.missing})


def tell(judged: Matrix, form: str | None) -> None:
    if form:
        say(as_json(judged))
    else:
        out = console()
        show(out, lines(judged))


def write(file: Path, text: str) -> None:
    try:
        write_whole(file, text.encode())
    except OSError as error:
        raise Unable(f"{file} cannot be written: {error.strerror}") from error


@contextmanager
def progress(count: int) -> Iterator[Callable[[Judged], None]]:
    """Show on a terminal how far it is; yields what is to be told of each pair that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    out = Console(stderr=True)
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("judging", total=count)
        yield lambda judged: bar.update(task, advance=1, description=str(judged.pair))
