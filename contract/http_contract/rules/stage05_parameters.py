"""Stage 5, Parameters and representations: what a path says, and the request shown as data."""

import string
from urllib.parse import urljoin

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import JSON_WANTED, get, request
from http_contract.http.response import Response
from http_contract.rules.content import FieldTold, Member, Records, Shows
from http_contract.rules.expectations import BodyLacks, Complete, NoBody, SomeBody, Status, Without, first
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, expect, failed

ROOT = ("route-index", "respond-length")  # without these, nothing of this stage can be judged
HELLO = ("/hello/<name>",)
STATUS = ("/status/<int:code>",)
HOME = ("/home",)
INSPECT = ("/inspect",)

HTML_WANTED = "Accept: text/html"
TAG = "<x7q>"  # no page has such a tag of its own
SHOWN = Status(200)
NOT_FOUND = Status(404)
REDIRECTS = (301, 302, 303, 307, 308)

SUCCESSES = (200, 201, 202)
CLIENT_ERRORS = (400, 403, 404, 409, 410, 422, 429)
SERVER_ERRORS = (500, 502, 503, 504)
WORDS = ("abc", "200x", "x200", "2.5", "")
ODD_NUMBERS = ("+200", "-200", "%20200", "2_0_0", "%D9%A2%D9%A0%D9%A0")  # the last is 200 in Arabic digits
OUTSIDE = (0, 99, 100, 101, 199, 299, 301, 399, 599, 600, 999, 100000)


def at(path: str, *expects: Expectation) -> Exchange:
    """Ask for the page as a browser would."""
    return Exchange((get(path, HTML_WANTED),), expects)


def inspected(target: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return Exchange((get(target, JSON_WANTED, *fields),), (SHOWN, *expects))


def queried(*pairs: tuple[str, str]) -> Records:
    return Records("query", ("name", "value"), pairs)


def greets(name: str, text: str) -> Exchange:
    return at(f"/hello/{name}", SHOWN, Shows(text))


def statuses(*codes: int) -> tuple[Exchange, ...]:
    return tuple(at(f"/status/{code}", Status(code), Complete()) for code in codes)


def nowhere(*paths: str) -> tuple[Exchange, ...]:
    return tuple(at(path, NOT_FOUND) for path in paths)


def greets_anyone(server: Server) -> None:
    """Ask for /hello/ and a random name, three times; each answer is 200 and shows the name."""
    random = server.random("parameters-hello")
    for _ in range(3):
        name = "".join(random.choices(string.ascii_letters, k=12))
        expect(server.ask(get(f"/hello/{name}", HTML_WANTED)), SHOWN, Shows(name))


def location_is_index(server: Server) -> None:
    """Ask for /home; Location leads to / of this server, be it as a path or as a URL."""
    transcript = server.ask(get("/home"))
    response, root = first(transcript), server.origin
    if location(response, f"{root}/home").rstrip("/") != root:
        params = Params(value=excerpt(response.get("Location") or ""))
        raise failed(Failure("wrong-location", params, response.offset_of("Location")), transcript)


def location(response: Response, base: str) -> str:
    """Where Location leads, as a client takes it (RFC 9110 §10.2.2); nowhere without one."""
    value = response.get("Location")
    return "" if value is None else urljoin(base, value)


RULES = (
    Rule(
        id="parameters-hello",
        stage=5,
        sentence="/hello/<name> greets whoever the path names.",
        hint="A route with a parameter: what stands after /hello/, up to the next slash, is the name.",
        section="the service, /hello",
        routes=HELLO,
        needs=ROOT,
        exchanges=(greets("World", "World"), greets("O.K.-1_2~3", "O.K.-1_2~3")),
        check=greets_anyone,
    ),
    Rule(
        id="parameters-hello-percent",
        stage=5,
        sentence="A name that is percent-encoded is greeted as what it stands for.",
        hint="Decode the path once, with urllib.parse.unquote(), before the name is taken from it.",
        section="RFC 3986 §2.1",
        routes=HELLO,
        needs=("parameters-hello", "route-percent"),
        exchanges=(
            greets("Ada%20Lovelace", "Ada Lovelace"),
            greets("%41da%3a%3D", "Ada:="),
            greets("50%2525", "50%25"),
        ),
    ),
    Rule(
        id="parameters-hello-plus",
        stage=5,
        sentence="In a path, a plus is a plus and no space.",
        hint="unquote_plus() is for queries and forms; for paths it is unquote().",
        section="RFC 3986 §2.2",
        routes=HELLO,
        needs=("parameters-hello",),
        exchanges=(greets("a+b", "a+b"),),
    ),
    Rule(
        id="parameters-hello-utf8",
        stage=5,
        sentence="Names in any script are greeted: the octets that percent-encoding stands for are UTF-8.",
        hint="Decode the path as UTF-8, encode the page as UTF-8, and say so in Content-Type.",
        section="RFC 3986 §2.5",
        routes=HELLO,
        needs=("parameters-hello-percent",),
        exchanges=(
            greets("J%C3%BCrgen", "J\u00fcrgen"),
            greets("%E4%B8%96%E7%95%8C", "\u4e16\u754c"),
            greets("%F0%9F%90%8D", "\U0001f40d"),
        ),
    ),
    Rule(
        id="parameters-hello-special",
        stage=5,
        sentence="A name with <, >, & and quotes is shown as it is.",
        hint="html.escape() turns each of them into a reference that browsers show as the character.",
        section="the service, text from the request",
        routes=HELLO,
        needs=("parameters-hello-percent",),
        exchanges=(greets("%3Cx7q%3E%26amp;%22'", f"{TAG}&amp;\"'"),),
    ),
    Rule(
        id="parameters-hello-escaped",
        stage=5,
        sentence="A name never becomes markup of the page.",
        hint="html.escape(name), or a template that escapes by itself: otherwise a link can run scripts in your page.",
        section="the service, text from the request",
        routes=HELLO,
        needs=("parameters-hello-percent",),
        exchanges=(at("/hello/%3Cx7q%3E", BodyLacks(TAG.encode())),),
    ),
    Rule(
        id="parameters-hello-segments",
        stage=5,
        sentence="A name is one segment: /hello/a/b, /hello/ and /hello are 404.",
        hint="Match the whole path, and let the name be one or more characters other than a slash: [^/]+.",
        section="RFC 3986 §3.3",
        routes=HELLO,
        needs=("parameters-hello",),
        exchanges=nowhere("/hello/a/b", "/hello/", "/hello"),
    ),
    Rule(
        id="parameters-hello-slash",
        stage=5,
        sentence="An encoded slash makes two segments too: /hello/a%2Fb is 404.",
        hint="Decode the path first, match it then.",
        section="the service, paths",
        routes=HELLO,
        needs=("parameters-hello-segments", "parameters-hello-percent"),
        exchanges=tuple(at(path, Status(400, 404)) for path in ("/hello/a%2Fb", "/hello/a%2fb")),
    ),
    Rule(
        id="parameters-not-found-escaped",
        stage=5,
        sentence="A path never becomes markup of the not-found page.",
        hint="Escape whatever comes from the request wherever it is shown, in error pages as well.",
        section="the service, text from the request",
        needs=(*ROOT, "route-unknown"),
        exchanges=(at("/no%3Cx7q%3E", BodyLacks(TAG.encode())),),
    ),
    Rule(
        id="parameters-status-success",
        stage=5,
        sentence="/status/<code> is answered with that status: 200, 201, 202.",
        hint="A route with a number: /status/<int:code>; the number becomes the status.",
        section="RFC 9110 §15.3",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*SUCCESSES),
    ),
    Rule(
        id="parameters-status-client-error",
        stage=5,
        sentence="/status/<code> is answered with that status: 400, 403, 404 and others that say it was the client.",
        hint="http.HTTPStatus names the codes and their reason phrases.",
        section="RFC 9110 §15.5",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*CLIENT_ERRORS),
    ),
    Rule(
        id="parameters-status-server-error",
        stage=5,
        sentence="/status/<code> is answered with that status: 500, 502, 503 and 504.",
        hint="A page with status 500 is no crash: the next request is answered as any other.",
        section="RFC 9110 §15.6",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*SERVER_ERRORS),
    ),
    Rule(
        id="parameters-status-204",
        stage=5,
        sentence="/status/204 ends with its head: No Content means not a byte.",
        hint="Leave out the page where the status is 204; a client takes it for the next answer.",
        section="RFC 9110 §15.3.5",
        routes=STATUS,
        needs=ROOT,
        exchanges=(at("/status/204", Status(204), Complete(), NoBody()),),
    ),
    Rule(
        id="parameters-status-204-length",
        stage=5,
        sentence="A 204 has no Content-Length, not even 0, and no Transfer-Encoding.",
        hint="Set Content-Length for answers that may have content only.",
        section="RFC 9110 §8.6",
        routes=STATUS,
        needs=("parameters-status-204",),
        exchanges=(at("/status/204", Without("length-forbidden")),),
    ),
    Rule(
        id="parameters-status-205",
        stage=5,
        sentence="/status/205 has no content, and says so by a length of 0.",
        hint="Unlike 204, a 205 does not end with its head by itself: send Content-Length: 0.",
        section="RFC 9110 §15.3.6",
        routes=STATUS,
        needs=ROOT,
        exchanges=(Exchange((request("GET", "/status/205", HTML_WANTED),), (Status(205), Complete(), NoBody())),),
    ),
    Rule(
        id="parameters-status-304",
        stage=5,
        sentence="/status/304 ends with its head, whatever its Content-Length.",
        hint="Leave out the page where the status is 304: the client has it already.",
        section="RFC 9110 §15.4.5",
        routes=STATUS,
        needs=ROOT,
        exchanges=(at("/status/304", Status(304), Complete(), NoBody()),),
    ),
    Rule(
        id="parameters-status-words",
        stage=5,
        sentence="/status/ with anything that is no number is 404.",
        hint="Let the route match digits only, so that a word leads nowhere: [0-9]+.",
        section="the service, paths",
        routes=STATUS,
        needs=("parameters-status-success",),
        exchanges=nowhere(*(f"/status/{word}" for word in WORDS), "/status/200/200"),
    ),
    Rule(
        id="parameters-status-digits",
        stage=5,
        sentence="A number is digits from 0 to 9, without sign, space or underscore.",
        hint="int() takes much more than digits, and so does \\d: match [0-9]+ before.",
        section="the service, paths",
        routes=STATUS,
        needs=("parameters-status-words", "route-percent"),
        exchanges=nowhere(*(f"/status/{number}" for number in ODD_NUMBERS)),
    ),
    Rule(
        id="parameters-status-outside",
        stage=5,
        sentence="A code that the service does not serve is 404.",
        hint="Look the number up among those that you serve; above all, never send a status under 200 as an answer.",
        section="the service, /status",
        routes=STATUS,
        needs=("parameters-status-success",),
        exchanges=nowhere(*(f"/status/{code}" for code in OUTSIDE)),
    ),
    Rule(
        id="parameters-redirect",
        stage=5,
        sentence="/home sends the client elsewhere: its status is a redirect.",
        hint="301 and a Location field; the browser does the rest.",
        section="RFC 9110 §15.4",
        routes=HOME,
        needs=ROOT,
        exchanges=(at("/home", Status(*REDIRECTS)),),
    ),
    Rule(
        id="parameters-redirect-location",
        stage=5,
        sentence="Location tells where to: to the index page.",
        hint="Location: /; make it from the route's name, so that it stays right when the path changes.",
        section="RFC 9110 §10.2.2",
        routes=HOME,
        needs=("parameters-redirect",),
        check=location_is_index,
    ),
    Rule(
        id="parameters-redirect-permanent",
        stage=5,
        sentence="/home has moved for good: 301.",
        hint="302 and 307 mean `for now`; 301 and 308 mean `from now on`.",
        section="RFC 9110 §15.4.2",
        routes=HOME,
        needs=("parameters-redirect",),
        exchanges=(at("/home", Status(301, 308)),),
    ),
    Rule(
        id="parameters-inspect",
        stage=5,
        sentence="/inspect tells, in JSON, what the server saw: `method`, `path` and `version` (such as `HTTP/1.1`).",
        hint="The request line has all three; hand the request to the view.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-json",),
        exchanges=(
            inspected(
                "/inspect?a=1", Member("method", "GET"), Member("path", "/inspect"), Member("version", "HTTP/1.1")
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-query",
        stage=5,
        sentence="/inspect tells the pairs of the query in their order, repeats too:"
        ' in JSON `query` is [{"name": ..., "value": ...}, ...].',
        hint="A dict loses repeats: keep a list of pairs, as urllib.parse.parse_qsl() makes it.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-json",),
        exchanges=(
            inspected("/inspect", queried()),
            inspected("/inspect?b=2&a=1&b=1&b=2", queried(("b", "2"), ("a", "1"), ("b", "1"), ("b", "2"))),
        ),
    ),
    Rule(
        id="parameters-inspect-query-decoded",
        stage=5,
        sentence="The pairs of the query are decoded: percent-encoding, UTF-8, and plus as space.",
        hint="Split at & and =, then decode each part: unquote_plus(part).",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query",),
        exchanges=(
            inspected("/inspect?a=x+y%2Bz", queried(("a", "x y+z"))),
            inspected("/inspect?%C3%BC=%E4%B8%96", queried(("\u00fc", "\u4e16"))),
            inspected("/inspect?a%3Db=c%26d&e=f=g", queried(("a=b", "c&d"), ("e", "f=g"))),
        ),
    ),
    Rule(
        id="parameters-inspect-query-no-utf8",
        stage=5,
        sentence="Octets in the query that are no UTF-8 do no harm: each becomes U+FFFD.",
        hint="Decode with errors='replace', as unquote_plus() does by itself.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query-decoded",),
        exchanges=(inspected("/inspect?a=x%FFy", queried(("a", "x\ufffdy"))),),
    ),
    Rule(
        id="parameters-inspect-query-empty",
        stage=5,
        sentence="A pair of the query may lack its value: a= and b are pairs as well.",
        hint="parse_qsl(query, keep_blank_values=True).",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query",),
        exchanges=(inspected("/inspect?a=&b&c=1", queried(("a", ""), ("b", ""), ("c", "1"))),),
    ),
    Rule(
        id="parameters-inspect-fields",
        stage=5,
        sentence="/inspect tells the header fields of the request:"
        ' in JSON `headers` is [{"name": ..., "value": ...}, ...].',
        hint="A field is what stands before and after the first colon of its line, without the white space around.",
        section="RFC 9110 §5",
        routes=INSPECT,
        needs=("parameters-json",),
        exchanges=(
            inspected(
                "/inspect",
                FieldTold("X-Colour", ("sea green: #2e8b57",)),
                FieldTold("X-Shape", ("round",)),
                fields=("X-Colour: sea green: #2e8b57", "x-shape: round"),
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-fields-space",
        stage=5,
        sentence="White space before and after a header field's value is no part of it, and none is needed.",
        hint="Split at the first colon, then strip spaces and tabs: value.strip(' \\t').",
        section="RFC 9112 §5.1",
        routes=INSPECT,
        needs=("parameters-inspect-fields",),
        exchanges=(
            inspected(
                "/inspect",
                FieldTold("X-Colour", ("red",)),
                FieldTold("X-Shape", ("round",)),
                fields=("X-Colour: \t red \t ", "X-Shape:round"),
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-fields-repeated",
        stage=5,
        sentence="A header field that comes twice is told with both values, in their order.",
        hint="A dict of fields keeps the last line only: keep a list, or join the values with a comma.",
        section="RFC 9110 §5.3",
        routes=INSPECT,
        needs=("parameters-inspect-fields",),
        exchanges=(
            inspected("/inspect", FieldTold("X-Colour", ("red", "blue")), fields=("X-Colour: red", "X-Colour: blue")),
        ),
    ),
    Rule(
        id="parameters-inspect-page",
        stage=5,
        sentence="The page of /inspect shows the query and the header fields, and none of it becomes markup.",
        hint="Escape names and values alike.",
        section="the service, text from the request",
        routes=INSPECT,
        needs=("parameters-inspect-query-decoded", "parameters-inspect-fields"),
        exchanges=(
            Exchange(
                (get("/inspect?a=seen-in-query%3Cx7q%3E", HTML_WANTED, "X-Colour: seen-in-field<x7q>"),),
                (
                    SHOWN,
                    SomeBody(),
                    Shows(f"seen-in-query{TAG}"),
                    Shows(f"seen-in-field{TAG}"),
                    BodyLacks(TAG.encode()),
                ),
            ),
        ),
    ),
)
