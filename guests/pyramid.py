"""Pyramid: named routes, views that decorators bind to them by predicates, and a renderer for what the views return."""

import json
import sys
from wsgiref.simple_server import make_server

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.response import FileResponse
from pyramid.view import exception_view_config, notfound_view_config, view_config

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import Form, upload
from shared_views.pages import HTML, JSON, PROBLEM, Page, render


def page_renderer(info):
    """Return a renderer of pages as HTML or JSON, as WebOb negotiates; templates are an extension of Pyramid."""

    def _render(page: Page, system):
        request = system["request"]
        response = request.response
        response.status_int = page.status
        response.headers.update(page.headers)
        response.vary = ["Accept"]
        offers = request.accept.acceptable_offers([HTML, JSON, PROBLEM])
        if not offers or offers[0][0] == HTML:
            return render(page)
        response.content_type = JSON if page.status < 400 else PROBLEM
        return json.dumps(page.data)

    return _render


@view_config(route_name="index", request_method="GET")
def index(request):
    def url_for(route, /, **parameters):
        if route == "public_file":
            return request.static_path(f"shared_views:public/{parameters['name']}")
        return request.route_path(route, **parameters)

    return views.index(url_for)


@view_config(route_name="test", request_method="GET")
def test(request):
    return views.test()


@view_config(route_name="time_page", request_method="GET")
@view_config(route_name="time_html", request_method="GET")
def time_page(request):
    return views.time_page(clock.now())


@view_config(route_name="hello", request_method="GET")
def hello(request):
    return views.hello(request.matchdict["name"])


@view_config(route_name="status", request_method="GET")
def status(request):
    return views.status(int(request.matchdict["code"]), request.path_info)


@view_config(route_name="home", request_method="GET")
def home(request):
    return HTTPMovedPermanently(request.route_path("index"))


@view_config(route_name="inspect", request_method="GET")
def inspect(request):
    client, query, version = request.remote_addr, request.query_string, request.http_version
    return views.inspect(client, request.method, request.path_info, query, request.headers.items(), version)


@view_config(route_name="form", request_method="GET")
def form(request):
    return views.form()


@view_config(route_name="form", request_method="POST")
def submit_form(request):
    posted = list(request.POST.items())
    fields = [(name, value) for name, value in posted if isinstance(value, str)]
    files = [upload(name, value.filename, value.file.read()) for name, value in posted if hasattr(value, "filename")]
    return views.posted(Form(tuple(fields), tuple(files)))


@view_config(route_name="style", request_method="GET")
def style(request):
    return FileResponse(PUBLIC / "style.css", request=request)


@view_config(route_name="error", request_method="GET")
def error(request):
    return views.error()


@notfound_view_config()
def not_found(request):
    return views.not_found(request.path_info)


@exception_view_config(Exception)
def server_error(error, request):
    return views.server_error()


with Configurator() as config:
    config.add_renderer(None, page_renderer)
    config.add_route("index", "/")
    config.add_route("test", "/test")
    config.add_route("time_page", "/time")
    config.add_route("time_html", "/time.html")
    config.add_route("hello", "/hello/{name}")
    config.add_route("status", r"/status/{code:\d+}")
    config.add_route("home", "/home")
    config.add_route("inspect", "/inspect")
    config.add_route("form", "/form")
    config.add_static_view("files", "shared_views:public")
    config.add_route("style", "/style.css")
    config.add_route("error", "/error")
    config.scan(sys.modules[__name__])  # this module alone, and not its package
    app = config.make_wsgi_app()


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()
