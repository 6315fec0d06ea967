"""contract grade: judge a folder of submissions."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from http_contract.cli.console import say
from http_contract.cli.options import check_isolation, judging
from http_contract.errors import CannotJudge
from http_contract.grading.output import Row, as_csv, as_json, failures, page, printable, row_of, write_feedback
from http_contract.grading.plan import Plan
from http_contract.grading.pool import Job, Workers, cluster, results, threads
from http_contract.grading.store import Result, Store, keep_seed, kept_in, kept_seed
from http_contract.grading.submissions import Submission, submissions_in
from http_contract.reports.files import write_whole

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True)
OUT = click.Path(file_okay=False, path_type=Path, resolve_path=True)
FEEDBACK = "feedback"
LIMIT = 300.0  # seconds
MOST_FAILED = 5  # rules that are named at the end
INTERRUPTED = 130  # the exit status that shells know
EXAMPLES = """\b
Examples:
  contract grade submissions --jobs 2
  contract grade submissions --command "python3 server.py {port}" --until 4 --hidden hidden.py
  contract grade submissions --dask tcp://192.0.2.1:8786

What is judged already is not judged again, unless the submission, the rules or the options have changed.
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=FOLDER)
@click.option("--out", type=OUT, help="For results. [default: FOLDER-grades]")
@click.option("--jobs", type=click.IntRange(1), help="Submissions at a time. [default: one for two processors]")
@click.option("--dask", metavar="ADDRESS", help="Judge on this Dask cluster; FOLDER must be the same on all machines.")
@click.option("--time-limit", type=click.FloatRange(1), default=LIMIT, show_default=True, help="Seconds for each.")
@click.option("--command", help="Starts those whose contract.toml names no command.")
@judging
@click.option("--seed", type=int, help="For random data. [default: drawn once, and kept with the results]")
def grade(
    folder: Path,
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    seed: int | None,
    hide: tuple[Path, ...],
    **given: Any,
) -> None:
    """Judge the submissions in FOLDER, each a folder of its own: a table, a page, feedback for each."""
    out = out or folder.with_name(f"{folder.name}-grades")
    if out.is_relative_to(folder):
        raise CannotJudge(f"{out} is for results, and can't be among the submissions")
    check_isolation(given["isolate"], hide)
    submissions, passed_over = submissions_in(folder)
    for each in passed_over:
        say(printable(f"passed over: {each}"), err=True)
    plan = Plan(seed=kept_seed(out) if seed is None else seed, hide=(*hide, folder, out), **given)
    max_points = plan.max_points  # there is something to judge by: a folder for results may be made
    store = Store(out / "results")
    if seed is None:
        keep_seed(out, plan.seed)
    workers = cluster(dask) if dask else threads(jobs or max(1, (os.cpu_count() or 1) // 2))
    judge(plan, submissions, store, workers)
    conclude(out, store, [submission.name for submission in submissions], folder.name, max_points)


def judge(
    plan: Plan, submissions: Sequence[Submission], store: Store, workers: AbstractContextManager[Workers]
) -> None:
    """Judge what is not judged yet, and keep what comes of it. Ctrl-C ends the program."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it ends in the same order as by Ctrl-C
    todo = list(undone(store, map(plan.job, submissions), plan.max_points))
    say(f"{len(submissions)} submissions, {len(todo)} to judge (seed {plan.seed})", err=True)
    try:
        with workers as found, progress(len(todo), plan.max_points) as told:
            for result in results(todo, found):
                store.put(result)
                told(result)
    except KeyboardInterrupt:
        say("Stopped. The same command goes on from here.", err=True)
        sys.exit(INTERRUPTED)


def undone(store: Store, planned: Iterator[Job | Result], max_points: int) -> Iterator[Job]:
    """Yield the jobs that are to be done; keep, and tell, the results that were found without any."""
    for each in planned:
        if isinstance(each, Result):
            store.put(each)
            say(line(row_of(each, max_points)), err=True)
        elif not store.has(each.name, each.digest):
            yield each


@contextmanager
def progress(count: int, max_points: int) -> Iterator[Callable[[Result], None]]:
    """Show how far it is: a bar on a terminal, a line for each submission elsewhere."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("judging", total=count)

        def told(result: Result) -> None:
            bar.update(task, advance=1)
            if not console.is_terminal:
                say(line(row_of(result, max_points)), err=True)

        yield told


def line(row: Row) -> str:
    """Return what there is to say of a submission in one line."""
    return printable(f"{row.name}: {row.points} of {row.max_points} points" + (f" ({row.why})" if row.why else ""))


def conclude(out: Path, store: Store, names: list[str], title: str, max_points: int) -> None:
    """Write the tables, the page and the feedback, and tell what the class fails most."""
    rows = [row_of(result, max_points) for result in store.all(names)]
    made = {
        "results.csv": as_csv(rows),
        "results.json": as_json(rows),
        "results.html": page(store.all(names), rows, title),
    }
    with kept_in(out):
        for name, text in made.items():
            write_whole(out / name, text.encode("utf-8", "replace"))
        write_feedback(out / FEEDBACK, store.all(names), max_points)
    for id, times in failures(rows)[:MOST_FAILED]:
        say(f"{times:>5} of {len(rows)} fail {id}")
    say(printable(f"{', '.join(made)}, and {FEEDBACK} for each learner: in {out}"))
