"""Bottle: decorators with wildcards and filters, a response that functions change, and static_file."""

import json
import sys
from functools import partial

from bottle import Bottle, FileUpload, jinja2_template, redirect, request, response, static_file

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import JSON, PROBLEM, preferred_form

app = Bottle()
template = partial(
    jinja2_template,
    template_lookup=[PUBLIC.with_name("templates")],
    template_settings={"autoescape": True, "globals": {"max_body": MAX_BODY}},  # Bottle's default escapes nothing
)


@app.get("/", name="index")
def index():
    return show(views.index(app.get_url))


@app.get("/test", name="test")
def test():
    return show(views.test())


@app.get("/time", name="time_page")
@app.get("/time.html", name="time_html")
def time_page():
    return show(views.time_page(clock.now()))


@app.get("/hello/<name>", name="hello")
def hello(name):
    return show(views.hello(name))


@app.get("/status/<code:int>", name="status")
def status(code):
    return show(views.status(code, request.path))


@app.get("/home", name="home")
def home():
    redirect(app.get_url("index"), 301)


@app.get("/inspect", name="inspect")
def inspect():
    client, version = request.remote_addr, request.environ["SERVER_PROTOCOL"]
    fields = request.headers.items()
    return show(views.inspect(client, request.method, request.path, request.query_string, fields, version))


@app.get("/form", name="form")
def form():
    return show(views.form())


@app.post("/form")
def submit_form():
    fields = request.forms.decode().allitems()
    files = [received(name, file) for name, file in request.files.allitems()]
    return show(views.posted(Form(tuple(fields), tuple(files))))


def received(name, file: FileUpload):
    return upload(name, file.raw_filename, file.file.read())


@app.get("/files/<name:path>", name="public_file")
def public_file(name):
    return static_file(name, root=PUBLIC)


@app.get("/style.css", name="style")
def style():
    return static_file("style.css", root=PUBLIC)


@app.get("/error", name="error")
def error():
    return show(views.error())


@app.error(404)
def not_found(error):
    return show(views.not_found(request.path))


@app.error(500)
def server_error(error):
    return show(views.server_error())


def show(page):
    """Return the page as HTML or JSON; Bottle has no negotiation of its own."""
    response.status = page.status.value
    response.headers.update({"Vary": "Accept", **dict(page.headers)})
    if preferred_form(request.get_header("Accept"), (JSON, PROBLEM)) == "json":
        response.content_type = JSON if page.status < 400 else PROBLEM
        return json.dumps(page.data)
    return template(page.template, page.data, title=page.title)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
