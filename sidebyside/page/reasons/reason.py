"""A reason for a response: a sentence about the router's decision, and the source of that decision."""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sidebyside.page.source import Excerpt, assigns, excerpt_around, source_text

UNKNOWN_HOST = "The host is checked before the path, and this host is not served."
BAD_PATH = "The path contains a control character, or is not UTF-8. No router is asked for it."
NO_ROUTE = "No route has this path."
NO_METHOD = "A route has this path, but none of its views accepts {method}."
OPTIONS = "A route has this path. OPTIONS has a response without a view."
FAILING_PATH = "/error"  # its view raises an exception, so the reason includes the error handler


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and excerpts of the source; if a route has matched, its line in the route table comes first."""

    text: str
    excerpts: tuple[Excerpt, ...] = ()


def match_text(path: str, parameters: Mapping[str, Any]) -> str:
    """Return the sentence for a route that has matched, with the values of its parameters."""
    values = ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
    return f'The route "{path}" matches{f", with {values}" if values else ""}.'


def line_with(text: str, module: ModuleType, table: str = "") -> Excerpt:
    """Return the line that contains a string constant, in a table of a module or anywhere in the module."""
    file = inspect.getsourcefile(module) or ""
    tree = ast.parse(source_text(file))
    places = [node for node in tree.body if not table or assigns(node, table)]
    found = (node for place in places for node in ast.walk(place) if isinstance(node, ast.Constant))
    return excerpt_around(file, next(node.lineno for node in found if node.value == text))
