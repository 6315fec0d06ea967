"""The route tables of the three, each as its own framework reports it, in one form."""

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

# Converters are compared by their regular expressions. These are other spellings of the same expression.
PATTERN = re.compile(r"<(?P<name>\w*) (?P<regex>.+?)>(?=[/.]|$)")  # a parameter in the pattern of a route
SAME_REGEX = {"[^/]{1,}": "[^/]+", ".+?": ".+", ".*?": ".*"}


@dataclass(frozen=True, slots=True)
class Function:
    """A view, and where it is defined: "django_project/views.py", relative to the folder that contains the package."""

    name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Route:
    """One path of a table, with its methods, its name and its views."""

    path: str  # as the table writes it, with its leading slash
    pattern: str  # the path with the regular expression of each parameter, for comparing: "/hello/<name [^/]+>"
    methods: tuple[str, ...]  # none if the table does not contain them
    name: str  # from which the framework builds the path
    functions: tuple[Function, ...]

    @property
    def shape(self) -> str:
        """The path without what its parameters are called and take: "/hello/<>"."""
        return PATTERN.sub("<>", self.pattern)


Routes: TypeAlias = tuple[Route, ...]


def table_of_raw(table: Table = raw_router.urls.URLS, router: Router = raw_router.urls.router) -> Routes:
    """Return URLS, with the methods and the names that the router derives from it."""
    named = {path: name for name, path in reversed(list(router.names.items()))}  # the first of several names
    return tuple(_raw_route(path, table, named.get(path, "")) for path in table)


def table_of_flask(flask: Flask = app) -> Routes:
    """Return app.url_map, in which one path may have several rules, one for each method."""
    rules = sorted(flask.url_map.iter_rules(), key=lambda rule: rule.rule)
    return tuple(_flask_route(flask, list(group)) for _, group in groupby(rules, lambda rule: rule.rule))


def table_of_django(urlconf: Any = "django_project.urls") -> Routes:
    """Return what the URL resolver finds in a module, or in a tuple of patterns. The views must be classes."""
    return tuple(_django_route(prefix, pattern) for prefix, pattern in _patterns("/", get_resolver(urlconf)))


TABLES: Mapping[str, Callable[[], Routes]] = {"raw": table_of_raw, "flask": table_of_flask, "django": table_of_django}


def _raw_route(path: str, table: Table, name: str) -> Route:
    views = table[path]
    functions = views.values() if isinstance(views, Mapping) else [views]
    regexes = {kind: regex for kind, (regex, _) in CONVERTERS.items()}
    methods = make_route(path, views).not_allowed.allowed
    return Route(path, pattern_of(path, regexes), tuple(sorted(methods)), name, functions_of(functions))


def _flask_route(flask: Flask, rules: Sequence[Rule]) -> Route:
    path = rules[0].rule
    methods = set().union(*(rule.methods or () for rule in rules))
    regexes = {kind: converter.regex for kind, converter in flask.url_map.converters.items()}
    functions = (flask.view_functions[rule.endpoint] for rule in rules)
    pattern = pattern_of(path, {"str": regexes["default"], **regexes})
    return Route(path, pattern, tuple(sorted(methods)), rules[0].endpoint, functions_of(functions))


def _patterns(prefix: str, resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    """Yield the patterns, each with the prefix of the resolvers that contain it."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(prefix + str(entry.pattern), entry)
        else:
            yield prefix, entry


def _django_route(prefix: str, entry: URLPattern) -> Route:
    path = prefix + str(entry.pattern)
    view = cast(Any, entry.callback).view_class()
    view.setup(None)  # adds HEAD to a view that has GET
    methods = tuple(sorted(view._allowed_methods()))
    own = (getattr(type(view), method.lower()) for method in methods if method.lower() in vars(type(view)))
    regexes = {converter_name(path, name): found.regex for name, found in entry.pattern.converters.items()}
    return Route(path, pattern_of(path, regexes), methods, entry.name or "", functions_of(own))


def converter_name(path: str, parameter: str) -> str:
    """Return the converter that a path contains for a parameter."""
    match = next(match for match in PARAMETER.finditer(path) if match["name"] == parameter)
    return match["converter"] or "str"


def pattern_of(path: str, regexes: Mapping[str, str]) -> str:
    """Return the path with each converter replaced by its regular expression."""

    def with_regex(match: re.Match[str]) -> str:
        regex = regexes[match["converter"] or "str"]
        return f"<{match['name']} {SAME_REGEX.get(regex, regex)}>"

    return PARAMETER.sub(with_regex, path)


def functions_of(functions: Iterable[Callable[..., Any]]) -> tuple[Function, ...]:
    """Return where functions are defined, under their decorators."""
    return tuple(_function(inspect.unwrap(function)) for function in functions)


def _function(function: Callable[..., Any]) -> Function:
    code = cast(Any, function).__code__
    package = function.__module__.partition(".")[0]
    home = Path(sys.modules[package].__file__ or "").resolve().parent.parent
    file = Path(code.co_filename).resolve()
    name = function.__qualname__.rpartition("<locals>.")[2]
    return Function(name, str(file.relative_to(home) if file.is_relative_to(home) else file), code.co_firstlineno)
