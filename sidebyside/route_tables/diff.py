"""Where route tables differ, path by path."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sidebyside.route_tables.load import PATTERN, Route, Routes

MISSING = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect of one path in which the tables differ, and what each of them has."""

    path: str
    aspect: str  # "path", "parameters", "methods" or "name"
    found: Mapping[str, str]  # by table

    def __str__(self) -> str:
        if self.aspect == "path":
            lacking = [table for table, has in self.found.items() if has == MISSING]
            return f"{_have(lacking)} no {self.path}"
        tables: dict[str, list[str]] = {}
        for table, has in self.found.items():
            tables.setdefault(has, []).append(table)
        return f"{self.path}: {self.aspect}: " + "; ".join(f"{_have(names)} {has}" for has, names in tables.items())


def _have(tables: Sequence[str]) -> str:
    """Return the subject and the verb of a sentence: "raw, flask and django have"."""
    *others, last = tables
    return f"{', '.join(others)} and {last} have" if others else f"{last} has"


def differences(tables: Mapping[str, Routes]) -> tuple[Difference, ...]:
    """Return the differences between the tables, in the order of their routes."""
    return tuple(found for routes in aligned(tables) for found in _differences(routes))


def aligned(tables: Mapping[str, Routes]) -> Iterator[Mapping[str, Route | None]]:
    """Yield, for each path in any table, the route of each table; in the order of the first table."""
    key = _key(tables)
    by_key = {name: {key(route): route for route in routes} for name, routes in tables.items()}
    for wanted in dict.fromkeys(key(route) for routes in tables.values() for route in routes):
        yield {name: routes.get(wanted) for name, routes in by_key.items()}


def _key(tables: Mapping[str, Routes]) -> Callable[[Route], str]:
    """Return what the routes of one path have in common: its shape, or its pattern if a table has the shape twice."""
    counts = (Counter(route.shape for route in routes) for routes in tables.values())
    repeated = {shape for count in counts for shape, number in count.items() if number > 1}
    return lambda route: route.pattern if route.shape in repeated else route.shape


def first(routes: Mapping[str, Route | None]) -> Route:
    """Return the route of the first table that has this path."""
    return next(route for route in routes.values() if route)


def parameters(route: Route) -> str:
    """Return what its parameters are called and take: "name [^/]+"."""
    found = (f"{match['name']} {match['regex']}".strip() for match in PATTERN.finditer(route.pattern))
    return ", ".join(found) or MISSING


def _differences(routes: Mapping[str, Route | None]) -> Iterator[Difference]:
    present = {table: route for table, route in routes.items() if route}
    path = first(routes).path
    if len(present) < len(routes):
        paths = {table: route.path if route else MISSING for table, route in routes.items()}
        yield Difference(path, "path", paths)
    aspects = {
        "parameters": {table: parameters(route) for table, route in present.items()},
        "methods": {table: ", ".join(route.methods) for table, route in present.items() if route.methods},
        "name": {table: route.name or MISSING for table, route in present.items()},
    }
    for aspect, found in aspects.items():
        if len(set(found.values())) > 1:
            yield Difference(path, aspect, found)
