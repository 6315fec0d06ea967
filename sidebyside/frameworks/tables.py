"""Rows of tables in Markdown."""

from collections.abc import Iterable


def row(cells: Iterable[str]) -> str:
    """Return the cells as one line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
