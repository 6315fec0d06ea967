"""Stage 5, Parameters and representations: parameters in paths, redirects, and the request as data."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from http_contract.client.server import Server
from http_contract.http.params import Params, excerpt
from http_contract.http.request import ACCEPT_JSON, get, request
from http_contract.http.response import Response
from http_contract.rules.common import ACCEPT_HTML, NOT_STORED, OK, OWN_TAG, ROOT, STATUS
from http_contract.rules.content import FieldListed, Member, Records, Shows
from http_contract.rules.expectations import BodyLacks, Complete, NoBody, OfAnswer, SomeBody, Status, Without, first
from http_contract.rules.model import Exchange, Expectation, Failure, Rule, expect, failed

HELLO = ("/hello/<name>",)
HOME = ("/home",)
INSPECT = ("/inspect",)

NOT_FOUND_STATUS = Status(404)
REDIRECTS = (301, 302, 303, 307, 308)

SUCCESS_CODES = (200, 201, 202)
CLIENT_ERROR_CODES = (400, 403, 404, 409, 410, 422, 429)
SERVER_ERROR_CODES = (500, 502, 503, 504)
# IANA's registry of status codes; some libraries have older phrases for 413 and 422.
REASON_PHRASES = {404: "Not Found", 413: "Content Too Large", 422: "Unprocessable Content", 503: "Service Unavailable"}
WORDS = ("abc", "200x", "x200", "2.5", "")
ODD_NUMBERS = ("+200", "-200", "%20200", "2_0_0", "%D9%A2%D9%A0%D9%A0")  # the last is 200 in Arabic digits
OUTSIDE = (0, 99, 100, 101, 199, 299, 301, 399, 599, 600, 999, 100000)


@dataclass(frozen=True)
class ReasonPhrase(OfAnswer):
    """The reason phrase is the one that IANA lists for the status, or empty."""

    def __str__(self) -> str:
        return "the registered reason phrase, or none"

    def about(self, response: Response) -> Iterator[Failure]:
        phrase = REASON_PHRASES.get(response.status, response.reason)
        if response.reason not in ("", phrase):
            yield Failure("wrong-reason", Params(reason=excerpt(response.reason), phrase=phrase), response.start)


def get_html(path: str, *expects: Expectation) -> Exchange:
    """Return an exchange that asks for HTML, as browsers do."""
    return Exchange((get(path, ACCEPT_HTML),), expects)


def inspects(target: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return Exchange((get(target, ACCEPT_JSON, *fields),), (OK, *expects))


def query_is(*pairs: tuple[str, str]) -> Records:
    return Records("query", ("name", "value"), pairs)


def greets(name: str, text: str) -> Exchange:
    return get_html(f"/hello/{name}", OK, Shows(text))


def statuses(*codes: int) -> tuple[Exchange, ...]:
    return tuple(get_html(f"/status/{code}", Status(code), Complete()) for code in codes)


def not_found(*paths: str) -> tuple[Exchange, ...]:
    return tuple(get_html(path, NOT_FOUND_STATUS) for path in paths)


def greets_random_names(server: Server) -> None:
    """Send GET for /hello/ and a random name, three times. Each response must be 200 and contain the name."""
    random = server.random("parameters-hello")
    for _ in range(3):
        name = "".join(random.choices(string.ascii_letters, k=12))
        expect(server.ask(get(f"/hello/{name}", ACCEPT_HTML)), OK, Shows(name))


def location_is_index(server: Server) -> None:
    """Send GET for /home. Location must lead to / on this server, as a path or as a URL."""
    transcript = server.ask(get("/home"))
    response, root = first(transcript), server.origin
    if location(response, f"{root}/home").rstrip("/") != root:
        params = Params(value=excerpt(response.get("Location") or ""))
        raise failed(Failure("wrong-location", params, response.offset_of("Location")), transcript)


def location(response: Response, base: str) -> str:
    """Return the URL that Location leads to (RFC 9110 §10.2.2), or nothing without the field."""
    value = response.get("Location")
    return "" if value is None else urljoin(base, value)


RULES = (
    Rule(
        id="parameters-hello",
        stage=5,
        sentence="The page /hello/<name> contains the name from the path.",
        hint="Add a route with a parameter: the name is the part of the path after /hello/, up to the next slash.",
        section="the service, /hello",
        routes=HELLO,
        needs=ROOT,
        exchanges=(greets("World", "World"), greets("O.K.-1_2~3", "O.K.-1_2~3")),
        check=greets_random_names,
    ),
    Rule(
        id="parameters-hello-percent",
        stage=5,
        sentence="The page /hello/<name> contains a percent-encoded name in its decoded form.",
        hint="Percent-decode the path exactly once, before you take the name from it.",
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
        sentence="The server reads a plus in a path as a plus, not as a space.",
        hint="A plus means a space only in queries and forms. Use the decoding function for paths.",
        section="RFC 3986 §2.2",
        routes=HELLO,
        needs=("parameters-hello",),
        exchanges=(greets("a+b", "a+b"),),
    ),
    Rule(
        id="parameters-hello-utf8",
        stage=5,
        sentence="The server decodes percent-encoded octets in a path as UTF-8, so that names may be in any script.",
        hint="Decode the path as UTF-8, encode the page as UTF-8, and send this charset in Content-Type.",
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
        sentence="The page /hello/<name> shows the characters <, >, & and quotation marks of a name as they are.",
        hint="Escape these characters for HTML. Browsers display each reference, such as `&lt;`, as its character.",
        section="the service, text from the request",
        routes=HELLO,
        needs=("parameters-hello-percent",),
        exchanges=(greets("%3Cx7q%3E%26amp;%22'", f"{OWN_TAG}&amp;\"'"),),
    ),
    Rule(
        id="parameters-hello-escaped",
        stage=5,
        sentence="A name in the path never becomes markup of the page.",
        hint="Escape the name for HTML, or use a template engine that does. Otherwise a link can run scripts in "
        "your page.",
        section="the service, text from the request",
        routes=HELLO,
        needs=("parameters-hello-percent",),
        exchanges=(get_html("/hello/%3Cx7q%3E", BodyLacks(OWN_TAG.encode())),),
    ),
    Rule(
        id="parameters-hello-segments",
        stage=5,
        sentence="The server responds 404 to /hello/a/b, /hello/ and /hello, because the name is exactly one segment.",
        hint="Match the whole path, and let the name be one or more characters other than a slash: `[^/]+`.",
        section="RFC 3986 §3.3",
        routes=HELLO,
        needs=("parameters-hello",),
        exchanges=not_found("/hello/a/b", "/hello/", "/hello"),
    ),
    Rule(
        id="parameters-hello-slash",
        stage=5,
        sentence="The server responds 400 or 404 to /hello/a%2Fb, because an encoded slash separates segments too.",
        hint="Decode the path first, then match it.",
        section="the service, paths",
        routes=HELLO,
        needs=("parameters-hello-segments", "parameters-hello-percent"),
        exchanges=tuple(get_html(path, Status(400, 404)) for path in ("/hello/a%2Fb", "/hello/a%2fb")),
    ),
    Rule(
        id="parameters-not-found-escaped",
        stage=5,
        sentence="The path in a request never becomes markup of the not-found page.",
        hint="Escape all text from the request wherever you print it, in error pages too.",
        section="the service, text from the request",
        needs=(*ROOT, "route-unknown"),
        exchanges=(get_html("/no%3Cx7q%3E", BodyLacks(OWN_TAG.encode())),),
    ),
    Rule(
        id="parameters-status-success",
        stage=5,
        sentence="The server responds to /status/<code> with the success statuses 200, 201 and 202.",
        hint="Add a route whose parameter is a number, and use the number as the status of the response.",
        section="the service, /status",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*SUCCESS_CODES),
    ),
    Rule(
        id="parameters-status-client-error",
        stage=5,
        sentence="The server responds to /status/<code> with the client error statuses 400, 403, 404, 409, 410, "
        "422 and 429.",
        hint="Look up the reason phrase of each code in a table. Most standard libraries have one.",
        section="the service, /status",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*CLIENT_ERROR_CODES),
    ),
    Rule(
        id="parameters-status-server-error",
        stage=5,
        sentence="The server responds to /status/<code> with the server error statuses 500, 502, 503 and 504.",
        hint="A page with status 500 is a normal response. Go on with the next request.",
        section="the service, /status",
        routes=STATUS,
        needs=ROOT,
        exchanges=statuses(*SERVER_ERROR_CODES),
    ),
    Rule(
        id="parameters-status-reason",
        stage=5,
        sentence="The reason phrases of the statuses are those that IANA lists today, or empty.",
        hint="Old tables have other phrases for 413 and 422. Write your own table if your library has an old one.",
        section="RFC 9110 §15",
        level="SHOULD",
        routes=STATUS,
        needs=("parameters-status-client-error", "parameters-status-server-error"),
        exchanges=tuple(get_html(f"/status/{code}", ReasonPhrase()) for code in REASON_PHRASES),
    ),
    Rule(
        id="parameters-status-204",
        stage=5,
        sentence="The response to /status/204 has no body.",
        hint="Leave out the page if the status is 204. A client reads every byte after the head as the next response.",
        section="RFC 9110 §15.3.5",
        routes=STATUS,
        needs=ROOT,
        exchanges=(get_html("/status/204", Status(204), Complete(), NoBody()),),
    ),
    Rule(
        id="parameters-status-204-length",
        stage=5,
        sentence="A 204 response contains neither Content-Length nor Transfer-Encoding.",
        hint="Set Content-Length only for responses that may have a body. `Content-Length: 0` is wrong here too.",
        section="RFC 9110 §8.6",
        routes=STATUS,
        needs=("parameters-status-204",),
        exchanges=(get_html("/status/204", Without("length-forbidden")),),
    ),
    Rule(
        id="parameters-status-205",
        stage=5,
        sentence="The response to /status/205 has no body and announces that.",
        hint="A 205 response does not end with its head. Send `Content-Length: 0`.",
        section="RFC 9110 §15.3.6",
        routes=STATUS,
        needs=ROOT,
        exchanges=(Exchange((request("GET", "/status/205", ACCEPT_HTML),), (Status(205), Complete(), NoBody())),),
    ),
    Rule(
        id="parameters-status-304",
        stage=5,
        sentence="The response to /status/304 has no body.",
        hint="Leave out the page if the status is 304, because the client already has it.",
        section="RFC 9110 §15.4.5",
        routes=STATUS,
        needs=ROOT,
        exchanges=(get_html("/status/304", Status(304), Complete(), NoBody()),),
    ),
    Rule(
        id="parameters-status-words",
        stage=5,
        sentence="The server responds 404 to /status/ with a word that is not a number.",
        hint="Let the route match only digits: `[0-9]+`.",
        section="the service, paths",
        routes=STATUS,
        needs=("parameters-status-success",),
        exchanges=not_found(*(f"/status/{word}" for word in WORDS), "/status/200/200"),
    ),
    Rule(
        id="parameters-status-digits",
        stage=5,
        sentence="The server responds 404 to /status/ with a sign, a space, an underscore or digits of other scripts.",
        hint="Functions that convert text to numbers often accept more than digits, and so may \\d. Match "
        "`[0-9]+` first.",
        section="the service, paths",
        routes=STATUS,
        needs=("parameters-status-words", "route-percent"),
        exchanges=not_found(*(f"/status/{number}" for number in ODD_NUMBERS)),
    ),
    Rule(
        id="parameters-status-outside",
        stage=5,
        sentence="The server responds 404 to /status/<code> with a code that the service does not serve.",
        hint="Look the number up in the list of codes that you serve. Never send a status below 200 as the "
        "final response.",
        section="the service, /status",
        routes=STATUS,
        needs=("parameters-status-success",),
        exchanges=not_found(*(f"/status/{code}" for code in OUTSIDE)),
    ),
    Rule(
        id="parameters-redirect",
        stage=5,
        sentence="The server responds to /home with a redirect.",
        hint="Send status 301 and a Location field. The browser does the rest.",
        section="the service, /home",
        routes=HOME,
        needs=ROOT,
        exchanges=(get_html("/home", Status(*REDIRECTS)),),
    ),
    Rule(
        id="parameters-redirect-location",
        stage=5,
        sentence="The Location field of the redirect leads to the index page.",
        hint="Send `Location: /`. Build it from the name of the route, so that it stays right if the path changes.",
        section="the service, /home",
        routes=HOME,
        needs=("parameters-redirect",),
        check=location_is_index,
    ),
    Rule(
        id="parameters-redirect-permanent",
        stage=5,
        sentence="The server responds to /home with a permanent redirect, 301 or 308.",
        hint="301 and 308 are permanent, 302 and 307 are temporary.",
        section="the service, /home",
        routes=HOME,
        needs=("parameters-redirect",),
        exchanges=(get_html("/home", Status(301, 308)),),
    ),
    Rule(
        id="parameters-inspect",
        stage=5,
        sentence="The server lists at /inspect, in JSON, the `method`, `path` and `version` (such as "
        "`HTTP/1.1`) of the request.",
        hint="All three are in the request line. Pass the request to the function that makes the page.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("representations-json",),
        exchanges=(
            inspects(
                "/inspect?a=1", Member("method", "GET"), Member("path", "/inspect"), Member("version", "HTTP/1.1")
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-query",
        stage=5,
        sentence="The server lists at /inspect all pairs of the query in their order, in JSON as `query`: "
        '[{"name": ..., "value": ...}, ...].',
        hint="A map from names to values loses repeated names. Use a list of pairs.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("representations-json",),
        exchanges=(
            inspects("/inspect", query_is()),
            inspects("/inspect?b=2&a=1&b=1&b=2", query_is(("b", "2"), ("a", "1"), ("b", "1"), ("b", "2"))),
        ),
    ),
    Rule(
        id="parameters-inspect-query-decoded",
        stage=5,
        sentence="The server decodes the pairs of the query: percent-encoding, UTF-8, and a plus as a space.",
        hint="Split the query at & and =, then decode each part.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query",),
        exchanges=(
            inspects("/inspect?a=x+y%2Bz", query_is(("a", "x y+z"))),
            inspects("/inspect?%C3%BC=%E4%B8%96", query_is(("\u00fc", "\u4e16"))),
            inspects("/inspect?a%3Db=c%26d&e=f=g", query_is(("a=b", "c&d"), ("e", "f=g"))),
        ),
    ),
    Rule(
        id="parameters-inspect-query-not-utf8",
        stage=5,
        sentence="The server replaces octets in the query that are not valid UTF-8 with U+FFFD.",
        hint="Decode with the option that replaces invalid bytes. Most UTF-8 decoders have one.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query-decoded",),
        exchanges=(inspects("/inspect?a=x%FFy", query_is(("a", "x\ufffdy"))),),
    ),
    Rule(
        id="parameters-inspect-query-empty",
        stage=5,
        sentence="The server lists pairs of the query that have no value, such as `a=` and `b`.",
        hint="Do not drop pairs whose value is empty. Some query parsers do that unless you set an option.",
        section="the service, /inspect",
        routes=INSPECT,
        needs=("parameters-inspect-query",),
        exchanges=(inspects("/inspect?a=&b&c=1", query_is(("a", ""), ("b", ""), ("c", "1"))),),
    ),
    Rule(
        id="parameters-inspect-fields",
        stage=5,
        sentence="The server lists at /inspect the header fields of the request, in JSON as `headers`: "
        '[{"name": ..., "value": ...}, ...].',
        hint="Split each line at its first colon, and remove the white space around the value.",
        section="RFC 9110 §5",
        routes=INSPECT,
        needs=("representations-json",),
        exchanges=(
            inspects(
                "/inspect",
                FieldListed("X-Colour", ("sea green: #2e8b57",)),
                FieldListed("X-Shape", ("round",)),
                fields=("X-Colour: sea green: #2e8b57", "x-shape: round"),
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-fields-space",
        stage=5,
        sentence="The server removes white space around the value of a header field and requires none.",
        hint="Split the line at its first colon, then remove spaces and tabs at both ends of the value.",
        section="RFC 9112 §5.1",
        routes=INSPECT,
        needs=("parameters-inspect-fields",),
        exchanges=(
            inspects(
                "/inspect",
                FieldListed("X-Colour", ("red",)),
                FieldListed("X-Shape", ("round",)),
                fields=("X-Colour: \t red \t ", "X-Shape:round"),
            ),
        ),
    ),
    Rule(
        id="parameters-inspect-fields-repeated",
        stage=5,
        sentence="The server lists both values of a header field that occurs twice, in their order.",
        hint="A map from names to values keeps only the last line. Use a list, or join the values with a comma.",
        section="RFC 9110 §5.3",
        routes=INSPECT,
        needs=("parameters-inspect-fields",),
        exchanges=(
            inspects("/inspect", FieldListed("X-Colour", ("red", "blue")), fields=("X-Colour: red", "X-Colour: blue")),
        ),
    ),
    Rule(
        id="parameters-inspect-not-stored",
        stage=5,
        sentence="The page /inspect forbids caches to store it, because it depends on all header fields.",
        hint="Send `Cache-Control: no-store` with the page.",
        section="RFC 9111 §5.2.2.5",
        level="SHOULD",
        routes=INSPECT,
        needs=("parameters-inspect",),
        exchanges=(inspects("/inspect", NOT_STORED), get_html("/inspect", NOT_STORED)),
    ),
    Rule(
        id="parameters-inspect-page",
        stage=5,
        sentence="The page /inspect contains the query and the header fields, and none of them becomes markup.",
        hint="Escape both names and values for HTML.",
        section="the service, text from the request",
        routes=INSPECT,
        needs=("parameters-inspect-query-decoded", "parameters-inspect-fields"),
        exchanges=(
            Exchange(
                (get("/inspect?a=seen-in-query%3Cx7q%3E", ACCEPT_HTML, "X-Colour: seen-in-field<x7q>"),),
                (
                    OK,
                    SomeBody(),
                    Shows(f"seen-in-query{OWN_TAG}"),
                    Shows(f"seen-in-field{OWN_TAG}"),
                    BodyLacks(OWN_TAG.encode()),
                ),
            ),
        ),
    ),
)
