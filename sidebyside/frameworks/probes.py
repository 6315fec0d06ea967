"""Requests that frameworks treat differently, and which part of the response shows it; as one table."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from http_contract.http.response import Response
from sidebyside.compare.request import Body, Message, build_message, template_message

JSON = ("Accept: application/json",)
HTML = ("Accept: text/html",)
TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
MAX_TITLE = 60  # characters

Shown: TypeAlias = Callable[[Response], Iterator[str]]
"""Yields the parts of a response that answer a question, after its status."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A request, what it asks about, and the rule of the contract that decides about it."""

    topic: str
    label: str  # "HEAD /test"
    message: Message
    shown: Shown
    rule: str  # "" if the contract leaves it open

    def cell(self, response: Response | None) -> str:
        """Return the status of a response and what the probe shows of it."""
        if response is None or not response.status:
            return "no response"
        return ", ".join([str(response.status), *self.shown(response)])


# -- what is shown


def nothing(response: Response) -> Iterator[str]:
    """Show the status alone."""
    yield from ()


def fields(*names: str) -> Shown:
    """Show header fields, and that one is missing."""

    def shown(response: Response) -> Iterator[str]:
        for name in names:
            values = response.all(name)
            yield f"{name}: {', '.join(values)}" if values else f"no {name}"

    return shown


def allow(response: Response) -> Iterator[str]:
    """Show the methods in Allow, sorted: some frameworks write them in another order each time they start."""
    values = response.all("Allow")
    methods = sorted({method.strip() for value in values for method in value.split(",")})
    yield f"Allow: {', '.join(methods)}" if values else "no Allow"


def location(response: Response) -> Iterator[str]:
    """Show where a redirect leads."""
    if 300 <= response.status < 400:
        yield from fields("Location")(response)


def page(response: Response) -> Iterator[str]:
    """Show the media type and the title of a page, or the first line of a text."""
    yield from fields("Content-Type")(response)
    text = response.body.decode(errors="replace")
    title = TITLE.search(text)
    first = title[1] if title else next(iter(text.splitlines()), "")
    yield f'"{" ".join(first.split())[:MAX_TITLE]}"' if first else "no content"


def refusal(response: Response) -> Iterator[str]:
    """Show what a 405 allows, and its page."""
    yield from allow(response)
    yield from page(response)


def content(response: Response) -> Iterator[str]:
    """Show the fields that describe content, and whether there is some."""
    yield from fields("Content-Length", "Content-Type")(response)
    yield "content" if response.body else "no content"


def value(*path: str) -> Shown:
    """Show one value of a body in JSON."""

    def shown(response: Response) -> Iterator[str]:
        yield from location(response)
        found: Any = parsed(response)
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if found is not None:
            yield f"{path[-1]}: {json.dumps(found, ensure_ascii=False)}"

    return shown


def parsed(response: Response) -> Any:
    """Return the body as JSON, None if it is not JSON."""
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def colours(response: Response) -> Iterator[str]:
    """Show how the application sees the fields X-Colour."""
    found = parsed(response)
    for pair in found.get("headers", ()) if isinstance(found, dict) else ():
        if pair["name"].lower() == "x-colour":
            yield f"{pair['name']}: {pair['value']}"


def no_traceback(response: Response) -> Iterator[str]:
    """Show a page, and whether it contains a traceback."""
    yield from page(response)
    if b"Traceback" in response.body:
        yield "with a traceback"


# -- the table


def probe(
    topic: str, line: str, shown: Shown, rule: str, lines: tuple[str, ...] = (), body: Body | None = None
) -> Probe:
    """Return a probe with a request that is built from its parts."""
    method, target = line.split()
    return Probe(topic, "; ".join([line, *lines]), build_message(method, target, lines, body), shown, rule)


def raw_probe(topic: str, line: str, shown: Shown, rule: str) -> Probe:
    """Return a probe with a request line that is not built, but sent as it is."""
    message = template_message(f"{line} HTTP/1.1\r\nHost: {{authority}}\r\n\r\n".encode())
    return Probe(topic, line, message, shown, rule)


BROKEN = Body(
    "multipart/form-data; boundary=-",
    b'---\r\nContent-Disposition: form-data; name="colour"\r\n\r\ngreen\r\n--- this is not a boundary',
)

PROBES = (
    probe("HEAD", "HEAD /test", fields("Content-Type"), "methods-head"),
    probe("OPTIONS", "OPTIONS /test", allow, "methods-options-allow"),
    probe("405 and Allow", "DELETE /test", refusal, "methods-allow-exact", HTML),
    probe("405 and Allow, two methods", "DELETE /form", allow, "forms-allow"),
    raw_probe("a method in lower case", "get /test", allow, "methods-case"),
    probe("a slash at the end", "GET /test/", location, "route-final-slash"),
    probe("two slashes", "GET //test", location, "route-double-slash"),
    probe("an encoded letter", "GET /%74est", location, "route-percent"),
    probe("an encoded slash in a parameter", "GET /hello/a%2Fb", value("name"), "parameters-hello-slash", JSON),
    probe("a parameter that is not UTF-8", "GET /hello/%FF", value("name"), "", JSON),
    probe("a path that is not UTF-8", "GET /%FF", page, "route-percent-not-utf8", HTML),
    probe("digits of another script", "GET /status/%D9%A2%D9%A0%D9%A0", nothing, "parameters-status-digits", JSON),
    probe("a number with a sign", "GET /status/+200", nothing, "parameters-status-digits", JSON),
    probe("a number with an underscore", "GET /status/2_00", nothing, "parameters-status-digits", JSON),
    probe("204", "GET /status/204", content, "parameters-status-204"),
    probe("304", "GET /status/304", content, "parameters-status-304"),
    probe(
        "repeated fields",
        "GET /inspect",
        colours,
        "parameters-inspect-fields-repeated",
        (*JSON, "X-Colour: red", "X-Colour: blue"),
    ),
    probe(
        "two fields Accept",
        "GET /test",
        fields("Content-Type"),
        "representations-accept-lines",
        ("Accept: image/png", "Accept: application/json"),
    ),
    probe("X-Forwarded-For", "GET /inspect", value("client"), "", (*JSON, "X-Forwarded-For: 203.0.113.9")),
    probe("malformed multipart", "POST /form", value("fields"), "forms-multipart-malformed", JSON, BROKEN),
    probe("the page of a 404", "GET /nope", page, "route-unknown", HTML),
    probe("the page of a 500", "GET /error", no_traceback, "targets-error", HTML),
    probe("reverse routing, in a redirect", "GET /home", fields("Location"), "parameters-redirect-location"),
)
