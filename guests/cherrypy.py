"""CherryPy: a path leads through a tree of objects to a method, whose arguments are the rest of it and the query."""

import json
import sys

import cherrypy
from cherrypy.lib.cptools import accept

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page, render

# Handlers of CherryPy have no names, so that links repeat their paths.
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


def show(page: Page) -> bytes:
    """Return a page as HTML or JSON, as CherryPy negotiates. It has no templates, so shared_views renders."""
    response = cherrypy.response
    response.status = page.status.value
    response.headers.update({"Vary": "Accept", **dict(page.headers)})
    if accept([HTML, JSON, PROBLEM]) == HTML:
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        return render(page).encode()
    response.headers["Content-Type"] = JSON if page.status < 400 else PROBLEM
    return json.dumps(page.data).encode()


def url_for(route, /, **parameters):
    return cherrypy.url(PATHS[route].format(**parameters), relative="server")


class Root:
    @cherrypy.expose
    def index(self):
        return show(views.index(url_for))

    @cherrypy.expose
    def test(self):
        return show(views.test())

    @cherrypy.expose
    def time(self):
        return show(views.time_page(clock.now()))

    time_html = time  # CherryPy reads the dot of /time.html as an underscore

    @cherrypy.expose
    def hello(self, name):
        return show(views.hello(name))

    @cherrypy.expose
    def status(self, code):
        with cherrypy.HTTPError.handle(ValueError, 404):
            number = int(code)
        return show(views.status(number, cherrypy.request.path_info))

    @cherrypy.expose
    def home(self):
        raise cherrypy.HTTPRedirect(url_for("index"), 301)

    @cherrypy.expose
    def inspect(self, **query):
        request = cherrypy.request
        client, version = request.remote.ip, "HTTP/{}.{}".format(*request.protocol)
        fields = request.header_list
        return show(views.inspect(client, request.method, request.path_info, request.query_string, fields, version))

    @cherrypy.expose
    def form(self, **posted):
        if cherrypy.request.method != "POST":
            return show(views.form())
        items = [(name, value) for name, found in posted.items() for value in listed(found)]
        fields = [(name, value) for name, value in items if isinstance(value, str)]
        files = [upload(name, value.filename, value.file.read()) for name, value in items if hasattr(value, "file")]
        return show(views.posted(Form(tuple(fields), tuple(files))))

    @cherrypy.expose
    def error(self):
        return show(views.error())


def listed(found):
    return found if isinstance(found, list) else [found]


def not_found(status, message, traceback, version):
    return show(views.not_found(cherrypy.request.path_info))


def server_error(status, message, traceback, version):
    return show(views.server_error())


CONFIG = {
    "/": {
        "error_page.404": not_found,
        "error_page.500": server_error,
        "request.body.maxbytes": MAX_BODY,
        "tools.allow.on": True,
        "tools.allow.methods": ["GET", "HEAD"],
    },
    "/form": {"tools.allow.methods": ["GET", "HEAD", "POST"]},
    "/files": {"tools.staticdir.on": True, "tools.staticdir.dir": str(PUBLIC)},
    "/style.css": {"tools.staticfile.on": True, "tools.staticfile.filename": str(PUBLIC / "style.css")},
}

app = cherrypy.Application(Root(), config=CONFIG)


if __name__ == "__main__":
    cherrypy.config.update({"server.socket_port": int(sys.argv[1])})
    cherrypy.quickstart(app)
