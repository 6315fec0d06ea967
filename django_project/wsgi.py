"""application, for WSGI servers: gunicorn django_project.wsgi."""

import os
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_project.settings")


class Request(WSGIRequest):
    """A request whose Content-Type may be invalid: Django would fail on it before any middleware runs."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except (LookupError, ValueError, BadRequest):  # a parameter in an unknown charset; BadRequest from Django 6 on
            self.content_type, self.content_params = "", {}


application = get_wsgi_application()
application.request_class = Request
