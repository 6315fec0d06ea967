"""The route tables of the guests, each as its own framework reports it: a function for each framework, in one table.

A function receives the guest's module and returns its routes. A framework that has no table that can be compared has a
sentence instead.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from types import ModuleType
from typing import Any, TypeAlias

from sidebyside.route_tables.load import (
    SAME_REGEX,
    Route,
    Routes,
    converter_name,
    functions_of,
    pattern_of,
    table_of_flask,
)

OWN = "guests/"  # the folder of the functions that are shown
Adapter: TypeAlias = Callable[[ModuleType], Iterable[Route]]

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
SEGMENT, REST = "[^/]+", ".+"
INT = r"[-+]?\d+(?:_\d+)*"  # what Python's int() takes
ANGLES = re.compile(r"<(?P<name>\w+)(?::(?P<kind>\w+))?>")  # <name>, <name:int>
BRACES = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>[^{}]+))?\}")  # {name}, {name:int}, {name:\\d+}
GROUP = re.compile(r"\((?:\?P<(?P<name>\w+)>)?(?P<regex>[^()]*)\)")
OPTIONAL = re.compile(r"\(\?:([^()]*)\)\?")
SPECIAL = re.compile(r"(?<!\\)[][.*+?|^$]")  # characters of a regular expression that do not stand for themselves


# -- paths


def with_parameters(parameter: re.Pattern[str], path: str, regexes: Mapping[str, str]) -> str:
    """Return a path with the regular expression of each parameter; without a converter, it takes a segment.

    A converter that is not among `regexes` is a regular expression itself.
    """

    def regex(match: re.Match[str]) -> str:
        found = regexes.get(match["kind"] or "", match["kind"] or SEGMENT)
        return f"<{match['name']} {SAME_REGEX.get(found, found)}>"

    return parameter.sub(regex, path)


def of_regex(regex: str) -> str:
    """Return the path that a regular expression stands for; a group without special characters is plain text."""

    def group(match: re.Match[str]) -> str:
        is_parameter = SPECIAL.search(match["regex"])
        return f"<{match['name'] or ''} {match['regex']}>" if is_parameter else match["regex"]

    return GROUP.sub(group, regex.removeprefix("^").removesuffix("$")).replace("\\.", ".")


def expanded(regex: str) -> list[str]:
    """Return a regular expression without its optional group, and with it; the expression itself if it has none."""
    return list(dict.fromkeys([OPTIONAL.sub("", regex), OPTIONAL.sub(r"\1", regex)]))


def route(path: str, pattern: str, methods: Iterable[str], name: str | None, functions: Iterable[Any]) -> Route:
    """Return a route with those of its views that are functions."""
    found = functions_of(each for each in functions if hasattr(each, "__code__"))
    return Route(path, pattern, tuple(sorted(set(methods))), name or "", found)


def by_path(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield one route for each path, with the methods and the guest's own functions of all its entries in the table."""
    for _, group in groupby(sorted(routes, key=lambda each: each.pattern), key=lambda each: each.pattern):
        same = list(group)
        methods = sorted({method for each in same for method in each.methods})
        functions = dict.fromkeys(each for entry in same for each in entry.functions if each.file.startswith(OWN))
        name = next((each.name for each in same if each.name), "")
        yield Route(same[0].path, same[0].pattern, tuple(methods), name, tuple(functions))


def class_methods(view: type, methods: Iterable[str]) -> dict[str, Any]:
    """Return the functions of a class that are called as HTTP methods, by method."""
    return {method: getattr(view, method.lower()) for method in methods if method.lower() in vars(view)}


# -- WSGI


def bottle(module: ModuleType) -> Iterable[Route]:
    """Return app.routes, an entry for each method. HEAD is looked up as GET."""
    filters = {kind: made(None)[0] for kind, made in module.app.router.filters.items() if kind not in ("re", "float")}
    for each in module.app.routes:
        pattern = with_parameters(ANGLES, each.rule, {"int": filters["int"], "path": filters["path"]})
        yield route(each.rule, pattern, [each.method], each.name, [each.callback])


def flask_plain(module: ModuleType) -> Routes:
    return table_of_flask(module.app)


def django_plain(module: ModuleType) -> Iterable[Route]:
    """Return urlpatterns. They contain no methods, which the decorators of the views decide about."""
    for each in module.urlpatterns:
        path = f"/{each.pattern}"
        regexes = {converter_name(path, name): found.regex for name, found in each.pattern.converters.items()}
        yield route(path, pattern_of(path, regexes), (), each.name, [each.callback])


def falcon(module: ModuleType) -> Iterable[Route]:
    """Return what falcon.inspect finds: resources with a function for each method, and folders of files."""
    from falcon.inspect import inspect_routes, inspect_static_routes

    for each in inspect_routes(module.app):
        methods = [found.method for found in each.methods if found.function_name != "method_not_allowed"]
        own = [found.function_name for found in each.methods if not found.internal]
        pattern = with_parameters(BRACES, each.path, {"int": INT})
        resource = getattr(module, each.class_name)
        functions = [getattr(resource, name) for name in own]
        yield route(each.path, pattern, set(methods) & set(METHODS), "", functions)
    for folder in inspect_static_routes(module.app):
        path = folder.prefix.rstrip("/")
        yield route(f"{path}/", f"{path}/<path .*>", (), "", [])


def pyramid(module: ModuleType) -> Iterable[Route]:
    """Return what the introspector has: routes, and the views that are registered for their names."""
    introspector = module.app.registry.introspector
    views = [each["introspectable"] for each in introspector.get_category("views")]
    for each in introspector.get_category("routes"):
        name, path = each["introspectable"]["name"], f"/{each['introspectable']['pattern'].lstrip('/')}"
        found = [view for view in views if view["route_name"] == name]
        methods = [view["request_methods"] for view in found if view["request_methods"]]
        pattern = with_parameters(BRACES, path, {}).replace("*subpath", "<subpath .*>")
        yield route(path, pattern, methods, name, [view["callable"] for view in found])


def webpy(module: ModuleType) -> Iterable[Route]:
    """Return the mapping of the application: regular expressions and classes, which have no names."""
    for regex, view in module.service.mapping:
        views = {method: found for method, found in vars(getattr(module, view)).items() if method in METHODS}
        for each in expanded(regex):
            yield route(regex, of_regex(each), views, "", views.values())


def wsgiref(module: ModuleType) -> Iterable[Route]:
    """Return PATHS, and PREFIXES, each of which leads to a function that receives the rest of the path."""
    for path, views in module.PATHS.items():
        yield route(path, path, views, "", views.values())
    for prefix, views in module.PREFIXES.items():
        yield route(f"/{prefix}/", f"/{prefix}/<rest .*>", views, "", views.values())


# -- ASGI


def starlette(module: ModuleType) -> Iterable[Route]:
    """Return app.routes. A mounted application is shown as the parameter "path" that it receives."""
    from starlette.routing import Mount
    from starlette.routing import Route as StarletteRoute

    for each in module.app.routes:
        if isinstance(each, Mount):
            yield route(f"{each.path}/{{path}}", f"{each.path}/<path .*>", (), each.name, [])
        elif isinstance(each, StarletteRoute):
            kinds = ((match["kind"] or "", match["name"]) for match in BRACES.finditer(each.path))
            regexes = {kind: each.param_convertors[name].regex for kind, name in kinds}
            view = each.endpoint
            views = class_methods(view, METHODS) if isinstance(view, type) else dict.fromkeys(each.methods or (), view)
            pattern = with_parameters(BRACES, each.path, regexes)
            yield route(each.path, pattern, views, each.name, views.values())


def litestar(module: ModuleType) -> Iterable[Route]:
    """Return app.routes, each with its handlers, one for each method. A converter is a type, not an expression."""
    for each in module.app.routes:
        pattern = with_parameters(BRACES, each.path, {"str": SEGMENT, "int": INT, "path": REST})
        for handler in each.route_handlers:
            yield route(each.path, pattern, handler.http_methods, handler.name, [handler.fn])


def sanic(module: ModuleType) -> Iterable[Route]:
    """Return app.router.routes, an entry for each method. Names begin with the name of the application."""
    for each in module.app.router.routes:
        path = f"/{each.path}"
        pattern = with_parameters(ANGLES, path, {"str": SEGMENT, "int": r"-?\d+", "path": r"[^/].*?"})
        yield route(path, pattern, each.methods, each.name.rpartition(".")[2], [each.handler])


def quart(module: ModuleType) -> Routes:
    return table_of_flask(module.app)


# -- on their own servers


def aiohttp(module: ModuleType) -> Iterable[Route]:
    """Return the resources of app.router, each with its routes, one for each method."""
    for resource in module.app.router.resources():
        info = resource.get_info()
        path = info.get("path") or info.get("formatter") or f"{resource.canonical}/{{filename}}"
        regex = info["pattern"].pattern if "pattern" in info else ""
        pattern = of_regex(regex) if regex else path.replace("{filename}", "<filename .*>")
        methods = [each.method for each in resource]
        yield route(path, pattern, methods, resource.name, [each.handler for each in resource])


def tornado(module: ModuleType) -> Iterable[Route]:
    """Return the rules of the application. Each leads to a class; a method that a class lacks is 405."""
    for rule in module.make_app().wildcard_router.rules:
        view, regex = rule.target, rule.matcher.regex.pattern
        supported = [each for each in METHODS if getattr(view, each.lower()) is not view._unimplemented_method]
        functions = class_methods(view, METHODS).values()
        yield route(regex.removesuffix("$"), of_regex(regex), supported, rule.name, functions)


def http_server(module: ModuleType) -> Iterable[Route]:
    """Return ROUTES, a dict from regular expressions to the functions of each method."""
    for regex, views in module.ROUTES.items():
        for each in expanded(regex):
            pattern = of_regex(each.replace(".+", "(.+)"))  # a path to a file, which the view reads itself
            yield route(regex, pattern, views, "", views.values())


ADAPTERS: Mapping[str, Adapter] = {
    "bottle": bottle,
    "falcon": falcon,
    "pyramid": pyramid,
    "webpy": webpy,
    "wsgiref": wsgiref,
    "flask_plain": flask_plain,
    "django_plain": django_plain,
    "fastapi": starlette,
    "starlette": starlette,
    "quart": quart,
    "litestar": litestar,
    "sanic": sanic,
    "aiohttp": aiohttp,
    "tornado": tornado,
    "http_server": http_server,
}
"""By the name of the guest."""

NO_TABLE: Mapping[str, str] = {
    "cherrypy": "has no table of routes: it looks up the segments of a path as attributes of objects",
    "turbogears": "has no table of routes: it looks up the segments of a path as attributes of controllers",
    "twisted": "has no table of routes: each resource is asked for its child, segment by segment",
}
"""Why no table can be compared, by the name of the guest."""
