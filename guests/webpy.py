"""web.py: a tuple of regular expressions and class names, in whose classes GET and POST are methods."""

import json
import sys

import web
from web.contrib.template import render_jinja

from shared_views import clock, views
from shared_views.files import PUBLIC, read_file
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import JSON, PROBLEM, REASON_PHRASES, preferred_form

urls = (
    "/", "Index",
    "/test", "Test",
    r"/time(?:\.html)?", "Time",
    "/hello/([^/]+)", "Hello",
    r"/status/(\d+)", "Status",
    "/home", "Home",
    "/inspect", "Inspect",
    "/form", "PostForm",
    "/files/(.+)", "PublicFile",
    r"/(style\.css)", "PublicFile",
    "/error", "Error",
)  # fmt: skip

# web.py has no reverse routing, so that links repeat the paths.
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

templates = render_jinja(str(PUBLIC.with_name("templates")), globals={"max_body": MAX_BODY})
templates._lookup.autoescape = True  # by default nothing is escaped


def show(page):
    """Return a page as HTML or JSON. web.py does not negotiate, so shared_views chooses."""
    web.ctx.status = f"{page.status.value} {REASON_PHRASES[page.status]}"
    for name, value in (*page.headers, ("Vary", "Accept")):
        web.header(name, value)
    if preferred_form(web.ctx.env.get("HTTP_ACCEPT"), (JSON, PROBLEM)) == "json":
        web.header("Content-Type", JSON if page.status < 400 else PROBLEM)
        return json.dumps(page.data)
    web.header("Content-Type", "text/html; charset=utf-8")
    template = getattr(templates, page.template.removesuffix(".html"))
    return template(page.data, title=page.title)


class Index:
    def GET(self):
        return show(views.index(lambda route, /, **parameters: PATHS[route].format(**parameters)))


class Test:
    def GET(self):
        return show(views.test())


class Time:
    def GET(self):
        return show(views.time_page(clock.now()))


class Hello:
    def GET(self, name):
        return show(views.hello(name))


class Status:
    def GET(self, code):
        return show(views.status(int(code), web.ctx.path))


class Home:
    def GET(self):
        raise web.redirect(PATHS["index"])


class Inspect:
    def GET(self):
        ctx = web.ctx
        fields = [(name[5:].replace("_", "-"), value) for name, value in ctx.env.items() if name.startswith("HTTP_")]
        version = ctx.env["SERVER_PROTOCOL"]
        return show(views.inspect(ctx.ip, ctx.method, ctx.path, ctx.query.removeprefix("?"), fields, version))


class PostForm:
    def GET(self):
        return show(views.form())

    def POST(self):
        posted = web.input(_method="POST", file={})  # {} asks for a file as an object, which has its name
        fields = [(name, value) for name, value in posted.items() if isinstance(value, str)]
        files = [upload(name, each.filename, each.raw) for name, each in posted.items() if hasattr(each, "raw")]
        return show(views.posted(Form(tuple(fields), tuple(files))))


class PublicFile:
    def GET(self, name):
        file = read_file(name)
        if file is None:
            raise web.notfound()
        web.header("Content-Type", file.media_type)
        web.modified(file.modified.replace(tzinfo=None), file.etag.strip('"'))
        return file.content


class Error:
    def GET(self):
        return show(views.error())


def not_found():
    return web.HTTPError("404 Not Found", data=show(views.not_found(web.ctx.path)))


def server_error():
    return web.HTTPError("500 Internal Server Error", data=show(views.server_error()))


web.config.debug = False
service = web.application(urls, globals())
service.notfound = not_found
service.internalerror = server_error
app = service.wsgifunc()


if __name__ == "__main__":
    web.httpserver.runsimple(app, ("127.0.0.1", int(sys.argv[1])))
