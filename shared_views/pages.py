"""Pages, the results of views, and their representations: HTML, JSON or problem details, by the Accept field."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Literal, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared_views.forms import MAX_BODY

Fields: TypeAlias = tuple[tuple[str, str], ...]

Form: TypeAlias = Literal["html", "json"]

# IANA's registry of status codes; http.HTTPStatus has the older phrases of four codes before Python 3.13.
REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}

HTML = "text/html"
JSON = "application/json"
PROBLEM = "application/problem+json"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_FIELDS: Fields = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)
POLICY_FIELD = ("Content-Security-Policy", CONTENT_SECURITY_POLICY)

TEMPLATES = Environment(
    loader=PackageLoader("shared_views"), autoescape=True, undefined=StrictUndefined, auto_reload=False
)
TEMPLATES.globals["max_body"] = MAX_BODY


@dataclass(frozen=True, slots=True)
class Page:
    """The result of a view: data for a template, which are also its JSON.

    A constant page is the same for everybody at all times, so that its representations may be cached.
    """

    title: str
    template: str
    data: Mapping[str, Any]
    status: HTTPStatus = HTTPStatus.OK
    headers: Fields = ()
    constant: bool = False

    __hash__ = object.__hash__  # its data may be a mapping without a hash


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields and body, for the response of a framework or a server."""

    status: HTTPStatus
    headers: Fields
    body: bytes = b""


def problem(status: HTTPStatus, detail: str, headers: Fields = (), **extra: Any) -> Page:
    """Return an error as a page; its data are problem details (RFC 9457 §3.1)."""
    phrase = REASON_PHRASES[status]
    data = {"type": "about:blank", "title": phrase, "status": status.value, "detail": detail, **extra}
    return Page(phrase, "error.html", data, status, headers)


def represent(page: Page, accept: str | None) -> Answer:
    """Return the page in the form that an Accept field prefers (RFC 9110 §12.5.1), HTML by default.

    If no form is accepted, a success becomes 406, and other statuses fall back to HTML.
    """
    form = preferred_form(accept, (JSON, PROBLEM) if page.status >= 400 else (JSON,))
    if form is None and page.status < 300:
        return represent(not_acceptable(), accept)
    return cached(page, form) if page.constant else rendered(page, form)


def rendered(page: Page, form: Form | None) -> Answer:
    """Return the page in one form, HTML by default."""
    headers = (*page.headers, ("Vary", "Accept"))
    if form == "json":
        media_type = PROBLEM if page.status >= 400 else JSON
        return with_content(page.status, media_type, json.dumps(page.data, ensure_ascii=False).encode(), headers)
    return with_content(page.status, f"{HTML}; charset=utf-8", render(page).encode(), (*headers, POLICY_FIELD))


cached = lru_cache(maxsize=64)(rendered)


def with_content(status: HTTPStatus, media_type: str, content: bytes, headers: Fields) -> Answer:
    """Return an answer with content, and the header fields that describe it."""
    described = (("Content-Type", media_type), ("Content-Length", str(len(content))))
    return Answer(status, (*described, *headers, *SECURITY_FIELDS), content)


def without_content(status: HTTPStatus, headers: Fields) -> Answer:
    """Return an answer whose status forbids content; 205 requires a length of 0 (RFC 9110 §15.3.6)."""
    length = (("Content-Length", "0"),) if status == HTTPStatus.RESET_CONTENT else ()
    return Answer(status, (*headers, *length, *SECURITY_FIELDS))


def not_acceptable() -> Page:
    """Return the page that lists the existing representations (RFC 9110 §15.5.7)."""
    detail = "This page does not exist in a form that the request accepts."
    return problem(HTTPStatus.NOT_ACCEPTABLE, detail, available=[HTML, JSON])


def render(page: Page) -> str:
    """Return the page as HTML."""
    return template(page.template).render(page.data, title=page.title)


template = cache(TEMPLATES.get_template)


# Negotiation. Flask has request.accept_mimetypes.best_match, Django request.get_preferred_type. They differ on ties,
# invalid elements and parameters, so one function decides for all three routers.

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110 §5.6.2
QUOTED_STRING = r'"(?:[^"\\]|\\.)*"'  # §5.6.4
# A text matches these expressions in at most one way, so that a hostile value takes no longer than another.
# An open quotation extends to the end of the field.
ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?\Z))+', re.DOTALL)  # one element of a list (§5.6.1)
MEDIA_RANGE = re.compile(rf"\s*({TOKEN}/{TOKEN})((?:\s*;(?:\s*{TOKEN}=(?:{TOKEN}|{QUOTED_STRING}))?)*)\s*")
WEIGHT = re.compile(rf"{TOKEN}=(?:{TOKEN}|{QUOTED_STRING})")
QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")  # §12.4.2


@lru_cache(maxsize=256)
def preferred_form(accept: str | None, json_types: tuple[str, ...]) -> Form | None:
    """Return the preferred form, HTML for ties, or None if Accept admits neither."""
    weights = dict(media_ranges(accept or ""))
    if not weights:
        return "html"
    html_weight = weight_of(HTML, weights)
    json_weight = max(weight_of(name, weights) for name in json_types)
    if html_weight == json_weight == 0:
        return None
    return "json" if json_weight > html_weight else "html"


def weight_of(media_type: str, weights: Mapping[str, float]) -> float:
    """Return the weight of the most specific range that a media type matches (§12.5.1), 0 without one."""
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if name in weights:
            return weights[name]
    return 0.0


def media_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield each valid media range of an Accept field with its weight."""
    for element in ELEMENT.findall(accept):
        match = MEDIA_RANGE.fullmatch(element)
        weight = match and parse_weight(match[2])
        if match and weight is not None:
            yield match[1].lower(), weight


def parse_weight(parameters: str) -> float | None:
    """Return the q parameter of a media range, 1 without one, None if it is invalid."""
    for parameter in WEIGHT.findall(parameters):
        name, _, value = parameter.partition("=")
        if name.lower() == "q":
            return float(value) if QVALUE.fullmatch(value) else None
    return 1.0
