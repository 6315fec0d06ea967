"""TurboGears: a tree of controllers, whose methods return dictionaries, which @expose turns into templates or JSON."""

import sys
from wsgiref.simple_server import make_server

import tg
from tg import FullStackApplicationConfigurator, TGController, expose, request, response
from tg.controllers import WSGIAppController
from webob.static import DirectoryApp

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import PROBLEM, Page

READ = ["GET", "HEAD"]
# Methods of TurboGears have no names, so that links repeat their paths.
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


def show(page: Page):
    response.status_int = page.status
    response.headers.update(page.headers)
    response.vary = ["Accept"]
    return {**page.data, "title": page.title}


class RootController(TGController):
    files = WSGIAppController(DirectoryApp(str(PUBLIC), index_page=None))

    @expose("jinja:index.html", allowed_methods=READ)
    @expose("json")
    def index(self):
        return show(views.index(lambda route, /, **parameters: tg.url(PATHS[route].format(**parameters))))

    @expose("jinja:test.html", allowed_methods=READ)
    @expose("json")
    def test(self):
        return show(views.test())

    @expose("jinja:time.html", allowed_methods=READ)
    @expose("json")
    def time(self):  # TurboGears strips extensions, so that this is /time.html, too
        return show(views.time_page(clock.now()))

    @expose("jinja:hello.html", allowed_methods=READ)
    @expose("json")
    def hello(self, name):
        return show(views.hello(name))

    @expose("jinja:status.html", allowed_methods=READ)
    @expose("json")
    def status(self, code):
        if not code.isdigit() or views.served_status(int(code)) is None:
            tg.abort(404)
        return show(views.status(int(code), request.path_info))

    @expose(allowed_methods=READ)
    def home(self):
        tg.redirect(PATHS["index"], redirect_with=tg.exceptions.HTTPMovedPermanently)

    @expose("jinja:inspect.html", allowed_methods=READ)
    @expose("json")
    def inspect(self, **query):
        client, version, fields = request.remote_addr, request.http_version, request.headers.items()
        page = views.inspect(client, request.method, request.path_info, request.query_string, fields, version)
        return show(page)

    @expose("jinja:form.html", allowed_methods=[*READ, "POST"])
    @expose("json")
    def form(self, **posted):
        if request.method != "POST":
            return show(views.form())
        items = list(request.POST.items())
        fields = [(name, value) for name, value in items if isinstance(value, str)]
        files = [upload(name, value.filename, value.file.read()) for name, value in items if hasattr(value, "file")]
        return show(views.posted(Form(tuple(fields), tuple(files))))

    @expose(allowed_methods=READ)
    def error(self):
        return show(views.error())

    @expose("jinja:error.html")
    @expose("json", content_type=PROBLEM)
    def failed(self):
        original = request.state["original_request"]
        return show(views.server_error() if response.status_int == 500 else views.not_found(original.path_info))


config = FullStackApplicationConfigurator()
config.update_blueprint(
    {
        "root_controller": RootController(),
        "renderers": ["jinja", "json"],
        "default_renderer": "jinja",
        "use_dotted_templatenames": False,
        "paths": {"templates": [str(PUBLIC.with_name("templates"))], "static_files": str(PUBLIC)},
        "serve_static": True,
        "variable_provider": lambda: {"max_body": MAX_BODY},
        "make_body_seekable": True,  # as WSGIAppController requires
        "tm.enabled": False,
        "errorpage.enabled": True,
        "errorpage.path": "/failed",
        "errorpage.status_codes": [404],
    }
)
app = config.make_wsgi_app({"debug": False}, {})


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
