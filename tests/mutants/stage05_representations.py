"""Broken servers for stage 5, Parameters and representations: Accept, HTML and JSON."""

import re
from collections.abc import Callable
from html import escape

from raw_router.messages import Request, Response
from tests.mutants.serving import (
    Mutant,
    Serve,
    answering,
    asking,
    hearing,
    replacing,
    with_body,
    with_field,
    without_field,
)
from tests.mutants.stage05_parameters import at, telling, telling_of

JSON = "application/json"


def accepting(change: Callable[[str], str | None]) -> Serve:
    """Serve as if Accept had another value, or were missing."""
    return asking(lambda request: with_accept(request, change(request.field("Accept") or "")))


def with_accept(request: Request, accept: str | None) -> Request:
    others = {name: value for name, value in request.headers.items() if name != "accept"}
    return request._replace(headers=others if accept is None else {**others, "accept": accept})


def only_html_at(*paths: str) -> Serve:
    return asking(lambda request: with_accept(request, None) if request.path in paths else request)


def taken_for(pattern: str, accept: str | None) -> Serve:
    """Serve as if Accept had another value, if it matches."""
    return accepting(lambda given: accept if re.fullmatch(pattern, given) else given)


def first_element(accept: str) -> str:
    return accept.partition(",")[0].partition(";")[0].strip()


def zero_as_little(accept: str) -> str:
    return re.sub(r"q=0(\.0+)?(?![.\d])", "q=0.001", accept)


def latin_1(response: Response) -> Response:
    """Encode JSON in another charset than UTF-8."""
    is_json = response.content.startswith(b"{")
    return with_body(response, response.content.decode().encode("latin-1", "replace")) if is_json else response


first_accept = hearing(replacing(rb"(Accept: .*\r\n)Accept: .*\r\n", rb"\1"))


def no_vary(request: Request, response: Response) -> Response:
    return without_field(response, "Vary")


def plain_json(request: Request, response: Response) -> Response:
    is_problem = ("Content-Type", "application/problem+json") in response.headers
    return with_field(response, "Content-Type", JSON) if is_problem else response


def unlisted(request: Request, response: Response) -> Response:
    return with_body(response, b"No.") if response.status == 406 else response


def only_406(request: Request, response: Response) -> Response:
    """Evaluate Accept before the path."""
    refused = request.field("Accept") == "image/png" and response.status == 404
    return response._replace(status=406) if refused else response


ANY_PAGE = "(?!/files/).*"

MUTANTS = (
    Mutant(id="only-html", breaks=("representations-json",), serve=accepting(lambda _: None)),
    Mutant(
        id="json-as-text",
        breaks=("representations-json",),
        serve=at(
            ANY_PAGE,
            lambda response: (
                with_field(response, "Content-Type", "text/plain") if response.content.startswith(b"{") else response
            ),
        ),
    ),
    Mutant(id="pages-only-html", breaks=("representations-json-pages",), serve=only_html_at("/", "/time")),
    Mutant(
        id="json-escaped-for-html",
        breaks=("representations-json-name",),
        serve=telling_of("/hello/.*", "name", escape),
    ),
    Mutant(id="json-in-latin-1", breaks=("representations-json-utf8",), serve=at("/hello/.*", latin_1)),
    Mutant(id="json-to-browsers", breaks=("representations-html",), serve=taken_for(r".*\*/\*.*", JSON)),
    Mutant(
        id="json-by-mention",
        breaks=("representations-html-ties",),
        serve=taken_for(r"[^;]*application/json[^;]*", JSON),
    ),
    Mutant(id="first-element", breaks=("representations-quality",), serve=accepting(first_element)),
    Mutant(id="zero-as-little", breaks=("representations-quality-zero",), serve=accepting(zero_as_little)),
    Mutant(
        id="any-before-specific",
        breaks=("representations-accept-specific",),
        serve=accepting(lambda accept: re.sub(r"\*/\*, .*", "*/*", accept)),
    ),
    Mutant(id="accept-in-capitals", breaks=("representations-accept-case",), serve=taken_for(r".*[A-Z].*", None)),
    Mutant(
        id="all-of-accept-or-nothing",
        breaks=("representations-accept-invalid",),
        serve=accepting(lambda accept: "text/html" if re.search(r"\?|text,|, ;", accept) else accept),
    ),
    Mutant(
        id="first-accept-line",
        breaks=("representations-accept-lines",),
        serve=first_accept,
    ),
    Mutant(id="no-vary", breaks=("representations-vary",), serve=answering(no_vary)),
    Mutant(id="errors-as-json", breaks=("representations-problem",), serve=answering(plain_json)),
    Mutant(
        id="problem-of-another-status",
        breaks=("representations-problem-members",),
        serve=telling(ANY_PAGE, lambda told: {"status": 200} if told.get("status") == 404 else {}),
    ),
    Mutant(
        id="problem-without-detail",
        breaks=("representations-problem-detail",),
        serve=telling_of(ANY_PAGE, "detail", lambda _: ""),
    ),
    Mutant(
        id="problem-not-asked-for",
        breaks=("representations-problem-accept",),
        serve=taken_for("application/problem.*", None),
    ),
    Mutant(id="html-to-all", breaks=("representations-not-acceptable",), serve=taken_for("image/png", None)),
    Mutant(id="406-without-list", breaks=("representations-not-acceptable-list",), serve=answering(unlisted)),
    Mutant(id="406-before-404", breaks=("representations-not-acceptable-errors",), serve=answering(only_406)),
)
