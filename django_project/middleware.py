"""The only middleware of this project."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_views.hosts import host_allowed
from shared_views.paths import path_allowed


class BadPath(BadRequest):
    """The path is one that the service refuses."""


def check_request(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse an unknown host, then a bad path, before the path is routed.

    Django checks the host only when a view calls get_host(), and encodes again what is not UTF-8 in a path. Its test
    client makes requests of another class, which have only the path that Django made.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not host_allowed(request.META.get("HTTP_HOST"), settings.ALLOWED_HOSTS):
            raise DisallowedHost
        if not path_allowed(getattr(request, "received_path", request.path)):
            raise BadPath
        return get_response(request)

    return middleware
