"""The only middleware of this project."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_views.hosts import host_allowed


def check_host(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse an unknown host before the path is routed; Django checks it only when a view calls get_host()."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not host_allowed(request.META.get("HTTP_HOST"), settings.ALLOWED_HOSTS):
            raise DisallowedHost
        return get_response(request)

    return middleware
