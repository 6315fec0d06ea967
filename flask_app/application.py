"""Flask, bent where the contract needs it, each bend with its reason."""

from typing import Any

from flask import Flask, Request, Response, abort, current_app, request
from flask.globals import request_ctx
from werkzeug.datastructures import Headers
from werkzeug.routing import IntegerConverter, MapAdapter, PathConverter

from shared_views import views
from shared_views.answers import answer, options
from shared_views.hosts import host_allowed
from shared_views.pages import REASON_PHRASES, Answer
from shared_views.views import Shown


class BareResponse(Response):
    """A response with the header fields that it was given, and no others."""

    default_mimetype = None  # an answer without content, as 204, has no Content-Type

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Keep Last-Modified on 304 (RFC 9110 §15.4.5 wants what a 200 would have); Werkzeug drops it."""
        headers = super().get_wsgi_headers(environ)
        if "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


class NineDigits(IntegerConverter):  # rosetta: typed parameter
    regex = "[0-9]{1,9}"  # Werkzeug's \d+ takes the digits of every script, and any number of them


class Segments(PathConverter):
    regex = ".+?"  # Werkzeug's own takes no empty first segment, so that /files//a would have no route
    part_isolating = False


class Service(Flask):
    """Flask, but for a few habits that the contract does not share."""

    response_class = BareResponse

    def __init__(self, import_name: str, **settings: Any) -> None:
        super().__init__(import_name, **settings)
        self.url_map.merge_slashes = False  # Werkzeug would redirect /a//b to /a/b
        self.url_map.converters.update({"int": NineDigits, "path": Segments})
        self.before_request(check_request)

    def make_default_options_response(self) -> Response:
        """Answer OPTIONS with 204 and a sorted Allow; Flask's 200 has an Allow in no order."""
        methods = request_ctx.url_adapter.allowed_methods()  # type: ignore[union-attr]
        return make_response(options(set(methods)))

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Let a request that asks for WebSocket find its page all the same; Werkzeug would answer 400."""
        adapter = super().create_url_adapter(request)
        if adapter is not None:
            adapter.websocket = False
        return adapter


def check_request() -> Response | None:
    """Check the host before the path, and keep leading slashes; this runs before an unknown path becomes 404."""
    if not host_allowed(request.environ.get("HTTP_HOST"), current_app.config["ALLOWED_HOSTS"]):
        return show(views.unknown_host())  # TRUSTED_HOSTS would refuse [::1]
    if original_path().startswith("//"):
        abort(404)  # Werkzeug strips leading slashes, so that //test would be /test
    return None


def show(shown: Shown) -> Response:  # rosetta: header, conditional request
    """Return what shared_views shows as a response to the current request."""
    return make_response(answer(shown, request.headers.get))


def make_response(given: Answer) -> Response:  # rosetta: header
    status = f"{given.status.value} {REASON_PHRASES[given.status]}"  # Werkzeug's phrases are in capitals: 404 NOT FOUND
    return BareResponse(given.body, status, list(given.headers))


def original_path() -> str:
    """Return the decoded path with all its leading slashes, which request.path has lost."""
    path: str = request.environ["PATH_INFO"]
    return path.encode("latin-1").decode(errors="replace")
