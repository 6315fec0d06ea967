"""Forms: reads fields and files from a request's body, in the same way for all three routers.

Flask has request.form and request.files, which ignore malformed multipart. Django has request.POST and request.FILES,
which strip file paths, decode base64 and have their own limits.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_BODY = 1024 * 1024  # octets, for servers without their own limit
MAX_PARTS = 1_000  # parts of a multipart body: far more than any form has


@dataclass(frozen=True, slots=True)
class Upload:
    """A posted file; size in octets, sha256 in hexadecimal digits."""

    field: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Form:
    """The posted fields and files, in their order in the body."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[Upload, ...] = ()


class FormError(Exception):
    """A body that is not a valid form: status 415 for another media type, 400 for a malformed body."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def read_form(content_type: str | None, body: bytes) -> Form:
    """Return the form in a body; an empty body is an empty form. Raises FormError."""
    if not body:
        return Form()
    media_type, parameters = parse_options_header(content_type or "")
    if media_type == URLENCODED:
        return Form(read_pairs(body.decode(errors="replace")))
    if media_type == MULTIPART:
        return read_multipart(parameters.get("boundary", ""), body)
    raise FormError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A form is sent as {URLENCODED} or {MULTIPART}.")


def read_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query or an urlencoded body: UTF-8, with errors replaced, in order, repeats included."""
    return tuple(parse_qsl(text, keep_blank_values=True, errors="replace"))


def read_multipart(boundary: str, body: bytes) -> Form:
    """Return the fields and files of a multipart body (RFC 7578). Raises FormError if it is malformed."""
    try:
        parts = list(read_parts(boundary, body))
    except MultipartError as error:
        raise FormError(HTTPStatus.BAD_REQUEST, f"The multipart body is malformed: {error}.") from error
    fields = [(part.name, content.decode(errors="replace")) for part, content in parts if part.filename is None]
    # A browser sends a part without name and content for a file input that was left empty.
    files = [upload(part, content) for part, content in parts if part.filename or (part.filename == "" and content)]
    return Form(tuple(fields), tuple(files))


def read_parts(boundary: str, body: bytes) -> Iterator[tuple[MultipartSegment, bytes]]:
    """Yield each part with its content. Raises MultipartError."""
    with PushMultipartParser(boundary, max_segment_count=MAX_PARTS, strict=True) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                part, pieces = event, []
            elif event:
                pieces.append(event)
            else:
                yield part, b"".join(pieces)


def upload(part: MultipartSegment, content: bytes) -> Upload:
    return Upload(part.name, part.filename, len(content), hashlib.sha256(content).hexdigest())
