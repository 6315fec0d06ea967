"""Stage 3, Route: the right page for each path, and the not-found page for every other path."""

import string
from random import Random

from http_contract.client.server import Server
from http_contract.http.request import ANY_PAGE, get
from http_contract.rules.common import NOT_FOUND, UNKNOWN
from http_contract.rules.expectations import All, BodyContains, Either, NoReset, Status
from http_contract.rules.model import Exchange, Expectation, Rule, expect

LONG_PATH = "/" + 7899 * "x"

# A redirect to the right path also shows that this path is a different one.
NOT_THIS_PAGE = (Status(404, 301, 302, 307, 308),)
NOT_FOUND_OR_BAD = (Status(400, 404), NoReset())
BROKEN_PATH = (Status(301, 400, 404), NoReset())  # RFC 9112 §3.2 also allows a redirect to the encoded path
TOO_LONG_PATH = (Either(All(*NOT_FOUND_OR_BAD), Status(414)),)
PAGE = (Status(200),)
PAGES = (("/", PAGE), ("/test", PAGE), (UNKNOWN, NOT_FOUND))

# As Chromium and Firefox send them; curl -g sends { } ^ and ` in paths, too.
BROWSER_QUERIES = ("filter[name]=x", "q=a|b", "q={1}", "q=^", "q=`", "q=a\\b", "q=100%", "q=%zz")
BROWSER_NAMES = ("[x]", "a|b", "{x}", "^`")

BROWSER = """\
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate, br, zstd
Upgrade-Insecure-Requests: 1
Sec-Fetch-Dest: document
Sec-Fetch-Mode: navigate
Sec-Fetch-Site: none
Sec-Fetch-User: ?1
Priority: u=0, i"""
CURL = """\
User-Agent: curl/8.14.1
Accept: */*"""
CRAWLER = """\
User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Accept: text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8"""


def get_page(path: str, *expects: Expectation) -> Exchange:
    return Exchange((get(path),), expects)


def then_still_serving(*exchanges: Exchange) -> tuple[Exchange, ...]:
    """Return the exchanges, then one that every running server passes."""
    return *exchanges, get_page(ANY_PAGE, *PAGE)


def requests_of(agent: str) -> tuple[Exchange, ...]:
    """Return requests for the pages with the header fields of a client."""
    return tuple(Exchange((get(path, *agent.splitlines()),), expects) for path, expects in PAGES)


def random_path(random: Random) -> str:
    return "/" + "".join(random.choices(string.ascii_lowercase + string.digits, k=random.randint(6, 20)))


def random_paths_unknown(server: Server) -> None:
    """Send GET for five random paths of one segment. Each response must be 404."""
    random = server.random("route-random-unknown")
    for _ in range(5):
        expect(server.ask(get(random_path(random))), *NOT_FOUND)


RULES = (
    Rule(
        id="route-index",
        stage=3,
        sentence="The server responds to GET / with the index page and status 200.",
        hint="The path is the second word of the request line. Respond with 200 if your table of routes contains it.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(get_page("/", *PAGE),),
    ),
    Rule(
        id="route-test",
        stage=3,
        sentence="The server responds to GET /test with the test page and status 200.",
        hint="Look the path up in a table from paths to functions that make pages.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(get_page("/test", *PAGE),),
    ),
    Rule(
        id="route-time",
        stage=3,
        sentence="The server responds to GET /time with the time page and status 200.",
        hint="Look the path up in a table from paths to functions that make pages.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(get_page("/time", *PAGE),),
    ),
    Rule(
        id="route-time-html",
        stage=3,
        sentence="The server responds to GET /time.html with the time page and status 200.",
        hint="Two paths in the table may lead to the same function.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(get_page("/time.html", *PAGE),),
    ),
    Rule(
        id="route-unknown",
        stage=3,
        sentence="The server responds 404 to a path that no route matches.",
        hint="Respond with the not-found page and status 404 if the table of routes does not contain the path.",
        section="RFC 9110 §15.5.5",
        needs=("listen-answers",),
        exchanges=(get_page(UNKNOWN, *NOT_FOUND),),
    ),
    Rule(
        id="route-unknown-named",
        stage=3,
        sentence="The not-found page contains the path that was not found.",
        hint="Pass the path to the function that makes the not-found page, and escape it for HTML there.",
        section="RFC 9110 §15.5",
        level="SHOULD",
        needs=("route-unknown",),
        exchanges=(get_page(UNKNOWN, BodyContains(UNKNOWN.encode())),),
    ),
    Rule(
        id="route-random-unknown",
        stage=3,
        sentence="The server responds 404 to every path that no route matches, random paths included.",
        hint="Do not list the unknown paths. Every path is unknown except those in the table of routes.",
        section="RFC 9110 §15.5.5",
        needs=("route-unknown",),
        check=random_paths_unknown,
    ),
    Rule(
        id="route-user-agent",
        stage=3,
        sentence="The server sends the same pages to a browser, to curl and to a crawler.",
        hint="Find the page by its path alone. There is no need to read User-Agent.",
        section="the service, paths",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(*requests_of(BROWSER), *requests_of(CURL), *requests_of(CRAWLER)),
    ),
    Rule(
        id="route-query",
        stage=3,
        sentence="The server ignores the query, the part after the question mark, when it looks for the page.",
        hint="Split the target at the first `?`, and look up the part before it.",
        section="the service, paths",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(
            get_page("/?a=1", *PAGE),
            get_page("/test?a=1&b=/x?y", *PAGE),
            get_page(f"{UNKNOWN}?/test", *NOT_FOUND),
        ),
    ),
    Rule(
        id="route-browser-query",
        stage=3,
        sentence="The server accepts a query with the characters that browsers send without percent-encoding.",
        hint="Accept brackets, braces, `|`, `^`, the backtick, the backslash and a bare `%` in a query.",
        section="the service, paths",
        level="SHOULD",
        needs=("route-query",),
        exchanges=tuple(get_page(f"/test?{query}", *PAGE) for query in BROWSER_QUERIES),
    ),
    Rule(
        id="route-browser-path",
        stage=3,
        sentence="The server responds 404, not 400, to an unknown path with the characters that browsers send without "
        "percent-encoding.",
        hint="Accept brackets, braces, `|`, `^` and the backtick in a path.",
        section="the service, paths",
        level="SHOULD",
        needs=("route-unknown",),
        exchanges=tuple(get_page(f"{UNKNOWN}/{name}", *NOT_FOUND) for name in BROWSER_NAMES),
    ),
    Rule(
        id="route-case",
        stage=3,
        sentence="The server does not serve the test page at /TEST, because paths are case-sensitive.",
        hint="Look the path up as it is. Do not convert it to lower case.",
        section="RFC 3986 §6.2.2.1",
        needs=("route-test", "route-unknown"),
        exchanges=(get_page("/TEST", *NOT_THIS_PAGE), get_page("/Time", *NOT_THIS_PAGE)),
    ),
    Rule(
        id="route-final-slash",
        stage=3,
        sentence="The server does not serve the test page at /test/, because /test/ and /test are different paths.",
        hint="Look the path up as it is. Do not remove a final slash, and compare the whole path, not its beginning.",
        section="RFC 3986 §3.3",
        needs=("route-test", "route-unknown"),
        exchanges=(get_page("/test/", *NOT_THIS_PAGE),),
    ),
    Rule(
        id="route-double-slash",
        stage=3,
        sentence="The server does not serve the test page at //test, because //test and /test are different paths.",
        hint="Look the path up as it is. Many URL parsers read the word after // as a host name.",
        section="RFC 3986 §3.3",
        level="SHOULD",
        needs=("route-test", "route-unknown"),
        exchanges=(get_page("//test", *NOT_THIS_PAGE),),
    ),
    Rule(
        id="route-percent",
        stage=3,
        sentence="The server decodes percent-encoded letters in a path, so that /%74est is /test.",
        hint="Percent-decode the path before you look it up.",
        section="RFC 3986 §6.2.2.2",
        needs=("route-test",),
        exchanges=(get_page("/%74est", *PAGE),),
    ),
    Rule(
        id="route-percent-broken",
        stage=3,
        sentence="The server responds 400 or 404 to a path with a percent sign that two hexadecimal digits do "
        "not follow, or redirects to a valid path.",
        hint="Check that two hexadecimal digits follow each `%`, and respond with 400 if they do not.",
        section="RFC 3986 §2.1",
        needs=("respond-page", "route-unknown"),
        exchanges=then_still_serving(
            get_page("/%", *BROKEN_PATH), get_page("/%4", *BROKEN_PATH), get_page("/%zz", *BROKEN_PATH)
        ),
    ),
    Rule(
        id="route-percent-not-utf8",
        stage=3,
        sentence="The server responds 400 or 404 to /%ff, which is not valid UTF-8 once it is decoded.",
        hint="Decoding bytes as UTF-8 can fail. Replace the invalid bytes, or catch the error and respond with 400.",
        section="RFC 3986 §2.5",
        needs=("respond-page", "route-unknown"),
        exchanges=then_still_serving(get_page("/%ff", *NOT_FOUND_OR_BAD)),
    ),
    Rule(
        id="route-percent-nul",
        stage=3,
        sentence="The server responds 400 or 404 to /%00.",
        hint="Functions that open files fail if the path contains a NUL. Respond before the path reaches them.",
        section="RFC 3986 §7.3",
        needs=("respond-page", "route-unknown"),
        exchanges=then_still_serving(get_page("/%00", *NOT_FOUND_OR_BAD)),
    ),
    Rule(
        id="route-percent-crlf",
        stage=3,
        sentence="The server responds 400 or 404 to /%0d%0a.",
        hint="Split the request into lines first, then decode the path.",
        section="RFC 3986 §7.3",
        needs=("respond-page", "route-unknown"),
        exchanges=then_still_serving(get_page("/%0d%0a", *NOT_FOUND_OR_BAD)),
    ),
    Rule(
        id="route-long",
        stage=3,
        sentence="The server responds 400, 404 or 414 to an unknown path of 7,900 characters and does not crash.",
        hint="Read until the empty line has arrived. A server should accept request lines of at least 8,000 octets.",
        section="RFC 9112 §3",
        needs=("respond-page", "route-unknown"),
        exchanges=then_still_serving(get_page(LONG_PATH, *TOO_LONG_PATH)),
    ),
    Rule(
        id="route-absolute-form",
        stage=3,
        sentence="The server serves the same page when the target is a whole URL, as clients send it to proxies.",
        hint="If the target begins with http://, remove the scheme and the host before you look the path up.",
        section="RFC 9112 §3.2.2",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(
            get_page("{origin}/test", *PAGE),
            get_page("{origin}/", *PAGE),
            get_page(f"{{origin}}{UNKNOWN}", *NOT_FOUND),
        ),
    ),
)
