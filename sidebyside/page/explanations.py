"""One sentence for each header field, status and row of a comparison, with the section that defines it."""

from collections.abc import Mapping
from dataclasses import dataclass

from http_contract.reports.explain import url_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence, and the section that defines what it explains; "" if no document does."""

    text: str
    section: str = ""

    @property
    def url(self) -> str:
        return url_of(self.section) or ""


FIELDS: Mapping[str, Explanation] = {
    "accept": Explanation("The client lists the media types that it can use.", "RFC 9110 §12.5.1"),
    "accept-ranges": Explanation("The server can send a part of this resource.", "RFC 9110 §14.3"),
    "age": Explanation("The response has been in a cache for this many seconds.", "RFC 9111 §5.1"),
    "allow": Explanation("These methods are allowed at this path.", "RFC 9110 §10.2.1"),
    "cache-control": Explanation("Caches may, or may not, store the response and use it again.", "RFC 9111 §5.2"),
    "connection": Explanation("Options of this connection; close ends it after the response.", "RFC 9110 §7.6.1"),
    "content-disposition": Explanation("The browser shows the body, or saves it under this name.", "RFC 6266 §4"),
    "content-encoding": Explanation("The body was compressed; the client must undo that.", "RFC 9110 §8.4"),
    "content-language": Explanation("The body is for readers of this language.", "RFC 9110 §8.5"),
    "content-length": Explanation("The body has this many bytes, so the client knows its end.", "RFC 9110 §8.6"),
    "content-location": Explanation("This URL names what the body contains.", "RFC 9110 §8.7"),
    "content-range": Explanation("The body is this part of the whole resource.", "RFC 9110 §14.4"),
    "content-security-policy": Explanation("The browser loads scripts, pictures and styles only from these sources."),
    "content-type": Explanation("The body has this media type, perhaps with a character encoding.", "RFC 9110 §8.3"),
    "cross-origin-opener-policy": Explanation("Pages of other sites cannot use the window of this one."),
    "cross-origin-resource-policy": Explanation("Pages of other sites cannot include this response."),
    "date": Explanation("The server made the response at this time.", "RFC 9110 §6.6.1"),
    "etag": Explanation("A label of this version: it changes when the content changes.", "RFC 9110 §8.8.3"),
    "expires": Explanation("Caches must not use the response without asking again after this time.", "RFC 9111 §5.3"),
    "keep-alive": Explanation("The server keeps an idle connection open for this time. Clients need not look at it."),
    "last-modified": Explanation("The content changed last at this time.", "RFC 9110 §8.8.2"),
    "link": Explanation("Related resources, and how each is related.", "RFC 8288 §3"),
    "location": Explanation("The client should go to this URL.", "RFC 9110 §10.2.2"),
    "permissions-policy": Explanation("The page may, or may not, use these abilities of the browser."),
    "pragma": Explanation("An instruction to caches of the time before Cache-Control.", "RFC 9111 §5.4"),
    "referrer-policy": Explanation("The browser names less of this page's URL to the sites that the page links to."),
    "retry-after": Explanation("The client should wait this long before it asks again.", "RFC 9110 §10.2.3"),
    "server": Explanation("The program that sent the response gives its name.", "RFC 9110 §10.2.4"),
    "set-cookie": Explanation("The browser stores this and sends it back with later requests.", "RFC 6265 §4.1"),
    "strict-transport-security": Explanation("The browser must use https for this site from now on.", "RFC 6797 §6.1"),
    "trailer": Explanation("These fields come after the body.", "RFC 9110 §6.6.2"),
    "transfer-encoding": Explanation("The body comes in chunks, each with its own length.", "RFC 9112 §6.1"),
    "upgrade": Explanation("The server offers another protocol on this connection.", "RFC 9110 §7.8"),
    "vary": Explanation("The response depends on these fields of the request.", "RFC 9110 §12.5.5"),
    "via": Explanation("Proxies between the client and the server add their names.", "RFC 9110 §7.6.3"),
    "www-authenticate": Explanation("The client must prove who it is, in one of these ways.", "RFC 9110 §11.6.1"),
    "x-content-type-options": Explanation("The browser must not guess another media type than Content-Type."),
    "x-frame-options": Explanation("Other sites cannot show this page in a frame.", "RFC 7034 §2"),
    "x-powered-by": Explanation("A framework gives its name. No document defines this field."),
    "x-xss-protection": Explanation("A switch of old browsers against injected scripts. Browsers no longer read it."),
}

STATUSES: Mapping[int, Explanation] = {
    100: Explanation("The client should send the body.", "RFC 9110 §15.2.1"),
    101: Explanation("The connection continues with another protocol.", "RFC 9110 §15.2.2"),
    103: Explanation("The final response will have these fields.", "RFC 8297 §2"),
    200: Explanation("The request succeeded.", "RFC 9110 §15.3.1"),
    201: Explanation("The request created a new resource.", "RFC 9110 §15.3.2"),
    202: Explanation("The server accepted the request and will act later.", "RFC 9110 §15.3.3"),
    203: Explanation("A proxy changed the content of the response.", "RFC 9110 §15.3.4"),
    204: Explanation("The request succeeded, and there is nothing to show.", "RFC 9110 §15.3.5"),
    205: Explanation("The client should empty its form.", "RFC 9110 §15.3.6"),
    206: Explanation("The body is the part that the client asked for.", "RFC 9110 §15.3.7"),
    300: Explanation("There are several forms of this resource to choose from.", "RFC 9110 §15.4.1"),
    301: Explanation("The resource has a new URL for good.", "RFC 9110 §15.4.2"),
    302: Explanation("The resource is at another URL for now.", "RFC 9110 §15.4.3"),
    303: Explanation("The client should get the result from another URL.", "RFC 9110 §15.4.4"),
    304: Explanation("The copy that the client has is still current.", "RFC 9110 §15.4.5"),
    305: Explanation("An old status that named a proxy to use.", "RFC 9110 §15.4.6"),
    307: Explanation("The client should send the same request to another URL for now.", "RFC 9110 §15.4.8"),
    308: Explanation("The client should send the same request to another URL from now on.", "RFC 9110 §15.4.9"),
    400: Explanation("The server cannot understand the request.", "RFC 9110 §15.5.1"),
    401: Explanation("The client must prove who it is.", "RFC 9110 §15.5.2"),
    402: Explanation("The status is reserved for payment.", "RFC 9110 §15.5.3"),
    403: Explanation("The server understands the request and refuses it.", "RFC 9110 §15.5.4"),
    404: Explanation("The server has no resource at this path.", "RFC 9110 §15.5.5"),
    405: Explanation("The path exists, but not for this method. Allow lists the methods.", "RFC 9110 §15.5.6"),
    406: Explanation("The server has no form of the resource that the client accepts.", "RFC 9110 §15.5.7"),
    407: Explanation("The client must prove to the proxy who it is.", "RFC 9110 §15.5.8"),
    408: Explanation("The request did not arrive in time.", "RFC 9110 §15.5.9"),
    409: Explanation("The request conflicts with the current state of the resource.", "RFC 9110 §15.5.10"),
    410: Explanation("The resource was removed for good.", "RFC 9110 §15.5.11"),
    411: Explanation("The server requires Content-Length.", "RFC 9110 §15.5.12"),
    412: Explanation("A condition in the request is not met.", "RFC 9110 §15.5.13"),
    413: Explanation("The body is longer than the server allows.", "RFC 9110 §15.5.14"),
    414: Explanation("The path and query are longer than the server allows.", "RFC 9110 §15.5.15"),
    415: Explanation("The server does not accept bodies of this media type.", "RFC 9110 §15.5.16"),
    416: Explanation("The resource does not have the part that the client asked for.", "RFC 9110 §15.5.17"),
    417: Explanation("The server cannot do what Expect requires.", "RFC 9110 §15.5.18"),
    418: Explanation("The status of a teapot, from a joke. It stays unused.", "RFC 9110 §15.5.19"),
    421: Explanation("This server does not serve that host.", "RFC 9110 §15.5.20"),
    422: Explanation("The server understands the content and cannot process it.", "RFC 9110 §15.5.21"),
    425: Explanation("The server does not act on a request that could be repeated.", "RFC 8470 §5.2"),
    426: Explanation("The client must use another protocol.", "RFC 9110 §15.5.22"),
    428: Explanation("The server requires a condition, such as If-Match.", "RFC 6585 §3"),
    429: Explanation("The client sent too many requests in a short time.", "RFC 6585 §4"),
    431: Explanation("The header fields are longer than the server allows.", "RFC 6585 §5"),
    451: Explanation("A legal demand forbids the server to respond.", "RFC 7725 §3"),
    500: Explanation("The server failed at this request.", "RFC 9110 §15.6.1"),
    501: Explanation("The server does not support this method at all.", "RFC 9110 §15.6.2"),
    502: Explanation("A proxy got a response that it cannot use.", "RFC 9110 §15.6.3"),
    503: Explanation("The server cannot respond at the moment.", "RFC 9110 §15.6.4"),
    504: Explanation("A proxy got no response in time.", "RFC 9110 §15.6.5"),
    505: Explanation("The server does not support this version of HTTP.", "RFC 9110 §15.6.6"),
    511: Explanation("The client must log in to the network first.", "RFC 6585 §6"),
}

ROWS: Mapping[str, Explanation] = {
    "status": Explanation("The first line: the version, a number for programs, and words for people.", "RFC 9112 §4"),
    "interim": Explanation("A response that came before the final one.", "RFC 9110 §15.2"),
    "trailers": Explanation("Header fields that came after the body.", "RFC 9110 §6.5"),
    "violation": Explanation("What in the response breaks the grammar of HTTP.", "RFC 9112 §2.1"),
    "end": Explanation("How the connection ended after the last response.", "RFC 9112 §9.6"),
}


def explanation_of(label: str) -> Explanation | None:
    """Return the explanation of a row by its label: a name of ROWS, or of a header field in any letter case."""
    return ROWS.get(label) or FIELDS.get(label.lower())


def explanation_of_status(line: str | None) -> Explanation | None:
    """Return the explanation of the status in a status line, None if it has none that is known."""
    words = (line or "").split()
    code = words[1] if len(words) > 1 and words[0].startswith("HTTP/") else ""
    return STATUSES.get(int(code)) if code.isdecimal() else None
