"""Twisted: a tree of resources; each finds the next by a segment of the path, and has a method for each HTTP method."""

import json
import sys
from typing import Any

from twisted.internet import endpoints, reactor
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from twisted.web.static import File
from twisted.web.util import Redirect

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import Form
from shared_views.pages import HTML, JSON, PROBLEM, Page, preferred_form, render

# The first segments of the paths of pages, where they are not the names of the pages.
SEGMENTS = {"time_page": "time", "time_html": "time.html", "public_file": "files", "style": "style.css"}


def url_for(route: str, /, **parameters: Any) -> str:
    """Return the path of a page. A resource does not know its own: Twisted has no reverse routing."""
    return "/".join(["", SEGMENTS.get(route, route), *map(str, parameters.values())])


def show(request: Request, page: Page) -> bytes:
    """Return a page as HTML or JSON. Twisted does not negotiate, and builds its templates of elements."""
    request.setResponseCode(page.status)
    request.setHeader("Vary", "Accept")
    for name, value in page.headers:
        request.setHeader(name, value)
    if preferred_form(request.getHeader("Accept"), (JSON, PROBLEM)) == "json":
        request.setHeader("Content-Type", PROBLEM if page.status >= 400 else JSON)
        return json.dumps(page.data).encode()
    request.setHeader("Content-Type", f"{HTML}; charset=utf-8")
    return render(page).encode()


class NotFound(Resource):
    """The page for what is not in the tree, and for all below it."""

    def render(self, request):
        return show(request, views.not_found(request.path.decode()))

    def getChild(self, path, request):
        return self


class PageResource(Resource):
    """A page, which has no other pages below it."""

    def getChild(self, path, request):
        return NotFound()


class Index(PageResource):
    def render_GET(self, request):
        return show(request, views.index(url_for))


class Test(PageResource):
    def render_GET(self, request):
        return show(request, views.test())


class Time(PageResource):
    def render_GET(self, request):
        return show(request, views.time_page(clock.now()))


class Hello(NotFound):
    def getChild(self, path, request):
        return Greeting(path.decode()) if path else self


class Greeting(PageResource):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def render_GET(self, request):
        return show(request, views.hello(self.name))


class Statuses(NotFound):
    def getChild(self, path, request):
        return Status(int(path)) if path.isdigit() else self


class Status(PageResource):
    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code

    def render_GET(self, request):
        return show(request, views.status(self.code, request.path.decode()))


class Inspect(PageResource):
    def render_GET(self, request):
        client, method, path = request.getClientAddress().host, request.method.decode(), request.path.decode()
        query, version = request.uri.partition(b"?")[2].decode(), request.clientproto.decode()
        fields = [
            (name.decode(), value.decode("latin-1"))
            for name, values in request.requestHeaders.getAllRawHeaders()
            for value in values
        ]
        return show(request, views.inspect(client, method, path, query, fields, version))


class FormResource(PageResource):
    def render_GET(self, request):
        return show(request, views.form())

    def render_POST(self, request):
        # request.args contains the query, the fields, and the files without their names.
        items = [(name, value) for name, values in request.args.items() for value in values]
        fields = tuple((name.decode(errors="replace"), value.decode(errors="replace")) for name, value in items)
        return show(request, views.posted(Form(fields)))


class Error(PageResource):
    def render_GET(self, request):
        views.error()


files = File(PUBLIC)
files.childNotFound = NotFound()

root = NotFound()
root.putChild(b"", Index())
root.putChild(b"test", Test())
root.putChild(b"time", Time())
root.putChild(b"time.html", Time())
root.putChild(b"hello", Hello())
root.putChild(b"status", Statuses())
root.putChild(b"home", Redirect(b"/"))
root.putChild(b"inspect", Inspect())
root.putChild(b"form", FormResource())
root.putChild(b"files", files)
root.putChild(b"style.css", File(PUBLIC / "style.css"))
root.putChild(b"error", Error())

if __name__ == "__main__":
    endpoints.serverFromString(reactor, f"tcp:{sys.argv[1]}:interface=127.0.0.1").listen(Site(root))
    reactor.run()
