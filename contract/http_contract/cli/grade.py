"""contract grade: judge a folder of submissions."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from http_contract.cli.console import orderly, say
from http_contract.cli.options import check_isolation, judging
from http_contract.errors import CannotJudge
from http_contract.escaping import escape_unprintable
from http_contract.grading.output import (
    Row,
    as_csv,
    as_json,
    cause_title,
    causes,
    failures,
    page,
    row_of,
    write_feedback,
)
from http_contract.grading.plan import Plan
from http_contract.grading.pool import Job, Workers, cluster, results, threads
from http_contract.grading.store import Result, Store, load_seed, save_seed, writing_to
from http_contract.grading.submissions import Submission, submissions_in
from http_contract.reports.files import write_whole

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True)
OUT = click.Path(file_okay=False, path_type=Path, resolve_path=True)
FEEDBACK = "feedback"
MARK = "\ufeff"  # a byte-order mark: without it, some spreadsheets do not read UTF-8
LIMIT = 300.0  # seconds
MOST_FAILED = 5  # rules that are listed at the end
STOPPED = "Stopped. Run the same command to continue."
EXAMPLES = """\b
Examples:
  contract grade submissions --jobs 2
  contract grade submissions --command "python3 server.py {port}" --until 4 --hidden hidden.py
  contract grade submissions --dask tcp://192.0.2.1:8786

Unchanged submissions are skipped: they are judged again only if the submission, the rules or the options change.
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=FOLDER)
@click.option("--out", type=OUT, help="Folder for the results. [default: FOLDER-grades]")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Number of submissions to judge at the same time. [default: half the processors]",
)
@click.option("--dask", metavar="ADDRESS", help="Judge on this Dask cluster. FOLDER must be the same on all machines.")
@click.option(
    "--time-limit", type=click.FloatRange(1), default=LIMIT, show_default=True, help="Seconds for each submission."
)
@click.option("--command", help="Command for submissions without a command in contract.toml.")
@judging
@click.option("--seed", type=int, help="Seed of the random data. [default: random, and stored with the results]")
def grade(
    folder: Path,
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    seed: int | None,
    hide: tuple[Path, ...],
    allow: tuple[Path, ...],
    **options: Any,
) -> None:
    """Judge the submissions in FOLDER, one folder each, and write a table, a page, and feedback for each learner."""
    out = out or folder.with_name(f"{folder.name}-grades")
    if out.is_relative_to(folder):
        raise CannotJudge(f"The results cannot be among the submissions, in {out}. Choose another folder with --out.")
    check_isolation(options["isolate"], hide=hide, allow=allow)
    submissions, ignored = submissions_in(folder)
    for each in ignored:
        say(escape_unprintable(f"Ignored: {each}"), err=True)
    plan = Plan(seed=load_seed(out) if seed is None else seed, hide=(*hide, folder, out), allow=allow, **options)
    max_points = plan.max_points  # CannotJudge if there are no rules, before a folder for results is made
    store = Store(out / "results")
    if seed is None:
        save_seed(out, plan.seed)
    workers = cluster(dask) if dask else threads(jobs or max(1, (os.cpu_count() or 1) // 2))
    judge(plan, submissions, store, workers)
    conclude(out, store, [submission.name for submission in submissions], folder.name, max_points)


def judge(
    plan: Plan, submissions: Sequence[Submission], store: Store, workers: AbstractContextManager[Workers]
) -> None:
    """Judge the submissions that have no result yet, and store the results."""
    todo = list(undone(store, map(plan.job, submissions), plan.max_points))
    say(f"{len(submissions)} submissions, {len(todo)} to judge (seed {plan.seed})", err=True)
    with orderly(STOPPED), workers as pool, progress(len(todo), plan.max_points) as advance:
        for result in results(todo, pool):
            store.put(result)
            advance(result)


def undone(store: Store, planned: Iterator[Job | Result], max_points: int) -> Iterator[Job]:
    """Yield the jobs to run. Store and print the results that need no job."""
    for each in planned:
        if isinstance(each, Result):
            store.put(each)
            say(line(row_of(each, max_points)), err=True)
        elif not store.has(each.name, each.digest):
            yield each


@contextmanager
def progress(count: int, max_points: int) -> Iterator[Callable[[Result], None]]:
    """Show the progress: a bar on a terminal, a line for each submission elsewhere."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("judging", total=count)

        def advance(result: Result) -> None:
            bar.update(task, advance=1)
            if not console.is_terminal:
                say(line(row_of(result, max_points)), err=True)

        yield advance


def line(row: Row) -> str:
    """Return the result of a submission in one line."""
    return escape_unprintable(
        f"{row.name}: {row.points} of {row.max_points} points" + (f" ({row.why})" if row.why else "")
    )


def conclude(out: Path, store: Store, names: list[str], title: str, max_points: int) -> None:
    """Write the tables, the page and the feedback, and print the rules that fail most often."""
    rows = [row_of(result, max_points) for result in store.all(names)]
    made = {
        "results.csv": MARK + as_csv(rows),
        "results.json": as_json(rows),
        "results.html": page(store.all(names), rows, title),
    }
    with writing_to(out):
        for name, text in made.items():
            write_whole(out / name, text.encode("utf-8", "replace"))
        write_feedback(out / FEEDBACK, store.all(names), max_points)
    for cause, times in causes(rows)[:MOST_FAILED]:
        say(f"{times:>5} of {len(rows)}: the program {cause_title(cause)} ({cause})")
    for id, times in failures(rows)[:MOST_FAILED]:
        say(f"{times:>5} of {len(rows)} fail {id}")
    say(escape_unprintable(f"{', '.join(made)} and {FEEDBACK} for each learner are in {out}"))
