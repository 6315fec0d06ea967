"""A reason why a router answers as it does: what it did, in a sentence, and where that is written."""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sidebyside.page.kept import text_of
from sidebyside.page.source import Excerpt, lines_around

UNKNOWN_HOST = "The host is looked at before the path, and this one is not served."
NO_ROUTE = "No route has this path."
NO_METHOD = "A route has this path, but none of its views takes {method}."
OPTIONS = "A route has this path; OPTIONS is answered without a view."
RAISES = "/error"  # the page whose view raises: who catches it is part of the reason


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and pieces of the source: the line of a route table first, where one has matched."""

    said: str
    excerpts: tuple[Excerpt, ...] = ()


def matches(path: str, parameters: Mapping[str, Any]) -> str:
    """Say that a route has been found, and what its parameters hold."""
    held = ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
    return f'The route "{path}" matches{f", with {held}" if held else ""}.'


def line_with(text: str, module: ModuleType, table: str = "") -> Excerpt:
    """Return the line in which a string stands: in a table of a module, or anywhere in it."""
    file = inspect.getsourcefile(module) or ""
    tree = ast.parse(text_of(file))
    places = [node for node in tree.body if not table or _assigns(node, table)]
    found = (node for place in places for node in ast.walk(place) if isinstance(node, ast.Constant))
    return lines_around(file, next(node.lineno for node in found if node.value == text))


def _assigns(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)
