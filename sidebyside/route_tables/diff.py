"""Where route tables differ, path by path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sidebyside.route_tables.load import Route, Routes

MISSING = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect of one path in which the tables differ, and what each of them has."""

    path: str
    aspect: str  # "path", "methods" or "name"
    found: Mapping[str, str]  # by table

    def __str__(self) -> str:
        if self.aspect == "path":
            lacking = [table for table, has in self.found.items() if has == MISSING]
            return f"{' and '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no {self.path}"
        return f"{self.path}: {self.aspect}: " + "; ".join(f"{table} has {has}" for table, has in self.found.items())


def differences(tables: Mapping[str, Routes]) -> tuple[Difference, ...]:
    """Return the differences between the tables, in the order of their routes."""
    return tuple(found for routes in aligned(tables) for found in _differences(routes))


def aligned(tables: Mapping[str, Routes]) -> Iterator[Mapping[str, Route | None]]:
    """Yield, for each path in any table, the route of each table; in the order of the first table."""
    by_pattern = {name: {route.pattern: route for route in routes} for name, routes in tables.items()}
    for pattern in dict.fromkeys(route.pattern for routes in tables.values() for route in routes):
        yield {name: routes.get(pattern) for name, routes in by_pattern.items()}


def first(routes: Mapping[str, Route | None]) -> Route:
    """Return the route of the first table that has this path."""
    return next(route for route in routes.values() if route)


def _differences(routes: Mapping[str, Route | None]) -> Iterator[Difference]:
    present = {table: route for table, route in routes.items() if route}
    path = first(routes).path
    if len(present) < len(routes):
        paths = {table: route.path if route else MISSING for table, route in routes.items()}
        yield Difference(path, "path", paths)
    aspects = {
        "methods": {table: ", ".join(route.methods) for table, route in present.items()},
        "name": {table: route.name or MISSING for table, route in present.items()},
    }
    for aspect, found in aspects.items():
        if len(set(found.values())) > 1:
            yield Difference(path, aspect, found)
