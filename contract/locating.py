"""From a URL to the server that it names."""

import re
import ssl
from urllib.parse import urlsplit

from contract.errors import CannotJudge
from contract.server import Server

AUTHORITY = r"(?:[\w.-]+|\[[\w:.]+\]):\d+/?"  # a host and its port, as they are typed
PORTS = {"http": 80, "https": 443}


def url_of(text: str) -> str:
    """Return a URL; one that is typed as host and port alone is one of http."""
    return f"http://{text}" if re.fullmatch(AUTHORITY, text) else text


def server_at(url: str, ca: str | None = None) -> Server:
    """Return the server at a URL; over TLS, its certificate has to lead to those in the file `ca`, if one is named."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        usual = PORTS[parts.scheme]
        port = usual if parts.port is None else parts.port
    except (ValueError, KeyError):
        host, port = "", 0
    if not (host and port) or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise CannotJudge(f"a URL like http://127.0.0.1:8001 is wanted, not {url!r}")
    if ca and parts.scheme != "https":
        raise CannotJudge("a certificate is for a URL that begins with https:")
    return Server(host, port, tls=trusting(ca) if parts.scheme == "https" else None)


def trusting(ca: str | None) -> ssl.SSLContext:
    """Return what trusts the certificates in that file; without one, those that the system trusts."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise CannotJudge(f"{ca} holds no certificate that can be read: {error}") from error
