"""The Rosetta table: for each idea the code of the three, side by side, as it stands in the source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint

from sidebyside.page.ideas import IDEAS, SOURCES, Idea
from sidebyside.page.kept import ROOT
from sidebyside.page.regions import Region, regions

blueprint = Blueprint("rosetta", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea, and the regions that show it in each of the three and in what they share."""

    idea: Idea
    code: Mapping[str, Sequence[Region]]

    @property
    def anchor(self) -> str:
        return f"idea-{self.idea.name.replace(' ', '-').lower()}"


@blueprint.app_context_processor
def given() -> dict[str, object]:
    """Return what the template shows."""
    return {"rosetta": entries()}


@cache
def entries(root: Path = ROOT) -> tuple[Entry, ...]:
    """Return all ideas, with the code below root that shows them."""
    found = {name: tuple(_regions(files, root)) for name, files in SOURCES.items()}
    return tuple(Entry(idea, {name: _of(idea, among) for name, among in found.items()}) for idea in IDEAS)


def _regions(files: Sequence[str], root: Path) -> Iterator[Region]:
    """Yield the regions of files, in each the lines of its table first; tests are not installed with the rest."""
    for file in files:
        if (root / file).is_file():
            yield from sorted(regions(file, root), key=lambda region: region.defines)


def _of(idea: Idea, found: Sequence[Region]) -> list[Region]:
    return [region for region in found if idea.name in region.ideas]
