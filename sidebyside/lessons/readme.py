"""lessons/README.md and its figure, made from the programs, ladder.toml and measured.json."""

from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from http_contract.escaping import escape_bytes
from sidebyside.lessons.exchange import ENDS, HOW
from sidebyside.lessons.ladder import LESSONS, Rung, earlier_rung, find_rung, load_parts, load_rungs
from sidebyside.lessons.measure import SentBack, load_measured
from sidebyside.lessons.running import typed

README = LESSONS / "README.md"
FIGURE = LESSONS / "ladder.svg"
TEMPLATES = Environment(
    loader=PackageLoader("sidebyside.lessons"),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)
STAGES = 4  # that the figure shows
CELL, TOP, LEFT = 22, 46, 190  # pixels
SHADES = (
    "#f4f4f4",
    "#fde7d8",
    "#fbd3b0",
    "#f7bd8a",
    "#e8c46f",
    "#c9cb6a",
    "#a9cd6d",
    "#87c776",
    "#63bb7f",
    "#3fa886",
    "#1f8f7d",
)


def render_readme() -> str:
    """Return the text of README.md."""
    measured = {rung.name: load_measured().get(rung.name, {}) for rung in load_rungs()}

    def score(rung: Rung) -> str:
        if not rung.until:
            return f"No points by the contract: {rung.why}."
        return f"Points by stage: {', '.join(map(str, measured[rung.name]['points']))} of ten each."

    text = TEMPLATES.get_template("README.md.jinja").render(
        parts=load_parts(),
        count=len(load_rungs()),
        measured=measured,
        typed=typed,
        prints=prints,
        packets=describe_packets,
        describe=describe,
        earlier_rung=earlier_rung,
        score=score,
        HOW=HOW,
        length=lambda name: find_rung(name).length,
    )
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def prints(rung: Rung) -> str:
    return listed(f"`{text.replace('{port}', '8080')}`" for text in rung.prints)


def packets(rung: Rung) -> Sequence[str]:
    """Return the packets that show what a rung has gained, as escaped text."""
    return [escape_bytes(packet) for packet in rung.gain.sends] if rung.gain else []


def describe_packets(rung: Rung) -> str:
    texts = [f"`{packet}`" for packet in packets(rung)]
    return texts[0] if len(texts) == 1 else f"{' and '.join(texts)} in {len(texts)} packets"


def describe(reply: SentBack) -> str:
    """Return what a server sent back, and what it did at last, as Markdown."""
    sent = f"`{reply['received']}`" if reply["received"] else "nothing"
    return f"sends back {sent} and {ENDS[reply['end']]}"


def listed(texts: Iterable[str]) -> str:
    return ", then ".join(texts)


def render_figure() -> str:
    """Return the figure of rungs by stages as SVG: a row for each rung that speaks HTTP, a shade for its points."""
    measured = load_measured()
    rows = [(rung, measured[rung.name]["points"]) for rung in load_rungs() if rung.until]
    cells = [cell for number, (rung, points) in enumerate(rows) for cell in row(number, rung, points)]
    heads = [text(LEFT + CELL * 2 * stage + CELL, TOP - 8, str(stage + 1), "middle") for stage in range(STAGES)]
    title = text(LEFT, TOP - 28, "points in stages 1 to 4", "start")
    width, height = LEFT + CELL * 2 * STAGES + 10, TOP + CELL * len(rows) + 10
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    style = ' font-family="sans-serif" font-size="12" role="img" aria-label="Points of each rung in stages 1 to 4">'
    background = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([head + style, background, title, *heads, *cells, "</svg>", ""])


def row(number: int, rung: Rung, points: Sequence[int]) -> Iterable[str]:
    y = TOP + CELL * number
    yield text(8, y + 15, rung.name.replace("_", " "), "start")
    for stage, value in enumerate(points[:STAGES]):
        x = LEFT + CELL * 2 * stage
        yield f'<rect x="{x}" y="{y}" width="{CELL * 2 - 2}" height="{CELL - 2}" fill="{SHADES[value]}"/>'
        yield text(x + CELL - 1, y + 15, str(value), "middle")


def text(x: int, y: int, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def write_readme() -> None:
    README.write_text(render_readme())
    FIGURE.write_text(render_figure())


if __name__ == "__main__":
    write_readme()
