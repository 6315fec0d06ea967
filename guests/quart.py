"""Quart: Flask's decorators on coroutines, and Flask's request, whose body has to be awaited."""

import sys

from quart import Quart, redirect, render_template, request, send_from_directory, url_for
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page

app = Quart(__name__, template_folder=PUBLIC.parent / "templates")
app.config["MAX_CONTENT_LENGTH"] = MAX_BODY


async def show(page: Page) -> ResponseReturnValue:
    """Return a page as HTML or JSON, as Quart negotiates."""
    headers = {**dict(page.headers), "Vary": "Accept"}
    if request.accept_mimetypes.best_match([HTML, JSON, PROBLEM]) in (JSON, PROBLEM):
        media_type = PROBLEM if page.status >= 400 else JSON
        return dict(page.data), page.status, {**headers, "Content-Type": media_type}
    return await render_template(page.template, **{**page.data, "title": page.title}), page.status, headers


@app.context_processor
def limits():
    return {"max_body": MAX_BODY}


@app.get("/")
async def index():
    return await show(views.index(url_for))


@app.get("/test")
async def test():
    return await show(views.test())


@app.get("/time")
@app.get("/time.html", endpoint="time_html")
async def time_page():
    return await show(views.time_page(clock.now()))


@app.get("/hello/<name>")
async def hello(name):
    return await show(views.hello(name))


@app.get("/status/<int:code>")
async def status(code):
    return await show(views.status(code, request.path))


@app.get("/home")
async def home():
    return redirect(url_for("index"), 301)


@app.get("/inspect")
async def inspect():
    client, query, version = request.remote_addr or "", request.query_string.decode(), f"HTTP/{request.http_version}"
    return await show(views.inspect(client, request.method, request.path, query, request.headers.items(), version))


@app.get("/form")
async def form():
    return await show(views.form())


@app.post("/form")
async def submit_form():
    form, files = await request.form, await request.files
    uploads = [upload(name, file.filename or "", file.read()) for name, file in files.items(multi=True)]
    return await show(views.posted(Form(tuple(form.items(multi=True)), tuple(uploads))))


@app.get("/files/<path:name>")
async def public_file(name):
    return await send_from_directory(PUBLIC, name)


@app.get("/style.css")
async def style():
    return await send_from_directory(PUBLIC, "style.css")


@app.get("/error")
async def error():
    views.error()


@app.errorhandler(404)
async def not_found(error):
    return await show(views.not_found(request.path))


@app.errorhandler(405)
async def method_not_allowed(error: MethodNotAllowed):
    return await show(views.method_not_allowed(request.method, set(error.valid_methods or ())))


@app.errorhandler(500)
async def server_error(error):
    return await show(views.server_error())


@app.errorhandler(HTTPException)
async def failed(error):
    return await show(views.failed(error.code))


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), use_reloader=False)
