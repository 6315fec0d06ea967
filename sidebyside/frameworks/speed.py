"""The speed of guests, from earlier results of `sidebyside bench --guests`, as a part of the page about frameworks."""

from collections.abc import Iterator
from pathlib import Path

from sidebyside.bench.peers import PEERS, URLS_ROUTER
from sidebyside.bench.results import Results, Summary, read, summarise
from sidebyside.bench.workloads import GUESTS, WORKLOADS
from sidebyside.frameworks.tables import row

RESULTS, GROWTH_FIGURE = "frameworks-bench.json", "frameworks-routing.svg"  # beside the page
INTRODUCTION = f"""\
## Speed

`sidebyside bench --guests{{cpu}} --json docs/{RESULTS} --growth docs/{GROWTH_FIGURE}`
measured this on {{date}} with Python {{python}}: responses per second{{of_cpu}}, as a ratio to raw_router
with its dict `URLS`. These are medians of {{rounds}} rounds on one core. The page `/test` is the same for everybody, so
raw_router keeps its response. `/hello/you` is rendered for each request.
"""
GROWTH = f"""\
The routers alone, without a server and without views: how the time to find a route grows with the number of routes. A
router that looks paths up in a dict or in a tree needs the same time for any number of routes. One that tries one route
after the other becomes slow. A router that takes minutes to be made of 100,000 routes has no point there.

![How look-up grows with the number of routes]({GROWTH_FIGURE})
"""


def speed_lines(folder: Path) -> Iterator[str]:
    """Yield the section about speed, if the folder of the page contains results."""
    if (folder / RESULTS).is_file():
        yield from _lines(read(folder / RESULTS))


def _lines(results: Results) -> Iterator[str]:
    about = results.about
    cpu, of_cpu = (" --cpu", " of the server's CPU time") if about.by_cpu else ("", "")
    values = {"date": about.date[:10], "python": about.python, "rounds": about.rounds}
    yield INTRODUCTION.format(cpu=cpu, of_cpu=of_cpu, **values)
    workloads = [workload for workload in WORKLOADS if GUESTS in workload.suites]
    yield row(["", *(f"`GET {workload.template.split()[1]}`" for workload in workloads)])
    yield row(["---", *("--:" for _ in workloads)])
    found = [
        (peer.name, [summarise(results.measurements, workload.name, peer.name, URLS_ROUTER) for workload in workloads])
        for peer in PEERS
        if peer.suite == GUESTS
    ]
    for name, summaries in sorted(found, key=lambda each: -_ratio(each[1][0])):
        yield row([name.removeprefix("guest "), *map(_cell, summaries)])
    yield ""
    yield GROWTH


def _ratio(summary: Summary | None) -> float:
    return summary.ratio.median if summary and summary.ratio else 0.0


def _cell(summary: Summary | None) -> str:
    if summary and not summary.ratio:
        return "; ".join(summary.faults)
    return f"{_ratio(summary):.3f}" if summary else "not measured"
