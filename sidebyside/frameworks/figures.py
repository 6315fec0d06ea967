"""Two figures as SVG: frameworks by rows and stages by columns; and routing styles with their frameworks."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from http_contract.rules.registry import STAGES
from http_contract.runner.report import POINTS
from sidebyside.frameworks.judging import GuestReport
from sidebyside.frameworks.styles import Style

INK = "#7a828e"  # half-way between black and white: the figures are read on light and dark pages
LIGHT = "#ffffff"
# The colour of a cell with at least so many points.
COLOURS: Mapping[int, str] = {POINTS: "#2f7d4f", 8: "#5f9a4a", 6: "#b8892f", 4: "#c66a2b", 0: "#a93a3a"}
STYLE_COLOURS = ("#0b7a9f", "#2f7d4f", "#a5427f", "#b8892f", "#6a5fa8")
FONT = "font-family='system-ui, sans-serif'"
MONO = "font-family='ui-monospace, monospace'"

ROW, NAME, CELL, HEAD = 26, 120, 62, 44  # pixels: height of a row, widths of names and cells, height of the head
GAP = 2


def stages_figure(reports: Sequence[GuestReport]) -> str:
    """Return a table of cells, coloured by points; the framework with most points comes first."""
    ranked = sorted(reports, key=lambda each: (-each.report.total, each.guest.title.lower()))
    stages = sorted(ranked[0].report.points)
    width, height = NAME + CELL * (len(stages) + 1), HEAD + ROW * len(ranked)
    rows = (part for at, each in enumerate(ranked) for part in _guest_row(at, each))
    return svg("Points of each framework by stage", width, height, [*_head(stages), *rows])


def _head(stages: Sequence[int]) -> Iterator[str]:
    for column, title in enumerate([*(STAGES[stage] for stage in stages), "all"]):
        x = NAME + CELL * column + CELL / 2
        first, _, second = title.partition(" ")
        yield text(x, 16, first, anchor="middle", size=10)
        yield text(x, 30, second, anchor="middle", size=10)


def _guest_row(at: int, each: GuestReport) -> Iterator[str]:
    y = HEAD + ROW * at
    yield text(NAME - 8, y + 17, each.guest.title, anchor="end", size=13)
    for column, points in enumerate(each.report.points.values()):
        yield box(NAME + CELL * column, y, CELL - GAP, ROW - GAP, colour_of(points))
        yield text(NAME + CELL * column + CELL / 2, y + 17, str(points), anchor="middle", size=12, fill=LIGHT)
    yield text(
        NAME + CELL * len(each.report.points) + CELL / 2, y + 17, str(each.report.total), anchor="middle", size=13
    )


def colour_of(points: int) -> str:
    return next(colour for least, colour in COLOURS.items() if points >= least)


LINE, WIDTH, CHIP, LETTER = 92, 860, 24, 7.4  # pixels: height of a style, of a framework's name; width of a letter


def styles_figure(styles: Sequence[tuple[Style, Sequence[str]]]) -> str:
    """Return one band for each style: how it works, a line of code, and its frameworks."""
    bands = zip(styles, STYLE_COLOURS, strict=False)
    parts = [
        part for at, ((style, titles), colour) in enumerate(bands) for part in _band(LINE * at, style, titles, colour)
    ]
    return svg("Routing styles, and the frameworks that have them", WIDTH, LINE * len(styles), parts)


def _band(y: int, style: Style, titles: Sequence[str], colour: str) -> Iterator[str]:
    yield box(0, y + 4, 6, LINE - 12, colour)
    yield text(18, y + 22, style.title, size=16, fill=colour, weight="600")
    yield text(190, y + 22, style.text, size=12)
    yield text(190, y + 42, style.code, size=12, font=MONO)
    x = 18.0
    for title in titles:
        width = LETTER * len(title) + 16
        yield box(x, y + 54, width, CHIP, colour, radius=12)
        yield text(x + width / 2, y + 70, title, anchor="middle", size=12, fill=LIGHT)
        x += width + 6


# -- parts of an SVG


def svg(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    view = f"width='{width}' height='{height}' viewBox='0 0 {width} {height}'"
    start = f"<svg xmlns='http://www.w3.org/2000/svg' {view} {FONT} role='img'><title>{title}</title>"
    return "\n".join([start, *filter(None, parts), "</svg>", ""])


def box(x: float, y: float, width: float, height: float, fill: str, radius: int = 3) -> str:
    place = f"x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}'"
    return f"<rect {place} rx='{radius}' fill='{fill}'/>"


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    anchor: str = "start",
    fill: str = INK,
    font: str = "",
    weight: str = "400",
) -> str:
    """Return a line of text, "" if there are no words."""
    look = f"font-size='{size}' text-anchor='{anchor}' fill='{fill}' font-weight='{weight}' {font}".strip()
    return f"<text x='{x:g}' y='{y:g}' {look}>{escape(words)}</text>" if words else ""
