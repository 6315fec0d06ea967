"""Requests to begin with, by the stages of the contract; broken ones are bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from http_contract.rules.registry import STAGES
from sidebyside.page.raw import text_of

FORM = "Content-Type: multipart/form-data; boundary=-"
PART = '---\nContent-Disposition: form-data; name="colour"\n\ngreen\n-----\n'.replace("\n", "\r\n")
JSON = "Accept: application/json"
HOST = "Host: {authority}"


@dataclass(frozen=True, slots=True)
class Example:
    """A request, as the editor's fields that are not what they are by default."""

    title: str
    given: Mapping[str, str]

    @property
    def fragment(self) -> str:
        """The part of the page's address, after #, that fills the editor with it."""
        return urlencode(self.given, quote_via=quote)


def parts(title: str, path: str, *fields: str, method: str = "GET", body: str = "") -> Example:
    given = {"method": method, "path": path, "fields": "\n".join(fields), "body": body}
    return Example(title, {name: value for name, value in given.items() if value})


def raw(title: str, *lines: str, body: str = "") -> Example:
    """A head of these lines, and what follows it."""
    return octets(title, "".join(f"{line}\r\n" for line in (*lines, "")) + body)


def octets(title: str, text: str) -> Example:
    return Example(title, {"raw": text_of(text.encode("latin-1"))})


GET, POST = "GET / HTTP/1.1", "POST /form HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"
URLENCODED = "Content-Type: application/x-www-form-urlencoded"

EXAMPLES: Mapping[int, tuple[Example, ...]] = {
    1: (
        parts("The index", "/"),
        octets("What is no HTTP at all", "\xff\xfe\x00\x01\r\n\r\n"),
    ),
    2: (
        parts("A head with a long field", "/test", "X-Long: " + "a" * 2000),
        octets("Lines that end in a bare LF", "GET / HTTP/1.1\nHost: {authority}\n\n"),
        octets("A head that does not end", "GET / HTTP/1.1\r\nHost: {authority}\r\n"),
    ),
    3: (
        parts("The time", "/time"),
        parts("An unknown path", "/nowhere"),
        parts("The same path, percent-encoded", "/%74est"),
        parts("Two slashes", "//test"),
        parts("A whole URL, as proxies get", "{origin}/test"),
    ),
    4: (
        parts("HEAD: all but the body", "/time", method="HEAD"),
        parts("A method that the page does not have", "/time", method="DELETE"),
        parts("Which methods a page has", "/form", method="OPTIONS"),
        parts("Which methods the server has", "*", method="OPTIONS"),
    ),
    5: (
        parts("A parameter", "/hello/you"),
        parts("A parameter that must be escaped", "/hello/%3Cb%3E%F0%9F%91%8B%3C%2Fb%3E"),
        parts("A number, and a teapot", "/status/418"),
        parts("No number", "/status/teapot"),
        parts("The time as JSON", "/time", JSON),
        parts("An error as JSON", "/nowhere", JSON),
        parts("What is to be had in no such form", "/time", "Accept: image/png"),
        parts("A redirect", "/home"),
        parts("What the server saw", "/inspect?a=1&b=two&a=3", "X-Colour: green"),
    ),
    6: (
        parts("A form", "/form", method="POST", body="name=Ada&colour=green"),
        raw("A form in parts", POST, HOST, FORM, f"Content-Length: {len(PART)}", body=PART),
        raw("A form in chunks", POST, HOST, URLENCODED, CHUNKED, body="5\r\nname=\r\n3\r\nAda\r\n0\r\n\r\n"),
        parts("A form that is none", "/form", "Content-Type: text/plain", method="POST", body="name=Ada"),
        parts("A body to wait for", "/form", "Expect: 100-continue", method="POST", body="name=Ada"),
    ),
    7: (
        parts("The last request of a connection", "/test", "Connection: close"),
        raw("HTTP/1.0 without Host", "GET /test HTTP/1.0"),
        raw("Two requests at once", "GET /test HTTP/1.1", HOST, body=f"GET /hello/you HTTP/1.1\r\n{HOST}\r\n\r\n"),
    ),
    8: (parts("One request; the contract sends many at once", "/test"),),
    9: (
        raw("No Host", GET),
        raw("Two Hosts", GET, HOST, "Host: elsewhere.example"),
        parts("A host that is not served", "/", "Host: elsewhere.example"),
        raw("A length and chunks: one smuggles", POST, HOST, "Content-Length: 5", CHUNKED, body="0\r\n\r\n"),
        raw("A length with a sign", POST, HOST, "Content-Length: +5", body="a=b&c"),
        raw("A chunk whose size is no number", POST, HOST, CHUNKED, body="0x5\r\na=b&c\r\n0\r\n\r\n"),
        raw("A space before the colon", GET, "Host : {authority}"),
        raw("A folded line", GET, HOST, "X-Folded: one", "  two"),
        raw("A NUL in a field", GET, HOST, "X-Nul: a\0b"),
        raw("The preface of HTTP/2", "PRI * HTTP/2.0", body="SM\r\n\r\n"),
        parts("A header field, smuggled by a path", "/hello/%0d%0aSet-Cookie:%20a=b"),
        parts("A view that raises", "/error"),
    ),
    10: (
        parts("A file", "/files/planets.json"),
        parts("A picture", "/files/three-ways.png"),
        parts("Out of the folder", "/files/../views.py"),
        parts("Out of the folder, disguised", "/files/%2e%2e%2fviews.py"),
        parts("A file if it has changed", "/style.css", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"),
        parts("A file, as long as it is another", "/style.css", 'If-Match: "another"'),
    ),
}


def stages() -> list[tuple[str, tuple[Example, ...]]]:
    """Return the examples under the names of their stages."""
    return [(f"{number} {STAGES[number]}", EXAMPLES[number]) for number in STAGES]
