"""Falcon: a class for each resource with a method for each HTTP method, which fills in the response that it gets."""

import sys
from wsgiref.simple_server import make_server

import falcon
from falcon.media import JSONHandler
from falcon.media.multipart import MultipartForm

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page, render

# Falcon has no reverse routing, so that links repeat the paths of routes.
PATHS = {
    "index": "/",
    "test": "/test",
    "time_page": "/time",
    "time_html": "/time.html",
    "hello": "/hello/{name}",
    "status": "/status/{code}",
    "home": "/home",
    "inspect": "/inspect",
    "form": "/form",
    "public_file": "/files/{name}",
    "style": "/style.css",
    "error": "/error",
}


def show(req: falcon.Request, resp: falcon.Response, page: Page) -> None:
    """Respond with a page as HTML or JSON, as Falcon negotiates. It has no templates, so shared_views renders."""
    resp.status = page.status.value
    resp.set_headers(page.headers)
    resp.append_header("Vary", "Accept")
    if req.client_prefers([HTML, JSON, PROBLEM]) in (JSON, PROBLEM):
        resp.content_type = JSON if page.status < 400 else PROBLEM
        resp.media = page.data
    else:
        resp.content_type = falcon.MEDIA_HTML
        resp.text = render(page)


class Index:
    def on_get(self, req, resp):
        show(req, resp, views.index(lambda route, /, **parameters: PATHS[route].format(**parameters)))


class Test:
    def on_get(self, req, resp):
        show(req, resp, views.test())


class Time:
    def on_get(self, req, resp):
        show(req, resp, views.time_page(clock.now()))


class Hello:
    def on_get(self, req, resp, name):
        show(req, resp, views.hello(name))


class Status:
    def on_get(self, req, resp, code):
        show(req, resp, views.status(code, req.path))


class Home:
    def on_get(self, req, resp):
        raise falcon.HTTPMovedPermanently(PATHS["index"])


class Inspect:
    def on_get(self, req, resp):
        version = req.env["SERVER_PROTOCOL"]
        page = views.inspect(req.remote_addr, req.method, req.path, req.query_string, req.headers.items(), version)
        show(req, resp, page)


class FormResource:
    def on_get(self, req, resp):
        show(req, resp, views.form())

    def on_post(self, req, resp):
        media = req.get_media()
        form = parts(media) if isinstance(media, MultipartForm) else pairs(media)
        show(req, resp, views.posted(form))


def parts(media: MultipartForm) -> Form:
    fields, files = [], []
    for part in media:
        if part.filename is None:
            fields.append((part.name or "", part.text or ""))
        else:
            files.append(upload(part.name or "", part.filename, part.stream.read()))
    return Form(tuple(fields), tuple(files))


def pairs(media: dict[str, str | list[str]]) -> Form:
    values = {name: value if isinstance(value, list) else [value] for name, value in media.items()}
    return Form(tuple((name, each) for name in values for each in values[name]))


class Style:
    def on_get(self, req, resp):
        resp.content_type = "text/css; charset=utf-8"
        resp.data = (PUBLIC / "style.css").read_bytes()


class Error:
    def on_get(self, req, resp):
        show(req, resp, views.error())


def not_found(req, resp, error, params):
    show(req, resp, views.not_found(req.path))


def server_error(req, resp, error, params):
    show(req, resp, views.server_error())


app = falcon.App()
app.resp_options.media_handlers[PROBLEM] = JSONHandler()
app.add_route("/", Index())
app.add_route("/test", Test())
app.add_route("/time", Time())
app.add_route("/time.html", Time())
app.add_route("/hello/{name}", Hello())
app.add_route("/status/{code:int}", Status())
app.add_route("/home", Home())
app.add_route("/inspect", Inspect())
app.add_route("/form", FormResource())
app.add_static_route("/files", PUBLIC)
app.add_route("/style.css", Style())
app.add_route("/error", Error())
app.add_error_handler(falcon.HTTPNotFound, not_found)
app.add_error_handler(Exception, server_error)


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
