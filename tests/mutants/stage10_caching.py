"""Broken servers for stage 10, Files and caching: validators, 304 and Cache-Control."""

import re
from collections.abc import Callable
from email.utils import format_datetime, formatdate
from itertools import count
from time import time

from http_contract.rules.common import IMF_FIXDATE
from raw_router.messages import Request, Response
from shared_views.conditional import parse_date
from shared_views.files import File, read_file
from tests.mutants.serving import (
    Mutant,
    Serve,
    answering,
    asking,
    hearing,
    replacing,
    saying,
    with_field,
    without_field,
)
from tests.mutants.stage05_parameters import at
from tests.mutants.stage10_files import ANY, on

STYLE = "/style.css"


def conditioned(name: str, change: Callable[[str], str | None], path: str = ANY) -> Serve:
    """Serve files as if a field of the request had another value, or were missing."""
    return asking(
        lambda request: (
            with_condition(request, name, change(request.field(name) or ""))
            if re.fullmatch(path, request.path) and request.field(name) is not None
            else request
        )
    )


def with_condition(request: Request, name: str, value: str | None) -> Request:
    others = {other: each for other, each in request.headers.items() if other != name.lower()}
    return request._replace(headers=others if value is None else {**others, name.lower(): value})


def dropped_if(holds: Callable[[str], object]) -> Callable[[str], str | None]:
    return lambda value: None if holds(value) else value


def dropped(value: str) -> None:
    return None


def on_304(change: Callable[[Response], Response]) -> Serve:
    """Change the responses to clients that have the file."""
    return at(ANY, lambda response: change(response) if response.status == 304 else response)


def weak(response: Response) -> Response:
    tag = dict(response.headers).get("ETag")
    return with_field(response, "ETag", f"W/{tag}") if tag else response


def unquoted(response: Response) -> Response:
    tag = dict(response.headers).get("ETag", "")
    return with_field(response, "ETag", tag.strip('"'))


numbers = count()


def counted(response: Response) -> Response:
    return with_field(response, "ETag", f'"{next(numbers)}"')


def in_an_hour(response: Response) -> Response:
    return with_field(response, "Last-Modified", formatdate(time() + 3600, usegmt=True))


def dated(response: Response) -> Response:
    """Write a date in a format for humans."""
    return with_field(response, "Last-Modified", "2026-01-01 12:00:00")


def hello() -> File:
    file = read_file("hello.txt")
    assert file
    return file


def is_another_time(value: str) -> bool:
    """Compare dates for equality only."""
    return parse_date(value) not in (None, hello().modified)


def always(value: str) -> str:
    """Accept every date."""
    return format_datetime(hello().modified, usegmt=True) if parse_date(value) else value


def fails_at_no_date(request: Request, response: Response) -> Response:
    date = request.field("If-Modified-Since")
    return response._replace(status=500) if date is not None and parse_date(date) is None else response


MUTANTS = (
    Mutant(
        id="no-etag", breaks=("caching-etag",), serve=at("/files/.*", lambda response: without_field(response, "ETag"))
    ),
    Mutant(id="etag-without-quotes", breaks=("caching-etag",), serve=at("/files/hello.txt", unquoted)),
    Mutant(id="weak-etag", breaks=("caching-etag-strong",), serve=at("/files/.*", weak)),
    Mutant(id="etag-of-the-answer", breaks=("caching-etag-stable",), serve=at("/files/hello.txt", counted)),
    Mutant(
        id="no-last-modified",
        breaks=("caching-last-modified",),
        serve=at("/files/.*", lambda response: without_field(response, "Last-Modified")),
    ),
    Mutant(id="last-modified-for-humans", breaks=("caching-last-modified",), serve=at("/files/hello.txt", dated)),
    Mutant(id="modified-in-the-future", breaks=("caching-last-modified-past",), serve=at("/files/.*.txt", in_an_hour)),
    Mutant(
        id="etag-of-the-head",
        breaks=("caching-head",),
        serve=on("HEAD", lambda response: with_field(response, "ETag", '"head"')),
    ),
    Mutant(
        id="no-cache-control",
        breaks=("caching-control",),
        serve=at("/files/.*", lambda response: without_field(response, "Cache-Control")),
    ),
    Mutant(
        id="if-none-match-ignored",
        breaks=("caching-none-match",),
        serve=conditioned("If-None-Match", dropped_if(lambda value: value != "*")),
    ),
    Mutant(
        id="any-if-none-match",
        breaks=("caching-none-match-other",),
        serve=conditioned("If-None-Match", lambda _: "*"),
    ),
    Mutant(
        id="one-etag-alone",
        breaks=("caching-none-match-list",),
        serve=conditioned("If-None-Match", dropped_if(lambda value: "," in value)),
    ),
    Mutant(
        id="last-line-of-etags",
        breaks=("caching-none-match-lines",),
        serve=hearing(replacing(rb"If-None-Match: .*\r\n(?=If-None-Match)", b"")),
    ),
    Mutant(
        id="weak-etag-never-fits",
        breaks=("caching-none-match-weak",),
        serve=conditioned("If-None-Match", dropped_if(lambda value: value.startswith("W/"))),
    ),
    Mutant(
        id="no-etag-asterisk",
        breaks=("caching-none-match-any",),
        serve=conditioned("If-None-Match", dropped_if(lambda value: value == "*")),
    ),
    Mutant(
        id="if-modified-since-ignored",
        breaks=("caching-modified-since",),
        serve=conditioned("If-Modified-Since", dropped),
    ),
    Mutant(
        id="dates-compared-as-texts",
        breaks=("caching-modified-since-later",),
        serve=conditioned("If-Modified-Since", dropped_if(is_another_time)),
    ),
    Mutant(
        id="any-if-modified-since",
        breaks=("caching-modified-since-earlier",),
        serve=conditioned("If-Modified-Since", always),
    ),
    Mutant(
        id="one-form-of-date",
        breaks=("caching-modified-since-formats",),
        serve=conditioned("If-Modified-Since", dropped_if(lambda value: not re.fullmatch(IMF_FIXDATE, value))),
    ),
    Mutant(id="fails-at-no-date", breaks=("caching-modified-since-invalid",), serve=answering(fails_at_no_date)),
    Mutant(
        id="304-of-a-file-with-body",
        breaks=("caching-not-modified-body",),
        serve=saying(replacing(rb"(HTTP/1\.1 304 [^\0]*ETag[^\0]*\r\n\r\n)", rb"\1No.")),
    ),
    Mutant(
        id="304-without-date",
        breaks=("caching-not-modified-date",),
        serve=saying(replacing(rb"(HTTP/1\.1 304 [^\0]*)Date: [^\r]*\r\n", rb"\1")),
    ),
    Mutant(
        id="304-of-another-version",
        breaks=("caching-not-modified-same",),
        serve=on_304(lambda response: with_field(response, "ETag", '"other"')),
    ),
    *(
        Mutant(
            id=f"304-without-{name.lower()}",
            breaks=("caching-not-modified-fields",),
            serve=on_304(lambda response, name=name: without_field(response, name)),  # type: ignore[misc]
        )
        for name in ("ETag", "Cache-Control")
    ),
    Mutant(
        id="head-ignores-conditions",
        breaks=("caching-none-match-head",),
        serve=hearing(lambda data: re.sub(rb"If-None-Match: .*\r\n", b"", data) if data[:4] == b"HEAD" else data),
    ),
    Mutant(
        id="style-without-etag",
        breaks=("caching-style",),
        serve=at(STYLE, lambda response: without_field(response, "ETag")),
    ),
    Mutant(
        id="style-always-sent",
        breaks=("caching-style-fresh",),
        serve=conditioned("If-None-Match", dropped, STYLE),
    ),
)
