"""Results as tables, for a terminal or a pipe."""

from collections.abc import Iterator, Sequence
from statistics import median

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from sidebyside.bench.goals import GoalResult, goal_results
from sidebyside.bench.peers import BASELINE, PEERS, Peer
from sidebyside.bench.results import About, Growth, Results, Spread, Summary, summarise
from sidebyside.bench.workloads import MIB, WORKLOADS, Workload


def print_results(results: Results, console: Console) -> None:
    """Print all results, and the goals that they reach or miss."""
    print_about(results.about, console)
    for workload, suite in sections(results):
        console.print(table_of(results, workload, suite))
    if results.growth:
        console.print(growth_table(results.growth))
    if goals := list(goal_results(results)):
        console.print(goals_table(goals))


def print_about(about: About, console: Console) -> None:
    lines = [
        f"{about.date}: Python {about.python}, {about.system}, {about.processor}, {about.cores} cores",
        f"{about.rounds} rounds of {about.seconds} s with {about.connections} connections; servers on core "
        f"{about.server_core}, load on core {about.load_core}",
        *(["Rates are responses per second of the server's CPU time."] if about.by_cpu else []),
        *(f"left out: {peer}, which is not installed. Install it: {how}" for peer, how in about.left_out.items()),
    ]
    if about.server_core == about.load_core:
        lines.append(
            "This machine has one core, which the servers and the load share, so the figures are not reliable."
        )
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def sections(results: Results) -> Iterator[tuple[Workload, str]]:
    """Yield each workload and suite that was measured."""
    suite_of = {peer.name: peer.suite for peer in PEERS}
    seen = {(row.workload, suite_of.get(row.peer)) for row in results.measurements}
    for suite in dict.fromkeys(suite_of.values()):
        yield from ((workload, suite) for workload in WORKLOADS if (workload.name, suite) in seen)


def summaries(results: Results, workload: Workload, suite: str) -> list[tuple[Peer, Summary]]:
    """Return the peers that were measured, the fastest first, peers without a figure last."""
    peers = [peer for peer in PEERS if peer.suite == suite]
    found = [(peer, summarise(results.measurements, workload.name, peer.name, peer.baseline)) for peer in peers]
    known = [(peer, summary) for peer, summary in found if summary is not None]
    return sorted(known, key=lambda row: -row[1].rate.median if row[1].rate else 0.0)


def table_of(results: Results, workload: Workload, suite: str) -> Table:
    """Return the table of one workload; a ratio is the median of the ratios to the baseline in each round."""
    rows = summaries(results, workload, suite)
    table = Table(
        Column(suite, no_wrap=True),
        Column("requests/s", justify="right"),
        Column("from .. to", justify="right"),
        Column(f"to {rows[0][0].baseline}", justify="right"),
        Column("from .. to", justify="right"),
        Column("p99 ms", justify="right"),
        Column("bytes/idle" if workload.idle else "MiB more" if workload.is_streamed else "", justify="right"),
        Column("", overflow="fold"),
        title=f"{workload.name}: {workload.description}",
        title_justify="left",
        box=SIMPLE,
    )
    for peer, summary in rows:
        table.add_row(*cells(peer, summary), style="bold" if peer.name == peer.baseline else "")
    return table


def cells(peer: Peer, summary: Summary) -> list[str]:
    p99 = f"{summary.p99.median / 1000:,.1f}" if summary.p99 else ""
    faults = "; ".join(f"excluded: {fault}" for fault in summary.faults)
    return [peer.name, *figures(summary.rate, ",.0f"), *figures(summary.ratio, ".2f"), p99, memory(summary), faults]


def memory(summary: Summary) -> str:
    """Return the octets of an idle connection, or the MiB that streaming takes."""
    if summary.idle_memory:
        return f"{summary.idle_memory.median:,.0f}"
    return f"{summary.peak_memory.median / MIB:,.1f}" if summary.peak_memory else ""


def figures(spread: Spread | None, form: str) -> tuple[str, str]:
    """Return the median, and the range of the figures."""
    if spread is None:
        return "-", ""
    return f"{spread.median:{form}}", f"{spread.least:{form}} .. {spread.greatest:{form}}"


def growth_table(growth: Sequence[Growth]) -> Table:
    """Return the table of microseconds per look-up, with the ratio to the fewest routes."""
    sizes = sorted({row.routes for row in growth})
    medians = {(row.router, row.path, row.routes): median(row.microseconds) for row in growth}
    table = Table(title="routing: microseconds to resolve", title_justify="left", box=SIMPLE)
    for heading in ("router", "path"):
        table.add_column(heading)
    for size in sizes:
        table.add_column(f"{size:,} routes", justify="right")
    for router, path in dict.fromkeys((row.router, row.path) for row in growth):
        first, *times = [medians.get((router, path, size)) for size in sizes]
        grown = [f"{time:,.2f} ({time / (first or time):,.1f} x)" if time else "not made" for time in times]
        table.add_row(router, path, f"{first:,.2f}", *grown, style="bold" if router == BASELINE else "")
    return table


def goals_table(goals: Sequence[GoalResult]) -> Table:
    """Return the table of goals, the missed ones in red."""
    table = Table(
        "goal",
        "target",
        "measured",
        "",
        title="goals: ratios of speeds, and of times for routing",
        title_justify="left",
        box=SIMPLE,
    )
    for each in goals:
        verdict, style = ("reached", "green") if each.reached else ("MISSED", "red")
        table.add_row(each.goal, each.target, each.measured, verdict, style=style)
    return table


def goals_page(results: Results) -> str:
    """Return a page in Markdown with the goals."""
    about = results.about
    unit = "responses per second of CPU time" if about.by_cpu else "responses per second"
    rows = "".join(
        f"| {each.goal} | {each.target} | {each.measured} | {'reached' if each.reached else 'missed'} |\n"
        for each in goal_results(results)
    )
    return f"""\
# Goals for speed

Ratios of {unit}: medians and ranges of {about.rounds} rounds. Python {about.python}, {about.processor},
{about.date[:10]}.

| goal | target | measured | |
|---|---|---|---|
{rows}"""
