"""sidebyside matrix: its options, its progress bar, and what it writes."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from guests import GUESTS, Guest
from http_contract.cli.console import Unable, say
from http_contract.cli.options import STAGE, new_file
from http_contract.reports.files import write_whole
from sidebyside.console import console, print_lines
from sidebyside.frameworks import terminal as guests_terminal
from sidebyside.frameworks.judging import GuestReport, home_pairs, judge_guests
from sidebyside.frameworks.pages import write_pages
from sidebyside.launch.signals import interruptible
from sidebyside.matrix.attribution import Matrix
from sidebyside.matrix.export import as_json
from sidebyside.matrix.markdown import as_markdown
from sidebyside.matrix.run import FRAMEWORKS, OURS, TITLES, Pair, PairReport, chosen, judge, versions
from sidebyside.matrix.terminal import lines

GUESTS_BY_NAME = {guest.name: guest for guest in GUESTS}
IMPLEMENTATIONS = click.Choice([*FRAMEWORKS, *GUESTS_BY_NAME])
ON = click.Choice([OURS, *TITLES])
EXAMPLES = """\b
Examples:
  sidebyside matrix                                   all pairs, about five minutes
  sidebyside matrix --on gunicorn --on nginx          two servers, and raw_router to compare them with
  sidebyside matrix --only flask --stage 3 --stage 4
  sidebyside matrix --page docs/conformance.md        also writes a page with a reason for each failure
  sidebyside matrix --guests --only bottle --stage 4
  sidebyside matrix --guests --page docs/frameworks.md

Exit status: 0 if all MUST rules pass on raw_router with the default driver of each implementation, 1 if one of them
fails or is skipped, 2 if a pair could not be judged. With --guests, 0 unless a guest could not be judged.
"""


def page_path(text: str) -> Path:
    """Return a path that can probably be written, so that an error comes before the judging."""
    try:
        return new_file(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog=EXAMPLES)
@click.option(
    "--only",
    "implementations",
    type=IMPLEMENTATIONS,
    metavar="NAME",
    multiple=True,
    help="Judge only this implementation, or this guest; can be repeated.",
)
@click.option(
    "--on",
    "servers",
    type=ON,
    metavar="SERVER",
    multiple=True,
    help=f"Judge only on this server; can be repeated: {', '.join(TITLES)}; raw_router means its four drivers.",
)
@click.option(
    "--guests",
    "of_guests",
    is_flag=True,
    help="Judge the guests, each on its home server: on raw_router, or on the framework's own server.",
)
@click.option("--stage", "stages", type=STAGE, multiple=True, help="Judge only this stage; can be repeated.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Judge this many pairs at a time.")
@click.option(
    "--page",
    "page_file",
    type=page_path,
    metavar="FILE",
    help="Write the matrix and all failures to this file, as Markdown.",
)
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
def matrix(
    implementations: Sequence[str],
    servers: Sequence[str],
    of_guests: bool,
    stages: Sequence[int],
    jobs: int,
    page_file: Path | None,
    form: str | None,
) -> None:
    """Judge each implementation on each server by the contract, and attribute each failure to a framework or a server.

    The result lists the points of each stage. raw_router is always judged, with each of its drivers, as the baseline.
    If an application passes a rule on raw_router and fails it on another server, the failure belongs to that server.
    With --guests, the page shows what each framework does by itself, with two figures beside the page.
    """
    if of_guests:
        guests_matrix(chosen_guests(implementations, servers), stages, jobs, page_file, form)
        return
    if unknown := [name for name in implementations if name in GUESTS_BY_NAME]:
        raise click.UsageError(f"{' and '.join(unknown)} is a guest; use --guests to judge it")
    pairs = pairs_of(implementations, servers)
    with interruptible():
        judged = judge_all(pairs, stages, jobs)
    print_matrix(judged, form)
    if page_file:
        with writing(page_file):
            write_whole(page_file, as_markdown(judged).encode())
    sys.exit(0 if judged.ours_pass else 1)


def pairs_of(implementations: Sequence[str], servers: Sequence[str]) -> list[Pair]:
    pairs = chosen(implementations, servers)
    if not pairs:
        raise click.UsageError(f"{' and '.join(implementations)} does not run on {' or '.join(servers)}")
    return pairs


def judge_all(pairs: Sequence[Pair], stages: Sequence[int], jobs: int) -> Matrix:
    """Judge the pairs whose server is installed."""
    present = [pair for pair in pairs if not pair.missing]
    options = [word for stage in stages for word in ("--stage", str(stage))]
    with progress(len(present)) as on_done:
        reports = judge(present, options, jobs, on_done)
    return Matrix(reports, versions(present), {pair.server: pair.missing for pair in pairs if pair.missing})


def chosen_guests(names: Sequence[str], servers: Sequence[str]) -> list[Guest]:
    """Return the guests with these names, all if there are none."""
    if others := [name for name in names if name in FRAMEWORKS]:
        raise click.UsageError(f"{' and '.join(others)} is not a guest, so it cannot be used with --guests")
    if servers:
        raise click.UsageError("--on cannot be used with --guests, which run on their home servers")
    return [guest for guest in GUESTS if guest.name in (names or GUESTS_BY_NAME)]


def guests_matrix(
    guests: Sequence[Guest], stages: Sequence[int], jobs: int, page_file: Path | None, form: str | None
) -> None:
    """Judge the guests whose framework is installed, and print and write what was found."""
    with interruptible():
        reports = judge_all_guests(guests, stages, jobs)
    if form:
        say(guests_terminal.as_json(reports))
    else:
        print_lines(console(), guests_terminal.lines(reports))
    if page_file:
        with writing(page_file):
            write_pages(page_file, reports)


def judge_all_guests(guests: Sequence[Guest], stages: Sequence[int], jobs: int) -> list[GuestReport]:
    pairs = home_pairs(guests)
    if lacking := next((pair.missing for pair in pairs if pair.missing), ""):
        raise Unable(lacking)
    options = [word for stage in stages for word in ("--stage", str(stage))]
    with progress(len(pairs)) as on_done:
        return judge_guests(pairs, options, jobs, on_done)


def print_matrix(judged: Matrix, form: str | None) -> None:
    if form:
        say(as_json(judged))
    else:
        print_lines(console(), lines(judged))


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Report in one line that a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise Unable(f"{file} cannot be written: {error.strerror}") from error


@contextmanager
def progress(count: int) -> Iterator[Callable[[PairReport], None]]:
    """Show a progress bar on a terminal; yields the function to call when a pair is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    out = Console(stderr=True)
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("judging", total=count)
        yield lambda report: bar.update(task, advance=1, description=str(report.pair))
