"""Turns the result of a view into an Answer: a page by negotiation, a file by its conditions."""

from collections.abc import Callable, Collection
from http import HTTPStatus

from shared_views.conditional import evaluate
from shared_views.files import File
from shared_views.pages import POLICY_FIELD, Answer, problem, represent, with_content, without_content
from shared_views.views import Shown, allow

CACHE_CONTROL = ("Cache-Control", "public, max-age=60")
CONTENTLESS = {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED}


def answer(shown: Shown, field: Callable[[str], str | None]) -> Answer:
    """Return the answer to a request; `field` looks up its header fields, case-insensitively."""
    if isinstance(shown, File):
        return send_file(shown, field)
    if shown.status in CONTENTLESS:
        return without_content(shown.status, shown.headers)
    return represent(shown, field("Accept"))


def send_file(file: File, field: Callable[[str], str | None]) -> Answer:
    """Return the file, 304 or 412, by the request's conditions; Range is ignored (RFC 9110 §14.2 allows it)."""
    status = evaluate(file, field)
    if status == HTTPStatus.PRECONDITION_FAILED:
        return represent(problem(status, "The file is not as the request's conditions want it."), field("Accept"))
    policy = (POLICY_FIELD,) if file.may_run_scripts else ()  # for other files it would only disable a browser's viewer
    headers = (("ETag", file.etag), ("Last-Modified", file.last_modified), CACHE_CONTROL, *policy)
    if status == HTTPStatus.NOT_MODIFIED:
        return without_content(status, headers)
    return with_content(status, file.media_type, file.content, headers)


def options(methods: Collection[str]) -> Answer:
    """Return the answer to OPTIONS, which only lists the methods of a resource (§9.3.7)."""
    return without_content(HTTPStatus.NO_CONTENT, (allow(methods),))
