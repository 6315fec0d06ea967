"""FastAPI: decorators on functions whose annotated parameters say what they take from requests and dependencies."""

import sys
from typing import Annotated, Any, TypeAlias

import uvicorn
from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import JSON, PROBLEM, TEMPLATES, Page, preferred_form

app = FastAPI(title="One service, three routers", default_response_class=HTMLResponse, max_body_size=MAX_BODY)
app.mount("/files", StaticFiles(directory=PUBLIC), name="public_file")
templates = Jinja2Templates(env=TEMPLATES)


class Show:
    """Returns pages as HTML or JSON. FastAPI does not negotiate, so shared_views chooses."""

    def __init__(self, request: Request, accept: Annotated[str | None, Header()] = None) -> None:
        self.request = request
        self.is_json = preferred_form(accept, (JSON, PROBLEM)) == "json"

    def __call__(self, page: Page, headers: dict[str, str] | None = None) -> Response:
        headers = {"Vary": "Accept", **dict(page.headers), **(headers or {})}
        if self.is_json:
            media_type = PROBLEM if page.status >= 400 else JSON
            return JSONResponse(page.data, page.status, headers, media_type)
        context = {**page.data, "title": page.title}
        return templates.TemplateResponse(self.request, page.template, context, page.status, headers)


ShowDep: TypeAlias = Annotated[Show, Depends()]


def url_for(route: str, /, **parameters: Any) -> str:
    if route == "public_file":
        return app.url_path_for(route, path=parameters["name"])  # a mount calls its parameter "path"
    return app.url_path_for(route, **parameters)


@app.get("/")
async def index(show: ShowDep) -> Response:
    return show(views.index(url_for))


@app.get("/test")
async def test(show: ShowDep) -> Response:
    return show(views.test())


@app.get("/time")
@app.get("/time.html", name="time_html")
async def time_page(show: ShowDep) -> Response:
    return show(views.time_page(clock.now()))


@app.get("/hello/{name}")
async def hello(name: str, show: ShowDep) -> Response:
    return show(views.hello(name))


@app.get("/status/{code}")
async def status(code: int, request: Request, show: ShowDep) -> Response:
    return show(views.status(code, request.url.path))


@app.get("/home")
async def home(request: Request) -> RedirectResponse:
    return RedirectResponse(request.url_for("index"), status_code=301)


@app.get("/inspect")
async def inspect(request: Request, show: ShowDep) -> Response:
    client, version = request.client.host if request.client else "", f"HTTP/{request.scope['http_version']}"
    url = request.url
    return show(views.inspect(client, request.method, url.path, url.query, request.headers.items(), version))


@app.get("/form")
async def form(show: ShowDep) -> Response:
    return show(views.form())


@app.post("/form")
async def submit_form(request: Request, show: ShowDep) -> Response:
    async with request.form() as form:  # Form() and File() would take fields whose names are known
        items = form.multi_items()
        fields = tuple((name, value) for name, value in items if isinstance(value, str))
        files = [
            upload(name, value.filename or "", await value.read())
            for name, value in items
            if isinstance(value, UploadFile)
        ]
    return show(views.posted(Form(fields, tuple(files))))


@app.get("/style.css")
async def style() -> FileResponse:
    return FileResponse(PUBLIC / "style.css")


@app.get("/error")
async def error() -> Response:
    views.error()


@app.exception_handler(404)
async def not_found(request: Request, exc: HTTPException) -> Response:
    return Show(request, request.headers.get("accept"))(views.not_found(request.url.path))


@app.exception_handler(HTTPException)
async def failed(request: Request, exc: HTTPException) -> Response:
    return Show(request, request.headers.get("accept"))(views.failed(exc.status_code), dict(exc.headers or {}))


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, exc: RequestValidationError) -> Response:
    return Show(request, request.headers.get("accept"))(views.failed(422))


@app.exception_handler(Exception)
async def server_error(request: Request, exc: Exception) -> Response:
    return Show(request, request.headers.get("accept"))(views.server_error())


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]))
