"""The routers of other frameworks, each made with many routes, and asked as its framework asks it.

Each function receives paths with parameters as raw_router writes them ("/hello/<name>"), and returns what resolves a
path. It imports its framework itself, because the frameworks are optional.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from sidebyside.bench.routing import Maker, Resolve, view
from sidebyside.launch.requirements import package_version


def with_braces(path: str) -> str:
    return path.replace("<", "{").replace(">", "}")


def as_regex(path: str) -> str:
    return path.replace("<name>", "([^/]+)")


class Resource:
    """A class for frameworks whose views are classes."""

    on_get = get = view


def bottle(paths: Sequence[str]) -> Resolve:
    from bottle import Router

    router = Router()
    for path in paths:
        router.add(path, "GET", path)
    return lambda path: router.match({"PATH_INFO": path, "REQUEST_METHOD": "GET"})


def falcon(paths: Sequence[str]) -> Resolve:
    from falcon.routing import CompiledRouter

    router, resource = CompiledRouter(), Resource()
    for path in paths:
        router.add_route(with_braces(path), resource)
    return router.find


def pyramid(paths: Sequence[str]) -> Resolve:
    from pyramid.urldispatch import RoutesMapper

    mapper = RoutesMapper()
    for path in paths:
        mapper.connect(path, with_braces(path))
    return lambda path: mapper(SimpleNamespace(path_info=path, environ={"PATH_INFO": path}))


def webpy(paths: Sequence[str]) -> Resolve:
    from web import application

    app = application([part for path in paths for part in (as_regex(path), "View")], {"View": Resource})
    return partial(app._match, app.mapping)


def starlette(paths: Sequence[str]) -> Resolve:
    """Return the loop of Router.app, which is a coroutine that would call the view, too."""
    from starlette.routing import Match, Route

    routes = [Route(with_braces(path), view) for path in paths]

    def resolve(path: str) -> object:
        scope = {"type": "http", "path": path, "method": "GET"}
        return next(scope for route in routes if route.matches(scope)[0] is Match.FULL)

    return resolve


def sanic(paths: Sequence[str]) -> Resolve:
    from sanic import Sanic

    app = Sanic("bench")
    Sanic.unregister_app(app)
    for number, path in enumerate(paths):
        app.router.add(path, ["GET"], view, name=f"bench.{number}")
    app.router.finalize()
    return lambda path: app.router.get(path, "GET", None)


def aiohttp(paths: Sequence[str]) -> Resolve:
    from aiohttp.web import UrlDispatcher
    from yarl import URL

    router = UrlDispatcher()
    for path in paths:
        router.add_route("GET", with_braces(path), coroutine)

    def resolve(path: str) -> object:
        try:
            router.resolve(SimpleNamespace(method="GET", rel_url=URL(path))).send(None)  # type: ignore[arg-type]
        except StopIteration as stop:
            return stop.value
        raise AssertionError("resolving waits for nothing")

    return resolve


async def coroutine(*_: object) -> Any:
    """The view of frameworks that call coroutines only."""


def tornado(paths: Sequence[str]) -> Resolve:
    from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
    from tornado.web import Application, RequestHandler

    application = Application([(as_regex(path), RequestHandler) for path in paths])

    def resolve(path: str) -> object:
        line = RequestStartLine("GET", path, "HTTP/1.1")
        return application.find_handler(HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": "localhost"})))

    return resolve


ROUTERS: Mapping[str, Maker] = {
    "Bottle": Maker(bottle, "bottle", most_parameters=1_000),  # joins the expressions again for each new route
    "Falcon": Maker(falcon, "falcon", most=1_000, most_parameters=1_000),  # compiles a function of all routes
    "Pyramid": Maker(pyramid, "pyramid"),
    "web.py": Maker(webpy, "web.py"),
    "Starlette": Maker(starlette, "starlette"),
    "Sanic": Maker(sanic, "sanic", most_parameters=1_000),  # compiles a function of all routes with parameters
    "aiohttp": Maker(aiohttp, "aiohttp"),
    "Tornado": Maker(tornado, "tornado"),
}
"""By title. FastAPI has the router of Starlette, and Quart that of Flask."""


def installed() -> Mapping[str, Maker]:
    """Return the routers whose framework is installed."""
    return {name: maker for name, maker in ROUTERS.items() if package_version(maker.distribution)}
