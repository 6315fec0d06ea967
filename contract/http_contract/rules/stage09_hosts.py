"""Stage 9, Hostile input: whom a request is for."""

from http_contract.rules.expectations import Complete, Status
from http_contract.rules.hostile import BAD, REFUSED, borne, raw
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.stage05_parameters import ROOT

OLD = raw("GET / HTTP/1.0", host="")


ODD = ("a_b;c=d", "%C3%A9.example:", "[v1.a:b]")  # by the grammar of RFC 3986 §3.2.2


def hosted(*hosts: str) -> bytes:
    return raw("GET / HTTP/1.1", *(f"Host: {host}" for host in hosts), host="")


def absolute(host: str) -> bytes:
    """A request that is not for that host, as its target says."""
    return raw("GET {origin}/ HTTP/1.1", host=f"Host: {host}")


RULES = (
    Rule(
        id="hosts-missing",
        stage=9,
        sentence="A request of HTTP/1.1 without Host is answered 400.",
        hint="Look for the Host field before you route; HTTP/1.1 demands it.",
        section="RFC 9112 §3.2",
        needs=ROOT,
        exchanges=borne(hosted(), expects=BAD),
    ),
    Rule(
        id="hosts-two",
        stage=9,
        sentence="A request with two Host fields is answered 400.",
        hint="Count the Host lines before you put fields into a dict, which keeps one of them.",
        section="RFC 9112 §3.2",
        needs=("hosts-missing",),
        exchanges=borne(hosted("{authority}", "{authority}"), hosted("{authority}", "elsewhere.example"), expects=BAD),
    ),
    Rule(
        id="hosts-list",
        stage=9,
        sentence="A Host that names two hosts is answered 400.",
        hint="A host has no white space: match the whole value against the grammar.",
        section="RFC 9112 §3.2",
        needs=("hosts-missing",),
        exchanges=borne(hosted("{authority}, elsewhere.example"), expects=BAD),
    ),
    Rule(
        id="hosts-userinfo",
        stage=9,
        sentence="A Host with a user in it is answered 400.",
        hint="Host is name and port alone; an @ does not belong there.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=borne(hosted("user@{authority}"), hosted("user:secret@{authority}"), expects=BAD),
    ),
    Rule(
        id="hosts-path",
        stage=9,
        sentence="A Host with a path in it is answered 400.",
        hint="Host is name and port alone; match the whole value, not its beginning.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=borne(hosted("{authority}/test"), hosted("http://{authority}"), expects=BAD),
    ),
    Rule(
        id="hosts-grammar",
        stage=9,
        sentence="A Host that is no name or address, with or without a port, is answered 400.",
        hint="Match the whole value against the grammar: a port is digits, an IPv6 address stands in brackets.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=borne(
            hosted("localhost:port"),
            hosted("localhost:80:80"),
            hosted("[::1"),
            hosted("[::1]80"),
            hosted("local host"),
            hosted("local<host>"),
            hosted("local%host"),
            hosted("l\xf6calhost"),
            expects=BAD,
        ),
    ),
    Rule(
        id="hosts-empty",
        stage=9,
        sentence="An empty Host is answered, whatever the answer.",
        hint="Do not split the value before you know that there is one.",
        section="RFC 9112 §3.2",
        needs=ROOT,
        exchanges=borne(hosted("")),
    ),
    Rule(
        id="hosts-unknown",
        stage=9,
        sentence="A host that the server does not serve is answered 400, 404 or 421.",
        hint="Compare Host with a list of the names that you answer for: a page may ask for yours by another's name.",
        section="RFC 9110 §7.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=borne(hosted("elsewhere.example"), expects=Status(400, 404, 421)),
    ),
    Rule(
        id="hosts-absolute",
        stage=9,
        sentence="The host in an absolute target counts, not the one in Host.",
        hint="With http://host/path in the request line, take the host from there and pass over Host.",
        section="RFC 9112 §3.2.2",
        needs=("route-absolute-form",),
        exchanges=borne(absolute("elsewhere.example"), expects=Status(200)),
    ),
    Rule(
        id="hosts-unusual",
        stage=9,
        sentence="A name of odd but legal characters is no error of grammar, even where it is not for the server.",
        hint="A name may have _ ; = and percent-encoding: refuse it if you do not know it, not for how it looks.",
        section="RFC 3986 §3.2.2",
        needs=("hosts-absolute",),
        exchanges=(*borne(*map(hosted, ODD)), *borne(*map(absolute, ODD), expects=Status(200))),
    ),
    Rule(
        id="hosts-absolute-missing",
        stage=9,
        sentence="A target that begins with http:// and names no host is refused.",
        hint="Do not fall back to Host: what stands between // and the next / must not be empty.",
        section="RFC 9110 §4.2.1",
        needs=("route-absolute-form",),
        exchanges=borne(raw("GET http:///test HTTP/1.1"), raw("GET http://:80/test HTTP/1.1"), expects=REFUSED),
    ),
    Rule(
        id="hosts-http10",
        stage=9,
        sentence="HTTP/1.0 needs no Host.",
        hint="Demand Host only where the request line says HTTP/1.1.",
        section="RFC 9112 §3.2",
        needs=("persistence-http10",),
        exchanges=(Exchange((OLD,), (Status(200), Complete())),),
    ),
)
