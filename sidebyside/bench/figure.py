"""Results as a figure: for each workload, the ratio of each peer to the baseline as a bar, with its spread."""

from math import ceil
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sidebyside.bench.peers import Peer
from sidebyside.bench.report import sections, summaries
from sidebyside.bench.results import About, Results, Spread, Summary

# Half-way between black and white: the figure is transparent, and is read on light and dark pages.
INK = "#7a828e"
BAR = "#4a90c4"
BASELINE_BAR = "#e0702f"
COLUMNS = 2
WIDTH = 9.0  # inches
ROW_HEIGHT = 0.24  # inches for each bar
ROW_ROOM = 0.75  # inches for a row's titles
LABEL_ROOM = 1.3  # times the longest bar

STYLE: Any = {  # matplotlib has hundreds of keys
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "three-routers",  # so that the same results give the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw(results: Results, file: Path) -> None:
    """Write the figure as SVG."""
    panels = [(workload, suite, summaries(results, workload, suite)) for workload, suite in sections(results)]
    rows = ceil(len(panels) / COLUMNS) or 1
    bars = max((len(panel[2]) for panel in panels), default=1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, rows * (bars * ROW_HEIGHT + ROW_ROOM)), layout="constrained")
        grid = list(figure.subplots(rows, COLUMNS, squeeze=False).flat)
        for axes, (workload, suite, shown) in zip(grid, panels, strict=False):
            axes.set_title(workload.name if suite == "servers" else f"{suite}: {workload.name}", loc="left")
            draw_bars(axes, shown, bars)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        figure.supxlabel(caption(results.about), fontsize=8)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def draw_bars(axes: Axes, shown: list[tuple[Peer, Summary]], room: int) -> None:
    """Draw one workload, the fastest on top."""
    for height, (peer, summary) in enumerate(shown):
        if summary.ratio and summary.rate:
            draw_bar(axes, height, summary.ratio, BASELINE_BAR if peer.name == peer.baseline else BAR)
            label(axes, summary.ratio.greatest, height, f"{summary.ratio.median:.2f} ({thousands(summary.rate)})")
        else:
            label(axes, 0, height, "excluded")
    axes.set_yticks(range(len(shown)), [peer.name for peer, _ in shown])
    axes.set_ylim(room - 0.5, -0.5)
    axes.set_xlim(0, LABEL_ROOM * max([1.0, *(summary.ratio.greatest for _, summary in shown if summary.ratio)]))
    axes.axvline(1, color=INK, linewidth=0.6, linestyle=":")
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelbottom=False)


def draw_bar(axes: Axes, height: int, ratio: Spread, colour: str) -> None:
    """Draw the median as a bar, and a thin line from the least to the greatest."""
    axes.barh(height, ratio.median, height=0.7, color=colour)
    axes.plot([ratio.least, ratio.greatest], [height, height], color=INK, linewidth=1)


def label(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)


def thousands(rate: Spread) -> str:
    amount = rate.median / 1000
    return f"{amount:,.0f} k/s" if amount >= 100 else f"{amount:.3g} k/s"


def caption(about: About) -> str:
    return (
        f"Requests per second{' of CPU time' if about.by_cpu else ''}, as a ratio to the orange bar: "
        f"medians of {about.rounds} rounds, one core. "
        f"Python {about.python}, {about.processor}, {about.date[:10]}."
    )
