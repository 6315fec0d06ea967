"""Litestar: decorated functions with typed parameters and results, which the application takes as a list."""

import sys
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import File, Redirect, Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, TEMPLATES, Page

# Parameters that are not "name" here: route_reverse has a parameter of that name itself, routers for files have theirs.
RENAMED = {"hello": "who", "public_file": "file_path"}


def show(request: Request, page: Page, headers: dict[str, str] | None = None) -> Response:
    """Return a page as HTML or JSON, as Litestar negotiates."""
    headers = {**dict(page.headers), **(headers or {}), "Vary": "Accept"}
    if request.accept.best_match([HTML, JSON, PROBLEM]) in (JSON, PROBLEM):
        media_type = PROBLEM if page.status >= 400 else JSON
        return Response(page.data, media_type=media_type, status_code=page.status, headers=headers)
    context = {**page.data, "title": page.title}
    return Template(page.template, context=context, media_type=HTML, status_code=page.status, headers=headers)


@get("/", name="index")
async def index(request: Request) -> Response:
    def url_for(route: str, /, **parameters: Any) -> str:
        if route in RENAMED:
            parameters = {RENAMED[route]: parameters["name"]}
        return request.app.route_reverse(route, **parameters)

    return show(request, views.index(url_for))


@get("/test", name="test")
async def test(request: Request) -> Response:
    return show(request, views.test())


async def show_time(request: Request) -> Response:
    return show(request, views.time_page(clock.now()))


time_page = get("/time", name="time_page")(show_time)  # a handler with both paths would have one name for them
time_html = get("/time.html", name="time_html")(show_time)


@get("/hello/{who:str}", name="hello")
async def hello(request: Request, who: str) -> Response:
    return show(request, views.hello(who))


@get("/status/{code:int}", name="status")
async def status(request: Request, code: int) -> Response:
    return show(request, views.status(code, request.url.path))


@get("/home", name="home", status_code=301)
async def home(request: Request) -> Redirect:
    return Redirect(request.app.route_reverse("index"), status_code=301)


@get("/inspect", name="inspect")
async def inspect(request: Request) -> Response:
    client, version = request.client.host if request.client else "", f"HTTP/{request.scope['http_version']}"
    url, fields = request.url, request.headers.items()
    return show(request, views.inspect(client, request.method, url.path, url.query, fields, version))


@get("/form", name="form")
async def form(request: Request) -> Response:
    return show(request, views.form())


@post("/form")
async def submit_form(request: Request) -> Response:
    items = (await request.form()).items()
    fields = tuple((name, value) for name, value in items if isinstance(value, str))
    files = [upload(name, value.filename, await value.read()) for name, value in items if isinstance(value, UploadFile)]
    return show(request, views.posted(Form(fields, tuple(files))))


@get("/style.css", name="style")
async def style() -> File:
    return File(PUBLIC / "style.css", content_disposition_type="inline", media_type="text/css")


@get("/error", name="error")
async def error() -> None:
    views.error()


def not_found(request: Request, exc: HTTPException) -> Response:
    return show(request, views.not_found(request.url.path))


def failed(request: Request, exc: HTTPException) -> Response:
    return show(request, views.failed(exc.status_code), exc.headers)


def server_error(request: Request, exc: Exception) -> Response:
    return show(request, views.server_error())


app = Litestar(
    route_handlers=[
        index,
        test,
        time_page,
        time_html,
        hello,
        status,
        home,
        inspect,
        form,
        submit_form,
        create_static_files_router(path="/files", directories=[PUBLIC], name="public_file"),
        style,
        error,
    ],
    exception_handlers={404: not_found, HTTPException: failed, 500: server_error},
    template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(TEMPLATES)),
    request_max_body_size=MAX_BODY,
)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]))
