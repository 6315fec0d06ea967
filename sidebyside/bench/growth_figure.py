"""How look-up grows with the number of routes, as a figure: a panel for each path, a line for each router."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sidebyside.bench.figure import INK, STYLE
from sidebyside.bench.peers import BASELINE
from sidebyside.bench.results import Growth

WIDTH, HEIGHT = 9.0, 4.2  # inches
BASELINE_COLOUR = "#e0702f"
COLOURS = ("#4a90c4", "#3c8f4e", "#b5447f", "#8a6fc0", "#b8892f", "#3f9c9a", "#a0524d", "#6b7f2a", "#5b6b8c", "#c06fa0")
GAP = 1.3  # times the routes of the end of a line: where its name begins
CLOSEST = 1.6  # the least ratio between two labels that can be read one below the other


def draw(growth: Sequence[Growth], file: Path) -> None:
    """Write the figure as SVG."""
    paths = list(dict.fromkeys(row.path for row in growth))
    routers = list(dict.fromkeys(row.router for row in growth))
    others = [router for router in routers if router != BASELINE]
    colours = {BASELINE: BASELINE_COLOUR, **dict(zip(others, COLOURS * len(others), strict=False))}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        grid = figure.subplots(1, len(paths) or 1, squeeze=False, sharey=True)[0]
        for axes, path in zip(grid, paths, strict=False):
            draw_panel(axes, path, [row for row in growth if row.path == path], colours)
        figure.supxlabel("number of routes", fontsize=8)
        figure.supylabel("microseconds to resolve a path", fontsize=8)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def draw_panel(axes: Axes, path: str, rows: Sequence[Growth], colours: dict[str, str]) -> None:
    """Draw one line for each router, with its name at the end of the line."""
    axes.set_title(path, loc="left")
    axes.set(xscale="log", yscale="log")
    ends: list[tuple[float, int, str]] = []
    for router in dict.fromkeys(row.router for row in rows):
        points = [(row.routes, median(row.microseconds)) for row in rows if row.router == router]
        axes.plot(*zip(*points, strict=True), marker=".", color=colours[router], linewidth=1.2)
        ends.append((points[-1][1], points[-1][0], router))
    for (_, routes, router), height in zip(sorted(ends), spaced([time for time, _, _ in sorted(ends)]), strict=True):
        axes.text(routes * GAP, height, router, color=colours[router], fontsize=7, va="center")
    axes.set_xlim(right=max(row.routes for row in rows) * 30)  # room for the names
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", color=INK)


def spaced(heights: Sequence[float]) -> list[float]:
    """Return ascending heights on a logarithmic axis, moved up where they would be too close to be read."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] * CLOSEST) if found else height)
    return found
