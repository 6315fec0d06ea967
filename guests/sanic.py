"""Sanic: decorators on coroutines, types in angle brackets; files and errors are declared on the application, too."""

import sys

from sanic import HTTPResponse, Request, Sanic, html, json, redirect
from sanic.exceptions import NotFound, SanicException

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page, render

app = Sanic("Guests")
app.config.REQUEST_MAX_SIZE = MAX_BODY
app.static("/files", PUBLIC, name="public_file")
app.static("/style.css", PUBLIC / "style.css", name="style")


def show(request: Request, page: Page, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Return a page as HTML or JSON, as Sanic negotiates. Its templates are an extension, so shared_views renders."""
    headers = {**dict(page.headers), **(headers or {}), "Vary": "Accept"}
    if request.accept.match(HTML, JSON, PROBLEM) in (JSON, PROBLEM):
        media_type = PROBLEM if page.status >= 400 else JSON
        return json(page.data, status=page.status, headers=headers, content_type=media_type)
    return html(render(page), status=page.status, headers=headers)


def url_for(route, /, **parameters):
    if route == "public_file":
        return app.url_for("static", name=route, filename=parameters["name"])
    if route == "style":
        return app.url_for("static", name=route)
    return app.url_for(route, **parameters)


@app.get("/")
async def index(request):
    return show(request, views.index(url_for))


@app.get("/test")
async def test(request):
    return show(request, views.test())


@app.get("/time")
@app.get("/time.html", name="time_html")
async def time_page(request):
    return show(request, views.time_page(clock.now()))


@app.get("/hello/<name:str>", unquote=True)
async def hello(request, name):
    return show(request, views.hello(name))


@app.get("/status/<code:int>")
async def status(request, code):
    return show(request, views.status(code, request.path))


@app.get("/home")
async def home(request):
    return redirect(app.url_for("index"), status=301)


@app.get("/inspect")
async def inspect(request):
    version, fields = f"HTTP/{request.version}", request.headers.items()
    return show(request, views.inspect(request.ip, request.method, request.path, request.query_string, fields, version))


@app.get("/form")
async def form(request):
    return show(request, views.form())


@app.post("/form")
async def submit_form(request):
    fields = [(name, value) for name, values in request.form.items() for value in values]
    files = [upload(name, file.name, file.body) for name, files in request.files.items() for file in files]
    return show(request, views.posted(Form(tuple(fields), tuple(files))))


@app.get("/error")
async def error(request):
    views.error()


@app.exception(NotFound)
async def not_found(request, exception):
    return show(request, views.not_found(request.path))


@app.exception(SanicException)
async def failed(request, exception):
    return show(request, views.failed(exception.status_code), exception.headers)


@app.exception(Exception)
async def server_error(request, exception):
    return show(request, views.server_error())


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True)
