"""Flask, with the changes that the contract requires; a comment gives the reason for each."""

from typing import Any

from flask import Flask, Request, Response, abort, current_app, request
from flask.globals import request_ctx
from werkzeug.datastructures import Headers
from werkzeug.routing import IntegerConverter, MapAdapter, PathConverter

from shared_views import views
from shared_views.answers import answer, options
from shared_views.hosts import host_allowed
from shared_views.pages import REASON_PHRASES, Answer
from shared_views.paths import decoded_path, path_allowed
from shared_views.views import Shown


class BareResponse(Response):
    """A response with exactly the header fields that it was given."""

    default_mimetype = None  # an answer without content, such as 204, has no Content-Type

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Keep Last-Modified on 304, as on 200 (RFC 9110 §15.4.5); Werkzeug drops it."""
        headers = super().get_wsgi_headers(environ)
        if "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


class NineDigits(IntegerConverter):
    regex = "[0-9]{1,9}"  # Werkzeug's \d+ matches the digits of every script, and any number of them


class Segments(PathConverter):
    regex = ".+?"  # Werkzeug's own does not match an empty first segment, so that /files//a would have no route
    part_isolating = False


class Service(Flask):
    """Flask, without the behaviour that the contract excludes."""

    response_class = BareResponse

    def __init__(self, import_name: str, **settings: Any) -> None:
        super().__init__(import_name, **settings)
        self.url_map.merge_slashes = False  # Werkzeug would redirect /a//b to /a/b
        self.url_map.converters.update({"int": NineDigits, "path": Segments})
        self.before_request(check_request)

    def make_default_options_response(self) -> Response:
        """Answer OPTIONS with 204 and a sorted Allow; Flask sends 200 and an unsorted one."""
        methods = request_ctx.url_adapter.allowed_methods()  # type: ignore[union-attr]
        return make_response(options(set(methods)))

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Route a request for WebSocket like any other; Werkzeug would answer 400."""
        adapter = super().create_url_adapter(request)
        if adapter is not None:
            adapter.websocket = False
        return adapter


def check_request() -> Response | None:
    """Check the host, then the path, with its leading slashes; this runs before an unknown path becomes 404."""
    if not host_allowed(request.environ.get("HTTP_HOST"), current_app.config["ALLOWED_HOSTS"]):
        return show(views.unknown_host())  # TRUSTED_HOSTS would refuse [::1]
    if not path_allowed(original_path()):
        return show(views.bad_path())  # Werkzeug replaces what is not UTF-8
    if original_path().startswith("//"):
        abort(404)  # Werkzeug strips leading slashes, so that //test would be /test
    return None


def show(shown: Shown) -> Response:
    """Return a page or a file as the response to the current request."""
    return make_response(answer(shown, request.headers.get))


def make_response(given: Answer) -> Response:
    status = f"{given.status.value} {REASON_PHRASES[given.status]}"  # Werkzeug's phrases are in capitals: 404 NOT FOUND
    return BareResponse(given.body, status, list(given.headers))


def original_path() -> str:
    """Return the decoded path with all its leading slashes; request.path lacks them."""
    return decoded_path(request.environ["PATH_INFO"])
