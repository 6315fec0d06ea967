"""sidebyside bench: its options, what it checks before it measures, and the files that it writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console

from sidebyside.bench import results as files
from sidebyside.bench.clients import Unusable
from sidebyside.bench.measure import SUITES, Plan, run
from sidebyside.bench.peers import INSTALL_BENCH, PEERS
from sidebyside.bench.report import goals_page, print_results
from sidebyside.bench.results import Results
from sidebyside.bench.workloads import GUESTS, WORKLOADS
from sidebyside.console import console
from sidebyside.launch.requirements import LaunchError, not_installed, program_path
from sidebyside.launch.signals import interruptible

PIPED = 120  # columns of the tables in a pipe
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
WORKLOAD_NAMES = click.Choice([workload.name for workload in WORKLOADS])
PEER_NAMES = click.Choice([peer.name for peer in PEERS])

EXAMPLES = """\b
Examples:
  sidebyside bench                                      the suite of servers, about 15 minutes
  sidebyside bench --workload same --peer nginx         nginx and raw_router, one workload
  sidebyside bench --suite wsgi --workload body-1Mi     large responses of a WSGI application
  sidebyside bench --suite all --json bench.json --svg bench.svg
  sidebyside bench --guests --growth growth.svg         every guest, and how look-up grows with routes
  sidebyside bench --from bench.json --svg bench.svg    show earlier results
"""


@click.command(epilog=EXAMPLES)
@click.option("--suite", type=click.Choice(list(SUITES)), default="servers", show_default=True, help="What to measure.")
@click.option(
    "--guests",
    "of_guests",
    is_flag=True,
    help="Measure the guests on their home servers, and the routers of their frameworks: --suite guests.",
)
@click.option(
    "--workload",
    "workloads",
    type=WORKLOAD_NAMES,
    metavar="NAME",
    multiple=True,
    help=f"Measure only this workload; can be repeated: {', '.join(WORKLOAD_NAMES.choices)}.",
)
@click.option(
    "--peer",
    "peers",
    type=PEER_NAMES,
    metavar="NAME",
    multiple=True,
    help="Measure only this server and its baseline; can be repeated.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Number of rounds. With fewer than five, the results are not reliable.",
)
@click.option("--seconds", type=click.IntRange(1), default=2, show_default=True, help="Seconds for each measurement.")
@click.option(
    "--cpu",
    "by_cpu",
    is_flag=True,
    help="Count responses per second of the server's CPU time, which varies less while other programs run.",
)
@click.option("--json", "json_file", type=FILE, help="Write the measurements of each round to this file.")
@click.option("--svg", "svg_file", type=FILE, help="Write a figure to this file.")
@click.option("--growth", "growth_file", type=FILE, help="Write a figure of the routers to this file.")
@click.option("--goals", "goals_file", type=FILE, help="Write the goals to this Markdown file.")
@click.option("--from", "source", type=EXISTING_FILE, help="Show the results in this JSON file and measure nothing.")
def bench(
    suite: str,
    of_guests: bool,
    workloads: Sequence[str],
    peers: Sequence[str],
    rounds: int,
    seconds: int,
    by_cpu: bool,
    json_file: Path | None,
    svg_file: Path | None,
    growth_file: Path | None,
    goals_file: Path | None,
    source: Path | None,
) -> None:
    """Measure raw_router beside other servers, and how routing time grows with the number of routes.

    The server runs on one core, and the load generator wrk on another. All servers must serve the same bytes; a
    server that sends other bytes or errors is excluded. The order of the servers differs from round to round, and
    ratios are computed within each round.
    """
    check_figure(svg_file or growth_file)
    suite = GUESTS if of_guests else suite
    results = earlier_results(source) if source else measured(Plan(suite, workloads, peers, rounds, seconds, by_cpu))
    print_results(results, sized_console())
    if json_file:
        files.write(results, json_file)
    if goals_file:
        goals_file.write_text(goals_page(results))
    if svg_file:
        draw(results, svg_file)
    if growth_file:
        draw_growth(results, growth_file)


def sized_console() -> Console:
    """Return a console as wide as the terminal; tables in a pipe have a width of their own."""
    out = console()
    out.width = out.width if out.is_terminal else PIPED
    return out


def check_figure(svg_file: Path | None) -> None:
    """Fail before measuring if a figure is asked for and cannot be drawn."""
    if svg_file and find_spec("matplotlib") is None:
        raise click.ClickException(not_installed("matplotlib, which draws the figure,", INSTALL_BENCH))


def draw(results: Results, svg_file: Path) -> None:
    from sidebyside.bench import figure  # needs matplotlib, which is optional

    figure.draw(results, svg_file)


def draw_growth(results: Results, growth_file: Path) -> None:
    from sidebyside.bench import growth_figure  # needs matplotlib, which is optional

    growth_figure.draw(results.growth, growth_file)


def earlier_results(source: Path) -> Results:
    try:
        return files.read(source)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def measured(plan: Plan) -> Results:
    """Measure what is planned, and leave no process running."""
    if not list(plan.pairs()) and not plan.includes_routing:
        raise click.UsageError(f"The suite {plan.suite} does not measure that. Choose another one: --suite all")
    check_wrk(plan)
    try:
        with interruptible(), progress() as show_progress:
            return run(plan, show_progress)
    except Unusable as unusable:
        raise click.ClickException(f"raw_router cannot be measured: it {unusable}") from unusable


def check_wrk(plan: Plan) -> None:
    """Fail before measuring if wrk, which makes the load, is not installed."""
    if plan.all_peers():
        try:
            program_path("wrk")
        except LaunchError as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows on a terminal what is measured now."""
    with Console(stderr=True).status("Starting") as status:
        yield status.update
