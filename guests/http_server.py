"""http.server of the standard library: a handler with a method for each HTTP method, and a table of expressions."""

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

from shared_views import clock, forms, views
from shared_views.files import PUBLIC
from shared_views.pages import JSON, PROBLEM, Page, preferred_form, render

# The links of the index repeat the paths of the routes.
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


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.route("GET")

    def do_HEAD(self):
        self.route("GET")

    def do_POST(self):
        self.route("POST")

    def route(self, method):
        path = unquote(urlsplit(self.path).path)
        for pattern, handlers in ROUTES.items():
            if match := re.fullmatch(pattern, path):
                return self.call(handlers[method], match.groups()) if method in handlers else self.send_error(405)
        return self.show(views.not_found(path))

    def call(self, view, parameters):
        try:
            view(self, *parameters)
        except Exception as error:
            self.log_error("%r", error)
            self.show(views.server_error())

    def show(self, page: Page):
        """Respond with a page as HTML or JSON."""
        is_json = preferred_form(self.headers.get("Accept"), (JSON, PROBLEM)) == "json"
        media_type = (JSON if page.status < 400 else PROBLEM) if is_json else "text/html; charset=utf-8"
        content = (json.dumps(page.data) if is_json else render(page)).encode()
        self.send_response(page.status)
        fields = [("Content-Type", media_type), ("Content-Length", str(len(content))), ("Vary", "Accept")]
        for name, value in (*fields, *page.headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def index(self):
        self.show(views.index(lambda route, /, **parameters: quote(PATHS[route].format(**parameters))))

    def test(self):
        self.show(views.test())

    def time(self):
        self.show(views.time_page(clock.now()))

    def hello(self, name):
        self.show(views.hello(name))

    def status(self, code):
        self.show(views.status(int(code), self.path))

    def home(self):
        self.show(views.home(PATHS["index"]))

    def inspect(self):
        url = urlsplit(self.path)
        client, fields, version = self.client_address[0], self.headers.items(), self.request_version
        self.show(views.inspect(client, self.command, url.path, url.query, fields, version))

    def form(self):
        self.show(views.form())

    def submit_form(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        coding = self.headers.get("Content-Encoding")
        try:  # the standard library has no parser of multipart since Python 3.13
            self.show(views.posted(forms.read_form(self.headers.get("Content-Type"), body, coding)))
        except forms.FormError as error:
            self.show(views.bad_form(error))

    def public_file(self):
        self.path = self.path.removeprefix("/files")
        super().do_HEAD() if self.command == "HEAD" else super().do_GET()

    def error(self):
        self.show(views.error())


ROUTES: dict[str, dict[str, Callable[..., None]]] = {
    "/": {"GET": Handler.index},
    "/test": {"GET": Handler.test},
    r"/time(?:\.html)?": {"GET": Handler.time},
    "/hello/([^/]+)": {"GET": Handler.hello},
    "/status/([0-9]+)": {"GET": Handler.status},
    "/home": {"GET": Handler.home},
    "/inspect": {"GET": Handler.inspect},
    "/form": {"GET": Handler.form, "POST": Handler.submit_form},
    "/files/.+": {"GET": Handler.public_file},
    r"/style\.css": {"GET": Handler.public_file},
    "/error": {"GET": Handler.error},
}


if __name__ == "__main__":
    handler = partial(Handler, directory=PUBLIC)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), handler).serve_forever()
