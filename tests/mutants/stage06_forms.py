"""Broken servers for stage 6, Bodies: forms that are read wrongly."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from raw_router.messages import Request, Response
from shared_views.forms import MULTIPART, URLENCODED
from tests.mutants.serving import Mutant, Serve, answering, asking, with_body, with_field, without_field
from tests.mutants.stage05_parameters import as_dict, at, no_value, telling_of, unescaped


def is_form(request: Request, media_type: str) -> bool:
    return request.path == "/form" and (request.field("Content-Type") or "").startswith(media_type)


def reading(media_type: str, change: Callable[[bytes], bytes]) -> Serve:
    """Serve the form with a changed body, if it has that media type."""
    return asking(
        lambda request: request._replace(body=change(request.body)) if is_form(request, media_type) else request
    )


def taken_as(media_type: str, *, where: Callable[[str], object]) -> Serve:
    """Serve the form as if its body had another media type, if its own matches."""
    return asking(
        lambda request: (
            typed(request, media_type)
            if request.method == "POST" and where(request.field("Content-Type") or "")
            else request
        )
    )


def typed(request: Request, media_type: str) -> Request:
    return request._replace(headers={**request.headers, "content-type": media_type})


def understood(response: Response) -> Response:
    return response._replace(status=200)


def forgiving(pattern: str) -> Serve:
    """Accept a malformed body, if its media type matches."""

    def forgive(request: Request, response: Response) -> Response:
        is_forgiven = response.status == 400 and re.fullmatch(pattern, request.field("Content-Type") or "")
        return understood(response) if is_forgiven else response

    return answering(forgive)


def picky_about_nothing(request: Request, response: Response) -> Response:
    is_empty = request.method == "POST" and request.path == "/form" and not request.body
    return response._replace(status=400) if is_empty else response


def of_latin_1(body: bytes) -> bytes:
    return urlencode(parse_qsl(body.decode(), keep_blank_values=True, encoding="latin-1")).encode()


def in_latin_1(body: bytes) -> bytes:
    """Read each octet of a multipart field as a character."""
    return body if b"filename" in body else body.decode("latin-1").encode()


def of_files(change: Callable[[list[Any]], list[Any]]) -> Serve:
    return telling_of("/form", "files", change)


def by_field(uploads: list[Any]) -> list[Any]:
    return list({each["field"]: each for each in uploads}.values())


def renamed(uploads: list[Any]) -> list[Any]:
    return [{**each, "name": each["name"].encode("ascii", "ignore").decode()} for each in uploads]


def without_limit(request: Request, response: Response) -> Response:
    is_refused = response.status == 400 and request.path == "/form"
    return understood(response) if is_refused and request.body.count(b"a") > 1000 else response


def uncoded(request: Request) -> Request:
    """Read a body as if it had no content coding."""
    return request._replace(headers={key: value for key, value in request.headers.items() if key != "content-encoding"})


MUTANTS = (
    Mutant(id="coding-ignored", breaks=("forms-content-encoding",), serve=asking(uncoded)),
    Mutant(
        id="codings-not-listed",
        breaks=("forms-content-encoding-listed",),
        serve=at("/form", lambda response: without_field(response, "Accept-Encoding")),
    ),
    Mutant(
        id="form-stored",
        breaks=("forms-not-stored",),
        serve=at("/form", lambda response: without_field(response, "Cache-Control")),
    ),
    Mutant(id="fields-without-limit", breaks=("forms-many-fields",), serve=answering(without_limit)),
    Mutant(
        id="form-sent-by-get",
        breaks=("forms-page",),
        serve=at("/form", lambda response: with_body(response, response.content.replace(b'method="post"', b""))),
    ),
    Mutant(
        id="allow-of-all",
        breaks=("forms-allow",),
        serve=at(
            "/form",
            lambda response: (
                with_field(response, "Allow", "GET, HEAD, OPTIONS") if response.status == 405 else response
            ),
        ),
    ),
    Mutant(id="body-not-read", breaks=("forms-urlencoded",), serve=reading("", lambda _: b"")),
    Mutant(id="form-not-escaped", breaks=("forms-urlencoded-page",), serve=at("/form", unescaped)),
    Mutant(
        id="decoded-before-split",
        breaks=("forms-urlencoded-percent",),
        serve=reading(URLENCODED, lambda body: body.replace(b"%26", b"&")),
    ),
    Mutant(id="form-in-latin-1", breaks=("forms-urlencoded-utf8",), serve=reading(URLENCODED, of_latin_1)),
    Mutant(
        id="form-of-utf8-alone",
        breaks=("forms-urlencoded-not-utf8",),
        serve=reading(URLENCODED, lambda body: body.replace(b"%FF", b"")),
    ),
    Mutant(
        id="plus-kept",
        breaks=("forms-urlencoded-plus",),
        serve=reading(URLENCODED, lambda body: body.replace(b"+", b"%2B")),
    ),
    Mutant(
        id="fields-of-form-as-dict",
        breaks=("forms-urlencoded-repeats",),
        serve=telling_of("/form", "fields", as_dict),
    ),
    Mutant(
        id="form-without-empty",
        breaks=("forms-urlencoded-empty",),
        serve=reading(URLENCODED, lambda body: no_value(body.decode()).encode()),
    ),
    Mutant(
        id="media-type-to-the-letter",
        breaks=("forms-media-type-written",),
        serve=taken_as("text/plain", where=lambda given: given.lower().startswith(URLENCODED) and given != URLENCODED),
    ),
    Mutant(id="empty-is-bad", breaks=("forms-empty",), serve=answering(picky_about_nothing)),
    Mutant(
        id="no-multipart",
        breaks=("forms-multipart",),
        serve=taken_as("text/plain", where=lambda given: given.startswith(MULTIPART)),
    ),
    Mutant(
        id="parts-stripped",
        breaks=("forms-multipart-fields",),
        serve=reading(MULTIPART, lambda body: re.sub(rb"(lines)\r\n(?=\r\n--)", rb"\1", body)),
    ),
    Mutant(
        id="parts-percent-decoded",
        breaks=("forms-multipart-fields",),
        serve=reading(MULTIPART, lambda body: body.replace(b"%41", b"A")),
    ),
    Mutant(
        id="parts-in-latin-1",
        breaks=("forms-multipart-utf8",),
        serve=reading(MULTIPART, in_latin_1),
    ),
    Mutant(
        id="part-head-by-case",
        breaks=("forms-multipart-case",),
        serve=reading(MULTIPART, lambda body: body.replace(b"CONTENT-DISPOSITION", b"X-CONTENT-DISPOSITION")),
    ),
    Mutant(
        id="quotes-kept",
        breaks=("forms-multipart-boundary",),
        serve=taken_as(f"{MULTIPART}; boundary=quoted", where=lambda given: '"' in given),
    ),
    Mutant(id="no-files", breaks=("forms-file",), serve=of_files(lambda _: [])),
    Mutant(
        id="file-as-text",
        breaks=("forms-file-binary",),
        serve=reading(MULTIPART, lambda body: body.decode(errors="replace").encode()),
    ),
    Mutant(
        id="file-with-other-line-ends",
        breaks=("forms-file-binary",),
        serve=reading(MULTIPART, lambda body: body.replace(b"\n\r\x00", b"\r\n\x00")),
    ),
    Mutant(id="one-file-a-field", breaks=("forms-files",), serve=of_files(by_field)),
    Mutant(id="names-of-files-in-ascii", breaks=("forms-file-name",), serve=of_files(renamed)),
    Mutant(
        id="any-media-type",
        breaks=("forms-media-type",),
        serve=taken_as(URLENCODED, where=lambda given: not given.lower().startswith((URLENCODED, MULTIPART))),
    ),
    Mutant(
        id="media-type-guessed",
        breaks=("forms-media-type-missing",),
        serve=taken_as(URLENCODED, where=lambda given: not given),
    ),
    Mutant(id="multipart-forgiven", breaks=("forms-multipart-malformed",), serve=forgiving(".*boundary=.*")),
    Mutant(id="boundary-guessed", breaks=("forms-multipart-no-boundary",), serve=forgiving(MULTIPART)),
)
