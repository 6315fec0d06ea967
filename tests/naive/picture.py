"""python -m tests.naive.picture: docs/report.svg, how the judge's report on a naive server begins."""

import os
import re
import subprocess
import sys
from io import StringIO
from itertools import takewhile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
FIGURE = HERE.parents[1] / "docs" / "report.svg"
TITLE = "contract check --until 2 --command 'python threaded.py {port}'"
OPTIONS = ("--until", "2", "--command")
WIDTH = 104  # columns
SHOWN_UNTIL = "respond-three-packets"
# rich's own, without the fonts that it would fetch.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def report() -> str:
    """Return what the judge writes to a terminal that wide."""
    command = [sys.executable, "-m", "http_contract", "check", *OPTIONS, f"{sys.executable} threaded.py {{port}}"]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr  # the server is naive
    return done.stdout


def draw(lines: list[str]) -> None:
    console = Console(record=True, width=WIDTH, file=StringIO())
    for line in lines:
        console.print(Text.from_ansi(line), overflow="ellipsis", no_wrap=True)
    console.save_svg(str(FIGURE), title=TITLE, code_format=FORMAT, unique_id="report")


def main() -> None:
    draw(list(takewhile(lambda line: SHOWN_UNTIL not in line, report().splitlines())))


if __name__ == "__main__":
    main()
