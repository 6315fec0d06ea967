"""Flask as its tutorial writes it: functions with decorators, render_template, request.form, redirect and abort."""

import sys

from flask import (
    Flask,
    Response,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.exceptions import InternalServerError, NotFound
from werkzeug.wrappers import Response as BaseResponse

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.hosts import allowed_hosts
from shared_views.pages import HTML, JSON, PROBLEM, Page

app = Flask(__name__, static_folder=None, template_folder=PUBLIC.with_name("templates"))
app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, TRUSTED_HOSTS=sorted(allowed_hosts()))
app.jinja_env.globals["max_body"] = MAX_BODY


@app.get("/")
def index() -> Response:
    return show(views.index(url_for))


@app.get("/test")
def test() -> Response:
    return show(views.test())


@app.get("/time")
@app.get("/time.html", endpoint="time_html")
def time_page() -> Response:
    return show(views.time_page(clock.now()))


@app.get("/hello/<name>")
def hello(name: str) -> Response:
    return show(views.hello(name))


@app.get("/status/<int:code>")
def status(code: int) -> Response:
    if views.served_status(code) is None:
        abort(404)
    return show(views.status(code, request.path))


@app.get("/home")
def home() -> BaseResponse:
    return redirect(url_for("index"), 301)


@app.get("/inspect")
def inspect() -> Response:
    query, version = request.query_string.decode(), request.environ["SERVER_PROTOCOL"]
    client, fields = request.remote_addr or "", request.headers.items()
    return show(views.inspect(client, request.method, request.path, query, fields, version))


@app.route("/form", methods=["GET", "POST"])
def form() -> Response:
    if request.method == "GET":
        return show(views.form())
    fields = tuple(request.form.items(multi=True))
    files = (upload(field, file.filename or "", file.read()) for field, file in request.files.items(multi=True))
    return show(views.posted(Form(fields, tuple(files))))


@app.get("/files/<path:name>")
def public_file(name: str) -> Response:
    return send_from_directory(PUBLIC, name)


@app.get("/style.css")
def style() -> Response:
    return send_from_directory(PUBLIC, "style.css")


@app.get("/error")
def error() -> Response:
    return show(views.error())


@app.errorhandler(404)
def not_found(error: NotFound) -> Response:
    return show(views.not_found(request.path))


@app.errorhandler(500)
def server_error(error: InternalServerError) -> Response:
    return show(views.server_error())


def show(page: Page) -> Response:
    """Return the page as HTML or JSON, whichever the request prefers."""
    if request.accept_mimetypes.best_match([HTML, JSON, PROBLEM], HTML) != HTML:
        response = jsonify(page.data)
        response.mimetype = JSON if page.status < 400 else PROBLEM
    else:
        response = make_response(render_template(page.template, **{**page.data, "title": page.title}))
    response.status_code = page.status
    response.headers.update(page.headers)
    response.vary.add("Accept")
    return response


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
