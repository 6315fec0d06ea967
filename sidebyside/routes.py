"""The three route tables, each as its own framework reports it, in one form; and where they differ."""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias, cast

from django.urls import URLPattern, URLResolver, get_resolver
from flask import Flask
from werkzeug.routing import Rule

import raw_router.urls
from flask_app import app
from raw_router.router import CONVERTERS, PARAMETER, Router, Table, make_route

# What converters take is compared, by their regular expressions; these are other spellings for the same.
SAME = {"[^/]{1,}": "[^/]+", ".+?": ".+", ".*?": ".*"}
MISSING = "none"


@dataclass(frozen=True, slots=True)
class Function:
    """What answers, and where it stands: "django_project/views.py", from the folder that holds the package."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Route:
    """One path of a table, and all that is found there."""

    path: str  # as the table writes it, with its leading slash
    pattern: str  # the path with what each parameter takes, for comparing
    methods: tuple[str, ...]
    name: str  # by which the path is built
    functions: tuple[Function, ...]


Routes: TypeAlias = tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of one path that the tables do not agree on: what each of them has."""

    path: str
    what: str
    found: Mapping[str, str]  # by table

    def __str__(self) -> str:
        if self.what == "path":
            lacking = [table for table, has in self.found.items() if has == MISSING]
            return f"{' and '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no {self.path}"
        return f"{self.path}: {self.what}: " + "; ".join(f"{table} has {has}" for table, has in self.found.items())


def table_of_raw(table: Table = raw_router.urls.URLS, router: Router = raw_router.urls.router) -> Routes:
    """Return URLS, with the methods and the names that the router makes of it."""
    named = {path: name for name, path in reversed(list(router.names.items()))}  # the first of several names
    return tuple(_raw_route(path, table, named.get(path, "")) for path in table)


def table_of_flask(flask: Flask = app) -> Routes:
    """Return app.url_map, in which the methods of one path may have a rule each."""
    rules = sorted(flask.url_map.iter_rules(), key=lambda rule: rule.rule)
    return tuple(_flask_route(flask, list(group)) for _, group in groupby(rules, lambda rule: rule.rule))


def table_of_django(urlconf: Any = "django_project.urls") -> Routes:
    """Return what the URL resolver finds in a module, or in a tuple of patterns. The views are classes."""
    return tuple(_django_route(prefix, pattern) for prefix, pattern in _patterns("/", get_resolver(urlconf)))


TABLES: Mapping[str, Callable[[], Routes]] = {"raw": table_of_raw, "flask": table_of_flask, "django": table_of_django}


def difference(tables: Mapping[str, Routes]) -> tuple[Difference, ...]:
    """Return all that the tables do not agree on, in the order of their routes."""
    return tuple(found for routes in aligned(tables) for found in _differences(routes))


def aligned(tables: Mapping[str, Routes]) -> Iterator[Mapping[str, Route | None]]:
    """Yield, for each path that any table has, the route of each; in the order of the first table."""
    by_pattern = {name: {route.pattern: route for route in routes} for name, routes in tables.items()}
    for pattern in dict.fromkeys(route.pattern for routes in tables.values() for route in routes):
        yield {name: routes.get(pattern) for name, routes in by_pattern.items()}


def first(routes: Mapping[str, Route | None]) -> Route:
    """Return the route of the first table that has one."""
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
    for what, found in aspects.items():
        if len(set(found.values())) > 1:
            yield Difference(path, what, found)


def _raw_route(path: str, table: Table, name: str) -> Route:
    views = table[path]
    functions = views.values() if isinstance(views, Mapping) else [views]
    regexes = {kind: regex for kind, (regex, _) in CONVERTERS.items()}
    methods = make_route(path, views).not_allowed.allowed
    return Route(path, _pattern(path, regexes), tuple(sorted(methods)), name, _functions(functions))


def _flask_route(flask: Flask, rules: Sequence[Rule]) -> Route:
    path = rules[0].rule
    methods = set().union(*(rule.methods or () for rule in rules))
    regexes = {kind: converter.regex for kind, converter in flask.url_map.converters.items()}
    functions = (flask.view_functions[rule.endpoint] for rule in rules)
    pattern = _pattern(path, {"str": regexes["default"], **regexes})
    return Route(path, pattern, tuple(sorted(methods)), rules[0].endpoint, _functions(functions))


def _patterns(prefix: str, resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    """Yield the patterns, and what stands before each: that of the resolvers around it."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(prefix + str(entry.pattern), entry)
        else:
            yield prefix, entry


def _django_route(prefix: str, entry: URLPattern) -> Route:
    path = prefix + str(entry.pattern)
    view = cast(Any, entry.callback).view_class()
    view.setup(None)  # which makes HEAD of GET
    methods = tuple(sorted(view._allowed_methods()))
    own = (getattr(type(view), method.lower()) for method in methods if method.lower() in vars(type(view)))
    regexes = {converter_name(path, name): found.regex for name, found in entry.pattern.converters.items()}
    return Route(path, _pattern(path, regexes), methods, entry.name or "", _functions(own))


def converter_name(path: str, parameter: str) -> str:
    """Return the converter that a path names for a parameter."""
    match = next(match for match in PARAMETER.finditer(path) if match["name"] == parameter)
    return match["converter"] or "str"


def _pattern(path: str, regexes: Mapping[str, str]) -> str:
    """Return the path with the regular expression of each parameter for its converter."""

    def taken(match: re.Match[str]) -> str:
        regex = regexes[match["converter"] or "str"]
        return f"<{match['name']} {SAME.get(regex, regex)}>"

    return PARAMETER.sub(taken, path)


def _functions(functions: Iterable[Callable[..., Any]]) -> tuple[Function, ...]:
    return tuple(_function(inspect.unwrap(function)) for function in functions)


def _function(function: Callable[..., Any]) -> Function:
    code = cast(Any, function).__code__
    package = function.__module__.partition(".")[0]
    home = Path(sys.modules[package].__file__ or "").resolve().parent.parent
    file = Path(code.co_filename).resolve()
    name = function.__qualname__.rpartition("<locals>.")[2]
    return Function(name, str(file.relative_to(home) if file.is_relative_to(home) else file), code.co_firstlineno)
