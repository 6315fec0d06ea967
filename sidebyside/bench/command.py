"""sidebyside bench: what it takes, what it checks before it begins, and what it leaves behind."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console

from sidebyside.bench import results as held
from sidebyside.bench.answers import Unusable
from sidebyside.bench.peers import BENCH, PEERS
from sidebyside.bench.results import Results
from sidebyside.bench.running import SUITES, Plan, run
from sidebyside.bench.tables import show
from sidebyside.bench.workloads import WORKLOADS
from sidebyside.installed import program_version
from sidebyside.signals import Stopped, StopSignals

PIPED = 120  # columns of the tables, where they do not go to a terminal
INTERRUPTED = 130  # the exit status that shells know
FILE = click.Path(dir_okay=False, path_type=Path)
WRITTEN_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
WORKLOAD_NAMES = click.Choice([workload.name for workload in WORKLOADS])
PEER_NAMES = click.Choice([peer.name for peer in PEERS])

EXAMPLES = """\b
Examples:
  sidebyside bench                                      servers, about 15 minutes
  sidebyside bench --workload same --peer nginx         raw_router beside nginx, one workload
  sidebyside bench --suite all --json bench.json --svg bench.svg
  sidebyside bench --from bench.json --svg bench.svg    show again what was measured
"""


@click.command(epilog=EXAMPLES)
@click.option("--suite", type=click.Choice(list(SUITES)), default="servers", show_default=True, help="What to measure.")
@click.option("--workload", "workloads", type=WORKLOAD_NAMES, multiple=True, help="Only this one; can be repeated.")
@click.option(
    "--peer",
    "peers",
    type=PEER_NAMES,
    metavar="NAME",
    multiple=True,
    help="Only this one and what it is compared with; can be repeated.",
)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Fewer than five tell little.")
@click.option("--seconds", type=click.IntRange(1), default=2, show_default=True, help="For each measurement.")
@click.option("--json", "json_file", type=FILE, help="Write here what each round gave.")
@click.option("--svg", "svg_file", type=FILE, help="Write a figure here.")
@click.option("--from", "source", type=WRITTEN_FILE, help="Measure nothing; show what --json has written.")
def bench(
    suite: str,
    workloads: Sequence[str],
    peers: Sequence[str],
    rounds: int,
    seconds: int,
    json_file: Path | None,
    svg_file: Path | None,
    source: Path | None,
) -> None:
    """Measure raw_router beside other servers, and how routing grows with the routes.

    The server has one core, wrk, which makes the load, another. All serve the same bytes; who serves others, or makes
    errors, gets no figure. In each round the peers follow each other in another order, and ratios are taken within it.
    """
    check_figure(svg_file)
    results = read(source) if source else measured(Plan(suite, workloads, peers, rounds, seconds))
    show(results, Console() if sys.stdout.isatty() else Console(width=PIPED))
    if json_file:
        held.write(results, json_file)
    if svg_file:
        draw(results, svg_file)


def check_figure(svg_file: Path | None) -> None:
    """Say before all the measuring that a figure could not be drawn."""
    if svg_file and find_spec("matplotlib") is None:
        raise click.ClickException(f"matplotlib, which draws the figure, is not installed; install it by: {BENCH}")


def draw(results: Results, svg_file: Path) -> None:
    from sidebyside.bench import figure  # needs matplotlib, which is optional

    figure.draw(results, svg_file)


def read(source: Path) -> Results:
    try:
        return held.read(source)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def measured(plan: Plan) -> Results:
    """Measure all that is planned, and leave no process running."""
    check_wrk(plan)
    signals = StopSignals()
    try:
        with signals.raised(), telling() as tell:
            return run(plan, tell)
    except Stopped:
        click.echo("Stopped; nothing is written, and no server is left.", err=True)
        raise SystemExit(INTERRUPTED) from None
    except Unusable as unusable:
        raise click.ClickException(f"raw_router gives no answer to measure by: {unusable}") from unusable


def check_wrk(plan: Plan) -> None:
    if plan.all_peers() and program_version("wrk", "--version") is None:
        raise click.ClickException("wrk, which makes the load, is not installed; install it by: apt-get install wrk")


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Yield what shows in a terminal how far we are."""
    with Console(stderr=True).status("Starting") as status:
        yield status.update
