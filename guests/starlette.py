"""Starlette: a list of routes to coroutines, a class for a path with two methods, a mounted application for files."""

import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import JSON, PROBLEM, TEMPLATES, Page, preferred_form

templates = Jinja2Templates(env=TEMPLATES)


def show(request: Request, page: Page, headers: dict[str, str] | None = None) -> Response:
    """Return a page as HTML or JSON. Starlette does not negotiate, so shared_views chooses."""
    headers = {"Vary": "Accept", **dict(page.headers), **(headers or {})}
    if preferred_form(request.headers.get("accept"), (JSON, PROBLEM)) == "json":
        media_type = PROBLEM if page.status >= 400 else JSON
        return JSONResponse(page.data, page.status, headers, media_type)
    return templates.TemplateResponse(request, page.template, {**page.data, "title": page.title}, page.status, headers)


def url_for(route: str, /, **parameters: Any) -> str:
    if route == "public_file":
        return app.url_path_for(route, path=parameters["name"])  # a Mount calls its parameter "path"
    return app.url_path_for(route, **parameters)


async def index(request: Request) -> Response:
    return show(request, views.index(url_for))


async def test(request: Request) -> Response:
    return show(request, views.test())


async def time_page(request: Request) -> Response:
    return show(request, views.time_page(clock.now()))


async def hello(request: Request) -> Response:
    return show(request, views.hello(request.path_params["name"]))


async def status(request: Request) -> Response:
    return show(request, views.status(request.path_params["code"], request.url.path))


async def home(request: Request) -> Response:
    return RedirectResponse(request.url_for("index"), status_code=301)


async def inspect(request: Request) -> Response:
    client, version = request.client.host if request.client else "", f"HTTP/{request.scope['http_version']}"
    url = request.url
    return show(request, views.inspect(client, request.method, url.path, url.query, request.headers.items(), version))


class FormEndpoint(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        return show(request, views.form())

    async def post(self, request: Request) -> Response:
        async with request.form() as form:
            items = form.multi_items()
            fields = tuple((name, value) for name, value in items if isinstance(value, str))
            files = [
                upload(name, value.filename or "", await value.read())
                for name, value in items
                if isinstance(value, UploadFile)
            ]
        return show(request, views.posted(Form(fields, tuple(files))))


async def style(request: Request) -> Response:
    return FileResponse(PUBLIC / "style.css")


async def error(request: Request) -> Response:
    views.error()


async def not_found(request: Request, exc: Exception) -> Response:
    return show(request, views.not_found(request.url.path))


async def failed(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    return show(request, views.failed(exc.status_code), dict(exc.headers or {}))


async def server_error(request: Request, exc: Exception) -> Response:
    return show(request, views.server_error())


app = Starlette(
    routes=[
        Route("/", index),
        Route("/test", test),
        Route("/time", time_page),
        Route("/time.html", time_page, name="time_html"),
        Route("/hello/{name}", hello),
        Route("/status/{code:int}", status),
        Route("/home", home),
        Route("/inspect", inspect),
        Route("/form", FormEndpoint, name="form"),
        Mount("/files", StaticFiles(directory=PUBLIC), name="public_file"),
        Route("/style.css", style),
        Route("/error", error),
    ],
    exception_handlers={404: not_found, HTTPException: failed, 500: server_error},
    max_body_size=MAX_BODY,
)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]))
