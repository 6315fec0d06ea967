"""The router: finds the view for a path in a table of routes, and builds a path from a view's name.

A path without parameters is found by one look-up in a dict. Patterns are tried in the order of the table. An unknown
path or method is an ordinary value, not an exception.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

View: TypeAlias = Callable[..., Any]
Table: TypeAlias = Mapping[str, View | Mapping[str, View]]

CONVERTERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "str": (r"[^/]+", str),  # one segment
    "int": (r"[0-9]{1,9}", int),
    "path": (r".+", str),  # one or more segments
}
PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Found:
    """The view for a request, and the parameters in its path."""

    view: View
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MethodNotAllowed:
    """The table has the path, but no view for the method; OPTIONS never has a view."""

    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class NotFound:
    """No route matches the path."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the table, with the view for each method."""

    path: str
    views: Mapping[str, View]
    pattern: re.Pattern[str]
    converters: Mapping[str, Callable[[str], Any]]
    found: Mapping[str, Found]  # by method, if the path has no parameters
    not_allowed: MethodNotAllowed

    def match_method(self, method: str, parameters: Mapping[str, str]) -> Found | MethodNotAllowed:
        """Return the view for a method, with its parameters converted."""
        if method not in self.views:
            return self.not_allowed
        return Found(self.views[method], {name: self.converters[name](text) for name, text in parameters.items()})

    def build(self, parameters: Mapping[str, Any]) -> str:
        """Return the path with percent-encoded parameters. Raises ValueError if they do not match the path."""
        if parameters.keys() != self.converters.keys() or not self.pattern.fullmatch(self.fill(parameters, str)):
            raise ValueError(f"{parameters} do not match the path {self.path}")
        return self.fill(parameters, lambda value: quote(str(value)))

    def fill(self, parameters: Mapping[str, Any], convert: Callable[[Any], str]) -> str:
        return PARAMETER.sub(lambda match: convert(parameters[match["name"]]), self.path)


class Router:
    """A table of routes: a path maps to a view, for GET, or to a dict from methods to views.

    url_for finds a view's first path by the name of the view; names adds names for other paths.
    """

    def __init__(self, table: Table, names: Mapping[str, str] | None = None) -> None:
        routes = [make_route(path, views) for path, views in table.items()]
        self._static = {route.path: route for route in routes if not route.converters}
        self._patterns = [route for route in routes if route.converters]
        self._by_name = {view.__name__: route for route in reversed(routes) for view in route.views.values()}
        self._by_name |= {name: self._static[path] for name, path in (names or {}).items()}

    def match(self, method: str, path: str) -> Found | MethodNotAllowed | NotFound:
        """Return the view for a method and a percent-decoded path, or the reason why there is none."""
        route = self._static.get(path)
        return route.found.get(method, route.not_allowed) if route else self._match_pattern(method, path)

    def _match_pattern(self, method: str, path: str) -> Found | MethodNotAllowed | NotFound:
        for route in self._patterns:
            if match := route.pattern.fullmatch(path):
                return route.match_method(method, match.groupdict())
        return NotFound()

    @property
    def names(self) -> Mapping[str, str]:
        """The paths of the table, by the names that url_for accepts."""
        return {name: route.path for name, route in self._by_name.items()}

    def url_for(self, view: str, /, **parameters: Any) -> str:
        """Return the path with this name. Raises KeyError for an unknown name, ValueError for wrong parameters."""
        return self._by_name[view].build(parameters)


def make_route(path: str, views: View | Mapping[str, View]) -> Route:
    """Return the route for a line of the table; HEAD falls back to GET (RFC 9110 §9.3.2)."""
    views = dict(views) if isinstance(views, Mapping) else {"GET": views}
    if "GET" in views:
        views.setdefault("HEAD", views["GET"])
    converters = {match["name"]: CONVERTERS[match["converter"] or "str"][1] for match in PARAMETER.finditer(path)}
    found = {method: Found(view, {}) for method, view in views.items()}
    return Route(path, views, compile_path(path), converters, found, MethodNotAllowed(frozenset({*views, "OPTIONS"})))


def compile_path(path: str) -> re.Pattern[str]:
    """Return the regular expression that matches the paths of a route."""
    literal, *rest = PARAMETER.split(path)
    pattern = re.escape(literal)
    for converter, name, literal in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        pattern += f"(?P<{name}>{CONVERTERS[converter or 'str'][0]}){re.escape(literal)}"
    return re.compile(pattern, re.DOTALL)
