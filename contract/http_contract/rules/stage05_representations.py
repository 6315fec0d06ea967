"""Stage 5, Parameters and representations, still: the same page as HTML or JSON, as Accept prefers."""

from http_contract.http.request import get
from http_contract.rules.content import HTML, JSON, PROBLEM, Member, MemberOf, Shows
from http_contract.rules.expectations import BodyHolds, Has, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule
from http_contract.rules.stage03_route import UNKNOWN
from http_contract.rules.stage05_parameters import HELLO, NOT_FOUND, ROOT, SHOWN

BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
VARY = Has("Vary", r"(?i)(.*[, \t])?(accept|\*)([, \t].*)?", "a list with `Accept`")
PNG = "image/png"


def wanted(path: str, accept: str, *expects: Expectation) -> Exchange:
    return Exchange((get(path, f"Accept: {accept}"),), expects)


def negotiated(form: Expectation, *accepts: str) -> tuple[Exchange, ...]:
    """A page that is there in that form for each of these Accept fields."""
    return tuple(wanted("/test", accept, SHOWN, form) for accept in accepts)


RULES = (
    Rule(
        id="representations-json",
        stage=5,
        sentence="Asked for application/json, /test is JSON: an object whose `message` is the page's text.",
        hint="Look into Accept; json.dumps(data).encode(), and Content-Type: application/json.",
        section="RFC 9110 §12.5.1",
        needs=(*ROOT, "route-test"),
        exchanges=(wanted("/test", "application/json", SHOWN, JSON, MemberOf("message", str)),),
    ),
    Rule(
        id="representations-json-pages",
        stage=5,
        sentence="The other pages are there as JSON as well: / with `links`, a list; /time with `time`, a string.",
        hint="Let each view return data, and one function for all make HTML or JSON of it.",
        section="the service, representations",
        needs=("representations-json", "route-time"),
        exchanges=(
            wanted("/", "application/json", SHOWN, JSON, MemberOf("links", list)),
            wanted("/time", "application/json", SHOWN, JSON, MemberOf("time", str)),
        ),
    ),
    Rule(
        id="representations-json-name",
        stage=5,
        sentence="/hello/<name> as JSON has the name in `name`, as it is.",
        hint="What goes into JSON is the name itself, not what is escaped for HTML.",
        section="the service, representations",
        routes=HELLO,
        needs=("representations-json", "parameters-hello-percent"),
        exchanges=(
            wanted("/hello/World", "application/json", SHOWN, JSON, Member("name", "World")),
            wanted("/hello/%3C%22%26%5C", "application/json", SHOWN, JSON, Member("name", '<"&\\')),
        ),
    ),
    Rule(
        id="representations-json-utf8",
        stage=5,
        sentence="JSON is UTF-8, whatever the script of the name.",
        hint="json.dumps(data).encode('utf-8').",
        section="RFC 8259 §8.1",
        routes=HELLO,
        needs=("representations-json-name", "parameters-hello-utf8"),
        exchanges=(
            wanted("/hello/J%C3%BCrgen", "application/json", Member("name", "J\u00fcrgen")),
            wanted("/hello/%F0%9F%90%8D", "application/json", Member("name", "\U0001f40d")),
        ),
    ),
    Rule(
        id="representations-html",
        stage=5,
        sentence="Browsers, and clients that do not say what they prefer, get HTML.",
        hint="A browser's Accept begins with text/html and ends with */*: that is no wish for JSON.",
        section="the service, representations",
        needs=(*ROOT, "respond-content-type", "route-test"),
        exchanges=(Exchange((get("/test"),), (SHOWN, HTML)), *negotiated(HTML, BROWSERS, "text/html", "text/*")),
    ),
    Rule(
        id="representations-html-ties",
        stage=5,
        sentence="Where a client likes both as much, it gets HTML.",
        hint="Take JSON only where its weight is greater than HTML's.",
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
        sentence="Of two forms that a client accepts, it gets the one with the higher q.",
        hint="Read the q of each element of Accept, which is 1 where it is not given, and compare.",
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
        sentence="A q of 0 means: not this one.",
        hint="A weight of 0 is not a small preference but a refusal.",
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
        sentence="The element of Accept that fits best counts: text/html before text/*, and that before */*.",
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
        sentence="In media types letter case does not count.",
        hint="Compare media types in lower case.",
        section="RFC 9110 §8.3.1",
        needs=("representations-json",),
        exchanges=negotiated(JSON, "Application/JSON"),
    ),
    Rule(
        id="representations-accept-invalid",
        stage=5,
        sentence="Elements of Accept that are none are passed over.",
        hint="Take what matches the grammar, and go on with the next element where one does not.",
        section="the service, representations",
        needs=("representations-quality",),
        exchanges=negotiated(JSON, "???, application/json", "text, application/json;q=0.2", ", ;q=1, application/json"),
    ),
    Rule(
        id="representations-accept-lines",
        stage=5,
        sentence="Two Accept lines are one list.",
        hint="Join the values of fields of the same name with a comma.",
        section="RFC 9110 §5.3",
        needs=("representations-quality",),
        exchanges=(
            Exchange((get("/test", "Accept: text/html;q=0.5", "Accept: application/json"),), (SHOWN, JSON)),
            Exchange((get("/test", "Accept: application/json", "Accept: text/html;q=0.5"),), (SHOWN, JSON)),
        ),
    ),
    Rule(
        id="representations-vary",
        stage=5,
        sentence="An answer whose form depends on Accept says so in Vary, the not-found page included.",
        hint="Send Vary: Accept with the HTML and with the JSON; a cache would otherwise give one for the other.",
        section="RFC 9110 §12.5.5",
        needs=("representations-json", "representations-html", "route-unknown"),
        exchanges=tuple(
            wanted(path, accept, VARY) for path in ("/test", UNKNOWN) for accept in ("text/html", "application/json")
        ),
    ),
    Rule(
        id="representations-problem",
        stage=5,
        sentence="Asked for JSON, an error is problem details: application/problem+json, with the same status.",
        hint="Content-Type: application/problem+json; a client tells errors from data by it.",
        section="RFC 9457 §3",
        needs=("representations-json", "route-unknown"),
        exchanges=(wanted(UNKNOWN, "application/json", NOT_FOUND, PROBLEM),),
    ),
    Rule(
        id="representations-problem-members",
        stage=5,
        sentence="Problem details are an object with `status`, the code, and `title`, its reason phrase.",
        hint='{"type": "about:blank", "title": "Not Found", "status": 404, "detail": ...}.',
        section="RFC 9457 §3.1",
        needs=("representations-problem",),
        exchanges=(wanted(UNKNOWN, "application/json", Member("status", 404), Member("title", "Not Found")),),
    ),
    Rule(
        id="representations-problem-detail",
        stage=5,
        sentence="`detail` says in a sentence what went wrong.",
        hint="Tell which path was not found: a reader of logs will be grateful.",
        section="RFC 9457 §3.1.4",
        level="SHOULD",
        needs=("representations-problem-members",),
        exchanges=(wanted(UNKNOWN, "application/json", MemberOf("detail", str), BodyHolds(UNKNOWN.encode())),),
    ),
    Rule(
        id="representations-problem-accept",
        stage=5,
        sentence="Asked for application/problem+json, an error is that too.",
        hint="Two media types admit problem details: application/json, and their own.",
        section="RFC 9457 §3",
        needs=("representations-problem",),
        exchanges=(wanted(UNKNOWN, "application/problem+json", NOT_FOUND, PROBLEM),),
    ),
    Rule(
        id="representations-not-acceptable",
        stage=5,
        sentence="A client that takes neither HTML nor JSON gets 406.",
        hint="Where both weights are 0, there is nothing to send: 406.",
        section="RFC 9110 §15.5.7",
        level="SHOULD",
        needs=("representations-quality-zero",),
        exchanges=(
            wanted("/test", PNG, Status(406)),
            wanted("/test", "text/html;q=0, application/json;q=0", Status(406)),
        ),
    ),
    Rule(
        id="representations-not-acceptable-list",
        stage=5,
        sentence="A 406 lists the forms that there are.",
        hint="Name text/html and application/json in the page, so that the client can ask again.",
        section="RFC 9110 §15.5.7",
        level="SHOULD",
        needs=("representations-not-acceptable",),
        exchanges=(
            wanted("/test", PNG, When(Status(406), Shows("text/html")), When(Status(406), Shows("application/json"))),
        ),
    ),
    Rule(
        id="representations-not-acceptable-errors",
        stage=5,
        sentence="What is not found stays 404, whatever the client takes.",
        hint="406 takes the place of a page that is there; an error is told in HTML, if need be.",
        section="RFC 9110 §12.1",
        level="SHOULD",
        needs=("representations-not-acceptable", "route-unknown"),
        exchanges=(wanted(UNKNOWN, PNG, NOT_FOUND),),
    ),
)
