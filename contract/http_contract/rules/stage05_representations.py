"""Stage 5, Parameters and representations: HTML or JSON, whichever Accept prefers."""

from http_contract.http.request import get
from http_contract.rules.common import OK, ROOT, UNKNOWN
from http_contract.rules.content import HTML, JSON, PROBLEM, Member, MemberOf, Shows
from http_contract.rules.expectations import BodyContains, Has, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule
from http_contract.rules.stage05_parameters import HELLO, NOT_FOUND_STATUS

BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
VARY = Has("Vary", r"(?i)(.*[, \t])?(accept|\*)([, \t].*)?", "a list with `Accept`")
PNG = "image/png"


def get_as(path: str, accept: str, *expects: Expectation) -> Exchange:
    return Exchange((get(path, f"Accept: {accept}"),), expects)


def negotiated(form: Expectation, *accepts: str) -> tuple[Exchange, ...]:
    """Return an exchange for each Accept field that must get this representation of a page."""
    return tuple(get_as("/test", accept, OK, form) for accept in accepts)


RULES = (
    Rule(
        id="representations-json",
        stage=5,
        sentence="The server responds to GET /test with JSON if Accept is application/json: an object whose "
        "`message` is the text.",
        hint="Read the Accept field. Send the data as JSON with `Content-Type: application/json`.",
        section="the service, representations",
        needs=(*ROOT, "route-test"),
        exchanges=(get_as("/test", "application/json", OK, JSON, MemberOf("message", str)),),
    ),
    Rule(
        id="representations-json-pages",
        stage=5,
        sentence="The server serves the other pages as JSON too: / with `links`, a list, and /time with `time`, "
        "a string.",
        hint="Let each route return data, and let one function make HTML or JSON from it.",
        section="the service, representations",
        needs=("representations-json", "route-index", "route-time"),
        exchanges=(
            get_as("/", "application/json", OK, JSON, MemberOf("links", list)),
            get_as("/time", "application/json", OK, JSON, MemberOf("time", str)),
        ),
    ),
    Rule(
        id="representations-json-name",
        stage=5,
        sentence="The JSON of /hello/<name> contains the name unescaped, as `name`.",
        hint="Put the name itself into the JSON. Escape it only for HTML.",
        section="the service, representations",
        routes=HELLO,
        needs=("representations-json", "parameters-hello-percent"),
        exchanges=(
            get_as("/hello/World", "application/json", OK, JSON, Member("name", "World")),
            get_as("/hello/%3C%22%26%5C", "application/json", OK, JSON, Member("name", '<"&\\')),
        ),
    ),
    Rule(
        id="representations-json-utf8",
        stage=5,
        sentence="The server encodes JSON as UTF-8.",
        hint="Encode the JSON text as UTF-8, whatever script the name is in.",
        section="RFC 8259 §8.1",
        routes=HELLO,
        needs=("representations-json-name", "parameters-hello-utf8"),
        exchanges=(
            get_as("/hello/J%C3%BCrgen", "application/json", Member("name", "J\u00fcrgen")),
            get_as("/hello/%F0%9F%90%8D", "application/json", Member("name", "\U0001f40d")),
        ),
    ),
    Rule(
        id="representations-html",
        stage=5,
        sentence="The server sends HTML to browsers and to clients without a preference.",
        hint="A browser's Accept begins with text/html and ends with */*. That does not prefer JSON.",
        section="the service, representations",
        needs=(*ROOT, "respond-content-type", "route-test"),
        exchanges=(Exchange((get("/test"),), (OK, HTML)), *negotiated(HTML, BROWSERS, "text/html", "text/*")),
    ),
    Rule(
        id="representations-html-ties",
        stage=5,
        sentence="The server sends HTML if the client accepts HTML and JSON with the same weight.",
        hint="Send JSON only if its weight is greater than the weight of HTML.",
        section="the service, representations",
        level="SHOULD",
        needs=("representations-quality",),
        exchanges=negotiated(
            HTML, "*/*", "text/html, application/json", "application/json, text/html", "application/json, */*", ""
        ),
    ),
    Rule(
        id="representations-quality",
        stage=5,
        sentence="The server sends the representation with the higher q if the client accepts both.",
        hint="Read the q of each element of Accept, which is 1 if it is missing, and compare.",
        section="RFC 9110 §12.4.2",
        needs=("representations-json", "representations-html"),
        exchanges=(
            *negotiated(
                JSON,
                "text/html;q=0.5, application/json",
                "text/html;q=0.8, application/json;q=0.9",
                "text/html ; q=0.123 , application/json ; q=0.124",
            ),
            *negotiated(HTML, "application/json;q=0.5, text/html", "application/json;q=0.2,text/html;q=0.9"),
        ),
    ),
    Rule(
        id="representations-quality-zero",
        stage=5,
        sentence="The server does not send a representation whose q is 0.",
        hint="A weight of 0 means that the client does not accept this media type.",
        section="RFC 9110 §12.4.2",
        needs=("representations-quality",),
        exchanges=(
            *negotiated(HTML, "application/json;q=0, text/html;q=0.1"),
            *negotiated(JSON, "text/html;q=0, application/json;q=0.001", "text/html;q=0.000, application/json"),
        ),
    ),
    Rule(
        id="representations-accept-specific",
        stage=5,
        sentence="The server uses the most specific element of Accept: text/html before text/*, and text/* before */*.",
        hint="Look for the whole media type first, then for type/*, then for */*.",
        section="RFC 9110 §12.5.1",
        needs=("representations-quality-zero",),
        exchanges=(
            *negotiated(HTML, "*/*, application/json;q=0", "*/*;q=0.9, application/json;q=0.3"),
            *negotiated(JSON, "*/*, text/html;q=0", "text/*, text/html;q=0.2, application/json;q=0.5"),
        ),
    ),
    Rule(
        id="representations-accept-case",
        stage=5,
        sentence="The server compares media types without regard to letter case.",
        hint="Convert media types to lower case before you compare them.",
        section="RFC 9110 §8.3.1",
        needs=("representations-json",),
        exchanges=negotiated(JSON, "Application/JSON"),
    ),
    Rule(
        id="representations-accept-invalid",
        stage=5,
        sentence="The server ignores invalid elements of Accept.",
        hint="Match each element against the grammar. Skip an element that does not match, and go on with the next.",
        section="the service, representations",
        needs=("representations-quality",),
        exchanges=negotiated(JSON, "???, application/json", "text, application/json;q=0.2", ", ;q=1, application/json"),
    ),
    Rule(
        id="representations-accept-lines",
        stage=5,
        sentence="The server reads two Accept lines as one list.",
        hint="Join the values of header fields of the same name with a comma.",
        section="RFC 9110 §5.3",
        needs=("representations-quality",),
        exchanges=(
            Exchange((get("/test", "Accept: text/html;q=0.5", "Accept: application/json"),), (OK, JSON)),
            Exchange((get("/test", "Accept: application/json", "Accept: text/html;q=0.5"),), (OK, JSON)),
        ),
    ),
    Rule(
        id="representations-vary",
        stage=5,
        sentence="Every response whose representation depends on Accept contains `Vary: Accept`, the not-found "
        "page included.",
        hint="Send `Vary: Accept` with both HTML and JSON. Otherwise a cache may send one in place of the other.",
        section="the service, representations",
        needs=("representations-json", "representations-html", "route-unknown"),
        exchanges=tuple(
            get_as(path, accept, VARY) for path in ("/test", UNKNOWN) for accept in ("text/html", "application/json")
        ),
    ),
    Rule(
        id="representations-problem",
        stage=5,
        sentence="The server sends errors as application/problem+json, with the same status, if the client "
        "accepts JSON.",
        hint="Send `Content-Type: application/problem+json`, so that clients can distinguish errors from data.",
        section="the service, representations",
        needs=("representations-json", "route-unknown"),
        exchanges=(get_as(UNKNOWN, "application/json", NOT_FOUND_STATUS, PROBLEM),),
    ),
    Rule(
        id="representations-problem-members",
        stage=5,
        sentence="Problem details are a JSON object with `status`, the status code, and `title`, a short text.",
        hint='Send {"type": "about:blank", "title": "Not Found", "status": 404, "detail": ...}.',
        section="the service, representations",
        needs=("representations-problem",),
        exchanges=(get_as(UNKNOWN, "application/json", Member("status", 404), MemberOf("title", str)),),
    ),
    Rule(
        id="representations-problem-detail",
        stage=5,
        sentence="Problem details contain `detail`, a sentence that explains the error.",
        hint="Name the path that was not found. It helps people who read logs.",
        section="RFC 9457 §3.1.4",
        level="SHOULD",
        needs=("representations-problem-members",),
        exchanges=(get_as(UNKNOWN, "application/json", MemberOf("detail", str), BodyContains(UNKNOWN.encode())),),
    ),
    Rule(
        id="representations-problem-accept",
        stage=5,
        sentence="The server sends problem details if the client accepts application/problem+json.",
        hint="Two media types in Accept lead to problem details: application/json and application/problem+json.",
        section="the service, representations",
        needs=("representations-problem",),
        exchanges=(get_as(UNKNOWN, "application/problem+json", NOT_FOUND_STATUS, PROBLEM),),
    ),
    Rule(
        id="representations-not-acceptable",
        stage=5,
        sentence="The server responds 406 to a client that accepts neither HTML nor JSON.",
        hint="Respond with 406 if the weights of both are 0.",
        section="RFC 9110 §15.5.7",
        level="SHOULD",
        needs=("representations-quality-zero",),
        exchanges=(
            get_as("/test", PNG, Status(406)),
            get_as("/test", "text/html;q=0, application/json;q=0", Status(406)),
        ),
    ),
    Rule(
        id="representations-not-acceptable-list",
        stage=5,
        sentence="A 406 response lists the media types that the server can send.",
        hint="Print text/html and application/json in the page, so that the client can choose one of them.",
        section="RFC 9110 §15.5.7",
        level="SHOULD",
        needs=("representations-not-acceptable",),
        exchanges=(
            get_as("/test", PNG, When(Status(406), Shows("text/html")), When(Status(406), Shows("application/json"))),
        ),
    ),
    Rule(
        id="representations-not-acceptable-errors",
        stage=5,
        sentence="The server responds 404 to an unknown path even if the client accepts neither HTML nor JSON.",
        hint="Replace only successful responses with 406. Send errors as HTML if nothing else is acceptable.",
        section="RFC 9110 §12.1",
        level="SHOULD",
        needs=("representations-not-acceptable", "route-unknown"),
        exchanges=(get_as(UNKNOWN, PNG, NOT_FOUND_STATUS),),
    ),
)
