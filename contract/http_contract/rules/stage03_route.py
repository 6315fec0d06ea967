"""Stage 3, Route: the right page for each path, and the not-found page for all others."""

import string
from random import Random

from http_contract.client.server import Server
from http_contract.http.request import get
from http_contract.rules.expectations import All, BodyHolds, Either, NoReset, SomeBody, Status
from http_contract.rules.model import Exchange, Expectation, Rule, expect

UNKNOWN = "/no-such-page"
LONG = "/" + 7899 * "x"

PAGE = (Status(200), SomeBody())
NOT_FOUND = (Status(404), SomeBody())
# A redirect to the right path says as well that this one is not it.
NOT_IT = (Status(404, 301, 302, 307, 308),)
REFUSED = (Status(400, 404), NoReset())
TOO_LONG = (Either(All(*REFUSED), Status(414)),)
ANSWERED = (Status(200),)
PAGES = (("/", PAGE), ("/test", PAGE), (UNKNOWN, NOT_FOUND))

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


def at(path: str, *expects: Expectation) -> Exchange:
    return Exchange((get(path),), expects)


def then_alive(*exchanges: Exchange) -> tuple[Exchange, ...]:
    """The exchanges, and then one that any living server can do."""
    return *exchanges, at("/", *ANSWERED)


def asked_by(agent: str) -> tuple[Exchange, ...]:
    """What such a client asks with the header fields that it sends."""
    return tuple(Exchange((get(path, *agent.splitlines()),), expects) for path, expects in PAGES)


def random_path(random: Random) -> str:
    return "/" + "".join(random.choices(string.ascii_lowercase + string.digits, k=random.randint(6, 20)))


def random_paths_unknown(server: Server) -> None:
    """Ask for five random paths of one segment; each is 404, with content."""
    random = server.random("route-random-unknown")
    for _ in range(5):
        expect(server.ask(get(random_path(random))), *NOT_FOUND)


RULES = (
    Rule(
        id="route-index",
        stage=3,
        sentence="/ is the index page.",
        hint="The path is the second word of the request line. Answer 200 for one that you know.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(at("/", *PAGE),),
    ),
    Rule(
        id="route-test",
        stage=3,
        sentence="/test is the test page.",
        hint="Look the path up in a table of paths and views.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(at("/test", *PAGE),),
    ),
    Rule(
        id="route-time",
        stage=3,
        sentence="/time is the time page.",
        hint="Look the path up in a table of paths and views.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(at("/time", *PAGE),),
    ),
    Rule(
        id="route-time-html",
        stage=3,
        sentence="/time.html is the time page, too.",
        hint="Two paths may lead to one view.",
        section="RFC 9110 §15.3.1",
        needs=("listen-answers",),
        exchanges=(at("/time.html", *PAGE),),
    ),
    Rule(
        id="route-unknown",
        stage=3,
        sentence="A path that leads nowhere is 404, with a page that says so.",
        hint="What is not in the table gets the not-found page, and status 404 instead of 200.",
        section="RFC 9110 §15.5.5",
        needs=("listen-answers",),
        exchanges=(at(UNKNOWN, *NOT_FOUND),),
    ),
    Rule(
        id="route-unknown-named",
        stage=3,
        sentence="The not-found page names the path that was not found.",
        hint="Hand the path to the not-found view, and escape it: html.escape(path).",
        section="RFC 9110 §15.5",
        level="SHOULD",
        needs=("route-unknown",),
        exchanges=(at(UNKNOWN, BodyHolds(UNKNOWN.encode())),),
    ),
    Rule(
        id="route-random-unknown",
        stage=3,
        sentence="So is any other path that leads nowhere.",
        hint="Do not list the paths that are unknown: all are but those in the table.",
        section="RFC 9110 §15.5.5",
        needs=("route-unknown",),
        check=random_paths_unknown,
    ),
    Rule(
        id="route-user-agent",
        stage=3,
        sentence="Who asks makes no difference: a browser, curl and a crawler get the same pages.",
        hint="Look at the path alone to find the page. There is no need to read User-Agent.",
        section="RFC 9110 §10.1.5",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(*asked_by(BROWSER), *asked_by(CURL), *asked_by(CRAWLER)),
    ),
    Rule(
        id="route-query",
        stage=3,
        sentence="The query, after the question mark, takes no part in finding the page.",
        hint="Split the target at the first '?' and look up what stands before it.",
        section="RFC 3986 §3.4",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(at("/?a=1", *PAGE), at("/test?a=1&b=/x?y", *PAGE), at(f"{UNKNOWN}?/test", *NOT_FOUND)),
    ),
    Rule(
        id="route-case",
        stage=3,
        sentence="/TEST is not /test: in a path, letter case counts.",
        hint="Do not call lower() on the path.",
        section="RFC 3986 §6.2.2.1",
        needs=("route-test", "route-unknown"),
        exchanges=(at("/TEST", *NOT_FOUND), at("/Time", *NOT_FOUND)),
    ),
    Rule(
        id="route-final-slash",
        stage=3,
        sentence="/test/ is not /test.",
        hint="Look the path up as it is, without strip('/') or startswith().",
        section="RFC 3986 §3.3",
        needs=("route-test", "route-unknown"),
        exchanges=(at("/test/", *NOT_IT),),
    ),
    Rule(
        id="route-double-slash",
        stage=3,
        sentence="//test is not /test.",
        hint="Look the path up as it is; beware of urlsplit(), which takes //test for a host name.",
        section="RFC 3986 §3.3",
        level="SHOULD",
        needs=("route-test", "route-unknown"),
        exchanges=(at("//test", *NOT_IT),),
    ),
    Rule(
        id="route-percent",
        stage=3,
        sentence="/%74est is /test: a percent-encoded letter is that letter.",
        hint="Decode the path before looking it up: urllib.parse.unquote(path).",
        section="RFC 3986 §6.2.2.2",
        needs=("route-test",),
        exchanges=(at("/%74est", *PAGE),),
    ),
    Rule(
        id="route-percent-broken",
        stage=3,
        sentence="A percent sign without two hexadecimal digits is 404 or 400, and no crash.",
        hint="Two hexadecimal digits must follow each '%'; handle the paths in which they don't.",
        section="RFC 3986 §2.1",
        needs=("route-index", "route-unknown"),
        exchanges=then_alive(at("/%", *REFUSED), at("/%4", *REFUSED), at("/%zz", *REFUSED)),
    ),
    Rule(
        id="route-percent-not-utf8",
        stage=3,
        sentence="/%ff, which is no UTF-8 once decoded, is 404 or 400, and no crash.",
        hint="Decode with errors='replace', or catch UnicodeDecodeError and answer 400.",
        section="RFC 3986 §2.5",
        needs=("route-index", "route-unknown"),
        exchanges=then_alive(at("/%ff", *REFUSED)),
    ),
    Rule(
        id="route-percent-nul",
        stage=3,
        sentence="/%00 is 404 or 400, and no crash.",
        hint="A NUL in a path makes open() raise ValueError: answer before it gets there.",
        section="RFC 3986 §7.3",
        needs=("route-index", "route-unknown"),
        exchanges=then_alive(at("/%00", *REFUSED)),
    ),
    Rule(
        id="route-percent-crlf",
        stage=3,
        sentence="/%0d%0a is 404 or 400, and no crash.",
        hint="Decode the path after the request is split into lines, not before.",
        section="RFC 3986 §7.3",
        needs=("route-index", "route-unknown"),
        exchanges=then_alive(at("/%0d%0a", *REFUSED)),
    ),
    Rule(
        id="route-long",
        stage=3,
        sentence="A path of 7,900 characters is 404 or 400 like any unknown one, and no crash.",
        hint="Receive until the empty line has come; request lines of 8,000 octets are to be expected.",
        section="RFC 9112 §3",
        needs=("route-index", "route-unknown"),
        exchanges=then_alive(at(LONG, *TOO_LONG)),
    ),
    Rule(
        id="route-absolute-form",
        stage=3,
        sentence="A target that is a whole URL, as proxies get, leads to the same page.",
        hint="Where the target begins with http://, drop the scheme and the authority.",
        section="RFC 9112 §3.2.2",
        needs=("route-index", "route-test", "route-unknown"),
        exchanges=(
            at("{origin}/test", *PAGE),
            at("{origin}/", *PAGE),
            at(f"{{origin}}{UNKNOWN}", *NOT_FOUND),
        ),
    ),
)
