"""Requests as bytes. When they are sent, `{authority}` becomes the server's host and port, `{origin}` its URL."""


def request(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """A request that keeps the connection; a body brings its Content-Length."""
    sized = () if body is None else (f"Content-Length: {len(body)}",)
    lines = (f"{method} {target} HTTP/1.1", "Host: {authority}", *fields, *sized, "", "")
    return "\r\n".join(lines).encode("latin-1") + (body or b"")


def title(data: bytes) -> str:
    """Return the first line of a request, to call it by."""
    return data.partition(b"\r\n")[0].decode("latin-1")


def last(method: str, target: str, *fields: str, body: bytes | None = None) -> bytes:
    """A request that is the only or the last one of its connection, and says so."""
    return request(method, target, *fields, "Connection: close", body=body)


def get(target: str, *fields: str) -> bytes:
    return last("GET", target, *fields)


def head(target: str, *fields: str) -> bytes:
    return last("HEAD", target, *fields)


def post(target: str, body: bytes, media_type: str, *fields: str) -> bytes:
    return last("POST", target, f"Content-Type: {media_type}", *fields, body=body)
