"""Results as tables, for a terminal and for a pipe."""

from collections.abc import Iterator, Sequence
from statistics import median

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from sidebyside.bench.goals import verdicts
from sidebyside.bench.peers import BASELINE, PEERS, Peer
from sidebyside.bench.results import About, Growth, Results
from sidebyside.bench.statistics import Spread, Summary, summarise
from sidebyside.bench.workloads import WORKLOADS, Workload


def show(results: Results, console: Console) -> None:
    """Print all that the results hold."""
    show_about(results.about, console)
    for workload, suite in sections(results):
        console.print(table_of(results, workload, suite))
    if results.growth:
        console.print(growth_table(results.growth))
    for verdict in verdicts(results):
        console.print(Text(verdict.text, "green" if verdict.kept else "red"), soft_wrap=True)


def show_about(about: About, console: Console) -> None:
    lines = [
        f"{about.date}: Python {about.python}, {about.system}, {about.processor}, {about.cores} cores",
        f"{about.rounds} rounds of {about.seconds} s with {about.connections} connections; servers on core "
        f"{about.server_core}, load on core {about.load_core}",
        *(f"left out: {peer}, which is not installed: {get}" for peer, get in about.left_out.items()),
    ]
    if about.server_core == about.load_core:
        lines.append("This machine has one core: servers and load share it, and the figures say little.")
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def sections(results: Results) -> Iterator[tuple[Workload, str]]:
    """Yield each workload and suite that something was measured of."""
    suite_of = {peer.name: peer.suite for peer in PEERS}
    seen = {(row.workload, suite_of.get(row.peer)) for row in results.measurements}
    for suite in dict.fromkeys(suite_of.values()):
        yield from ((workload, suite) for workload in WORKLOADS if (workload.name, suite) in seen)


def summaries(results: Results, workload: Workload, suite: str) -> list[tuple[Peer, Summary]]:
    """Return the peers that were measured, the fastest first, those without a figure last."""
    peers = [peer for peer in PEERS if peer.suite == suite]
    found = [(peer, summarise(results.measurements, workload.name, peer.name, peer.baseline)) for peer in peers]
    known = [(peer, summary) for peer, summary in found if summary is not None]
    return sorted(known, key=lambda row: -row[1].rate.median if row[1].rate else 0.0)


def table_of(results: Results, workload: Workload, suite: str) -> Table:
    """Return the table of one workload; its ratios are medians of each round's ratio to the baseline."""
    rows = summaries(results, workload, suite)
    table = Table(
        Column(suite, no_wrap=True),
        Column("requests/s", justify="right"),
        Column("from .. to", justify="right"),
        Column(f"to {rows[0][0].baseline}", justify="right"),
        Column("from .. to", justify="right"),
        Column("bytes/idle" if workload.idle else "", justify="right"),
        Column("", overflow="fold"),
        title=f"{workload.name}: {workload.shows}",
        title_justify="left",
        box=SIMPLE,
    )
    for peer, summary in rows:
        table.add_row(*cells(peer, summary), style="bold" if peer.name == peer.baseline else "")
    return table


def cells(peer: Peer, summary: Summary) -> list[str]:
    memory = f"{summary.idle_memory.median:,.0f}" if summary.idle_memory else ""
    faults = "; ".join(f"invalid: {fault}" for fault in summary.faults)
    return [peer.name, *figures(summary.rate, ",.0f"), *figures(summary.ratio, ".2f"), memory, faults]


def figures(spread: Spread | None, form: str) -> tuple[str, str]:
    """Return the median, and from where to where the figures go."""
    if spread is None:
        return "-", ""
    return f"{spread.median:{form}}", f"{spread.least:{form}} .. {spread.greatest:{form}}"


def growth_table(growth: Sequence[Growth]) -> Table:
    """Return the table of microseconds a look-up, with their ratio to the fewest routes."""
    sizes = sorted({row.routes for row in growth})
    medians = {(row.router, row.path, row.routes): median(row.microseconds) for row in growth}
    table = Table(title="routing: microseconds to resolve", title_justify="left", box=SIMPLE)
    for heading in ("router", "path"):
        table.add_column(heading)
    for size in sizes:
        table.add_column(f"{size:,} routes", justify="right")
    for router, path in dict.fromkeys((row.router, row.path) for row in growth):
        times = [medians[router, path, size] for size in sizes]
        grown = [f"{time:,.2f} ({time / times[0]:,.1f} x)" for time in times[1:]]
        table.add_row(router, path, f"{times[0]:,.2f}", *grown, style="bold" if router == BASELINE else "")
    return table
