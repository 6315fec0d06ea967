"""Pyramid: views, JSON, a not-found view, a response with an iterator."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pkg_resources, which Pyramid imports, is deprecated
    from pyramid.config import Configurator
    from pyramid.response import Response


def hello(request):
    return {"hello": request.matchdict["name"], "posted": dict(request.POST)}


def stream(request):
    return Response(app_iter=(f"piece {number}\n".encode() for number in range(3)), content_type="text/plain")


def not_found(request):
    return Response(f"{request.path} is not here", status=404)


with Configurator() as config:
    config.add_route("hello", "/hello/{name}")
    config.add_view(hello, route_name="hello", renderer="json")
    config.add_route("stream", "/stream")
    config.add_view(stream, route_name="stream")
    config.add_notfound_view(not_found)
    application = config.make_wsgi_app()
