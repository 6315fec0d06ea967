"""application, for WSGI servers: gunicorn django_project.wsgi."""

import os
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

from shared_views.paths import decoded_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_project.settings")


class Request(WSGIRequest):
    """A request with the path as it was received, and whose Content-Type may be invalid.

    Django replaces the path in META, and would fail on the Content-Type before any middleware runs.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.received_path = decoded_path(environ["PATH_INFO"])
        super().__init__(environ)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (LookupError, ValueError, BadRequest):  # a parameter in an unknown charset; BadRequest from Django 6 on
            self.content_type, self.content_params = "", {}


application = get_wsgi_application()
application.request_class = Request
