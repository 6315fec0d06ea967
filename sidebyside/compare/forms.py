"""Bodies of requests: what -d gives, and multipart/form-data of fields and files (RFC 7578)."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Content:
    """A request's body and its media type."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form; one with a file name is a file."""

    name: str
    content: bytes
    file_name: str | None = None


def data_of(values: Sequence[bytes]) -> Content:
    """Return the values joined as curl joins those of several -d."""
    return Content(URLENCODED, b"&".join(values))


def form_of(parts: Sequence[Part]) -> Content:
    """Return a multipart body; the same parts make the same bytes."""
    boundary = f"form-{sha256(repr(parts).encode()).hexdigest()[:24]}"
    body = b"".join(b"--%s\r\n%s%s\r\n" % (boundary.encode(), _head(part), part.content) for part in parts)
    return Content(f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode())


def _head(part: Part) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
    if part.file_name is None:
        return f"{disposition}\r\n\r\n".encode()
    file_name = _quoted(part.file_name)
    return f'{disposition}; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()


def _quoted(name: str) -> str:
    """Return a name escaped as browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
