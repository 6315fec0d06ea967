"""Forms: reads fields and files from a request's body, in the same way for all three routers.

Flask has request.form and request.files, which ignore malformed multipart. Django has request.POST and request.FILES,
which strip file paths, decode base64 and have their own limits.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import islice
from urllib.parse import parse_qsl, unquote

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_BODY = int(os.environ.get("MAX_BODY", 1024 * 1024))  # octets; raw_router sets the variable from its --max-body
MAX_FIELDS = 1_000  # files included: far more than any form has
MAX_SHOWN = 64 * 1024  # characters of a form's names and values, which may be six times as long as JSON

PAIR = re.compile("[^&]+")  # of an urlencoded body
PARAMETER = re.compile(r';[ \t]*([^=;"\s]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;"\s]*)')  # of Content-Disposition


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
    """A body that is not a valid form: status 415 for another media type or a content coding, else 400.

    headers are fields of the response, which list what the service accepts.
    """

    def __init__(self, status: HTTPStatus, detail: str, *headers: tuple[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers


def read_form(content_type: str | None, body: bytes, content_encoding: str | None = None) -> Form:
    """Return the form in a body; an empty body is an empty form. Raises FormError."""
    check_encoding(content_encoding or "")
    if not body:
        return Form()
    media_type, parameters = parse_options_header(content_type or "")
    if media_type == URLENCODED:
        return read_urlencoded(body)
    if media_type == MULTIPART:
        return read_multipart(parameters.get("boundary", ""), body)
    detail = f"A form is sent as {URLENCODED} or {MULTIPART}."
    raise FormError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, ("Accept", f"{URLENCODED}, {MULTIPART}"))


def check_encoding(content_encoding: str) -> None:
    """Raise FormError for a content coding (RFC 9110 §8.4); identity means that there is no coding (§12.5.3)."""
    if {coding.strip(" \t").lower() for coding in content_encoding.split(",")} - {"", "identity"}:
        detail = "A form is sent without a content coding."
        raise FormError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, ("Accept-Encoding", "identity"))


def read_urlencoded(body: bytes) -> Form:
    """Return the fields of an urlencoded body. Raises FormError if there are too many."""
    text = body.decode(errors="replace")
    if len(list(islice(PAIR.finditer(text), MAX_FIELDS + 1))) > MAX_FIELDS:
        raise FormError(HTTPStatus.BAD_REQUEST, f"A form has at most {MAX_FIELDS:,} fields.")
    return Form(read_pairs(text))


def read_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query or an urlencoded body: UTF-8, with errors replaced, in order, repeats included."""
    return tuple(parse_qsl(text, keep_blank_values=True, errors="replace"))


def read_multipart(boundary: str, body: bytes) -> Form:
    """Return the fields and files of a multipart body (RFC 7578). Raises FormError if it is malformed."""
    try:
        parts = list(read_parts(boundary, without_padding(boundary, body)))
    except MultipartError as error:
        raise FormError(HTTPStatus.BAD_REQUEST, f"The multipart body is malformed: {error}.") from error
    named = [(part.name, filename(part), content) for part, content in parts]
    fields = [(field, content.decode(errors="replace")) for field, name, content in named if name is None]
    # A browser sends a part without name and content for a file input that was left empty.
    files = [upload(field, name, content) for field, name, content in named if name or (name == "" and content)]
    return Form(tuple(fields), tuple(files))


def without_padding(boundary: str, body: bytes) -> bytes:
    """Return the body without white space at the end of its delimiters (RFC 2046 §5.1.1), which the parser rejects."""
    delimiter = rb"((?:\A|\r\n)--%s(?:--)?)[ \t]+(?=\r\n|\Z)" % re.escape(boundary.encode())
    return re.sub(delimiter, rb"\1", body)


def read_parts(boundary: str, body: bytes) -> Iterator[tuple[MultipartSegment, bytes]]:
    """Yield each part with its content. Raises MultipartError."""
    with PushMultipartParser(boundary, max_segment_count=MAX_FIELDS, strict=True) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                part, pieces = event, []
            elif event:
                pieces.append(event)
            else:
                yield part, b"".join(pieces)


def filename(part: MultipartSegment) -> str | None:
    """Return the name of a part's file, None for a field.

    Some clients send only filename*, encoded by RFC 8187, although RFC 7578 §4.2 forbids that.
    """
    if part.filename is not None:
        return str(part.filename)
    parameters = {name.lower(): value for name, value in PARAMETER.findall(part["Content-Disposition"])}
    encoded = parameters.get("filename*")
    return None if encoded is None else unquote(encoded.strip('"').rpartition("'")[2])


def upload(field: str, name: str, content: bytes) -> Upload:
    return Upload(field, name, len(content), hashlib.sha256(content).hexdigest())


def shortened(form: Form) -> Form:
    """Return the form as it is shown: if it has more text than MAX_SHOWN, each text is cut to its share of that."""
    texts = [text for pair in form.fields for text in pair] + [
        text for file in form.files for text in (file.field, file.name)
    ]
    if sum(map(len, texts)) <= MAX_SHOWN:
        return form
    share = MAX_SHOWN // len(texts)
    fields = tuple((cut(name, share), cut(value, share)) for name, value in form.fields)
    return Form(
        fields, tuple(replace(file, field=cut(file.field, share), name=cut(file.name, share)) for file in form.files)
    )


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
