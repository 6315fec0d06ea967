"""Writes the page about the guests and its two figures, which lie beside it."""

from collections.abc import Sequence
from pathlib import Path

from http_contract.reports.files import write_whole
from sidebyside.frameworks.figures import stages_figure, styles_figure
from sidebyside.frameworks.judging import GuestReport
from sidebyside.frameworks.markdown import STAGES_FIGURE, STYLES_FIGURE, as_markdown
from sidebyside.frameworks.styles import frameworks_by_style


def write_pages(file: Path, reports: Sequence[GuestReport]) -> None:
    """Write the page to a file, and the figures that it shows to its folder. Raises OSError."""
    figures = {STAGES_FIGURE: stages_figure(reports), STYLES_FIGURE: styles_figure(list(frameworks_by_style()))}
    for name, figure in figures.items():
        write_whole(file.with_name(name), figure.encode())
    write_whole(file, as_markdown(reports, file.parent).encode())
