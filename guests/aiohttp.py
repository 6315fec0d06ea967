"""aiohttp: decorators that fill a table of routes, resources that make their URLs, and a middleware for errors."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from aiohttp import web

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page, preferred_form, render

routes = web.RouteTableDef()
routes.static("/files", PUBLIC, name="public_file")


def show(request: web.Request, page: Page) -> web.Response:
    """Return a page as HTML or JSON. aiohttp neither negotiates nor has templates, so shared_views does both."""
    headers = {"Vary": "Accept", **dict(page.headers)}
    if preferred_form(request.headers.get("Accept"), (JSON, PROBLEM)) == "json":
        media_type = PROBLEM if page.status >= 400 else JSON
        return web.json_response(page.data, status=page.status, headers=headers, content_type=media_type)
    return web.Response(text=render(page), status=page.status, headers=headers, content_type=HTML)


def url_for(route: str, /, **parameters: Any) -> str:
    if route == "public_file":
        return str(app.router[route].url_for(filename=parameters["name"]))  # a static resource's parameter
    return str(app.router[route].url_for(**{name: str(value) for name, value in parameters.items()}))


@routes.get("/", name="index")
async def index(request: web.Request) -> web.Response:
    return show(request, views.index(url_for))


@routes.get("/test", name="test")
async def test(request: web.Request) -> web.Response:
    return show(request, views.test())


@routes.get("/time", name="time_page")
@routes.get("/time.html", name="time_html")
async def time_page(request: web.Request) -> web.Response:
    return show(request, views.time_page(clock.now()))


@routes.get("/hello/{name}", name="hello")
async def hello(request: web.Request) -> web.Response:
    return show(request, views.hello(request.match_info["name"]))


@routes.get(r"/status/{code:\d+}", name="status")
async def status(request: web.Request) -> web.Response:
    return show(request, views.status(int(request.match_info["code"]), request.path))


@routes.get("/home", name="home")
async def home(request: web.Request) -> NoReturn:
    raise web.HTTPMovedPermanently(request.app.router["index"].url_for())


@routes.get("/inspect", name="inspect")
async def inspect(request: web.Request) -> web.Response:
    version, query = f"HTTP/{request.version.major}.{request.version.minor}", request.rel_url.raw_query_string
    client, fields = request.remote or "", request.headers.items()
    return show(request, views.inspect(client, request.method, request.path, query, fields, version))


@routes.get("/form", name="form")
async def form(request: web.Request) -> web.Response:
    return show(request, views.form())


@routes.post("/form")
async def submit_form(request: web.Request) -> web.Response:
    items = (await request.post()).items()
    fields = tuple((name, value) for name, value in items if isinstance(value, str))
    files = [
        upload(name, value.filename, value.file.read()) for name, value in items if isinstance(value, web.FileField)
    ]
    return show(request, views.posted(Form(fields, tuple(files))))


@routes.get("/style.css", name="style")
async def style(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PUBLIC / "style.css")


@routes.get("/error", name="error")
async def error(request: web.Request) -> NoReturn:
    views.error()


@web.middleware
async def error_pages(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return show(request, views.not_found(request.path))
    except web.HTTPMethodNotAllowed as error:
        return show(request, views.method_not_allowed(error.method, error.allowed_methods))
    except web.HTTPError as error:
        return show(request, views.failed(error.status))
    except web.HTTPException:  # a redirect
        raise
    except Exception:
        request.protocol.logger.exception("Error handling request")
        return show(request, views.server_error())


app = web.Application(middlewares=[error_pages], client_max_size=MAX_BODY)
app.add_routes(routes)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
