"""Stage 9, Hostile input: the Host field."""

from http_contract.http.request import ANY_PAGE
from http_contract.rules.common import ROOT
from http_contract.rules.expectations import Complete, Status
from http_contract.rules.hostile import BAD_REQUEST, REJECTED, must_survive, raw_head
from http_contract.rules.model import Exchange, Rule

HTTP10 = raw_head(f"GET {ANY_PAGE} HTTP/1.0", host="")
UNUSUAL = ("a_b;c=d", "%C3%A9.example:", "[v1.a:b]")  # legal by the grammar of RFC 3986 §3.2.2


def with_hosts(*hosts: str) -> bytes:
    return raw_head(f"GET {ANY_PAGE} HTTP/1.1", *(f"Host: {host}" for host in hosts), host="")


def absolute_target(host: str) -> bytes:
    """Return a request whose target names this server and whose Host field names another."""
    return raw_head("GET {origin}/ HTTP/1.1", host=f"Host: {host}")


RULES = (
    Rule(
        id="hosts-missing",
        stage=9,
        sentence="The server responds 400 to an HTTP/1.1 request without a Host field.",
        hint="Check the Host field before you look for a page. HTTP/1.1 requires it.",
        section="RFC 9112 §3.2",
        needs=ROOT,
        exchanges=must_survive(with_hosts(), expects=BAD_REQUEST),
    ),
    Rule(
        id="hosts-two",
        stage=9,
        sentence="The server responds 400 to a request with two Host fields.",
        hint="Count the Host lines before you put the fields into a map, which stores only one of them.",
        section="RFC 9112 §3.2",
        needs=("hosts-missing",),
        exchanges=must_survive(
            with_hosts("{authority}", "{authority}"),
            with_hosts("{authority}", "elsewhere.example"),
            expects=BAD_REQUEST,
        ),
    ),
    Rule(
        id="hosts-list",
        stage=9,
        sentence="The server responds 400 to a Host field with two hosts.",
        hint="A host contains no white space. Match the whole value against the grammar.",
        section="RFC 9112 §3.2",
        needs=("hosts-missing",),
        exchanges=must_survive(with_hosts("{authority}, elsewhere.example"), expects=BAD_REQUEST),
    ),
    Rule(
        id="hosts-userinfo",
        stage=9,
        sentence="The server responds 400 to a Host field that contains a user.",
        hint="Host is a name and a port. Reject a value with an @.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=must_survive(
            with_hosts("user@{authority}"), with_hosts("user:secret@{authority}"), expects=BAD_REQUEST
        ),
    ),
    Rule(
        id="hosts-path",
        stage=9,
        sentence="The server responds 400 to a Host field that contains a path.",
        hint="Host is a name and a port. Match the whole value, not only its beginning.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=must_survive(with_hosts("{authority}/test"), with_hosts("http://{authority}"), expects=BAD_REQUEST),
    ),
    Rule(
        id="hosts-grammar",
        stage=9,
        sentence="The server responds 400 to a Host field that is not a valid name or address with an optional port.",
        hint="Match the whole value against the grammar. A port is digits, and an IPv6 address is in brackets.",
        section="RFC 9112 §3.2",
        needs=("hosts-list",),
        exchanges=must_survive(
            with_hosts("localhost:port"),
            with_hosts("localhost:80:80"),
            with_hosts("[::1"),
            with_hosts("[::1]80"),
            with_hosts("local host"),
            with_hosts("local<host>"),
            with_hosts("local%host"),
            with_hosts("l\xf6calhost"),
            expects=BAD_REQUEST,
        ),
    ),
    Rule(
        id="hosts-empty",
        stage=9,
        sentence="The server responds to a request with an empty Host field.",
        hint="Check that the value is not empty before you split it.",
        section="RFC 9112 §3.2",
        needs=ROOT,
        exchanges=must_survive(with_hosts("")),
    ),
    Rule(
        id="hosts-unknown",
        stage=9,
        sentence="The server responds 400, 403, 404 or 421 to a host that it does not serve.",
        hint="Compare Host with the names that you serve. Otherwise another site's name can be pointed at your server.",
        section="RFC 9110 §7.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=must_survive(with_hosts("elsewhere.example"), expects=Status(400, 403, 404, 421)),
    ),
    Rule(
        id="hosts-absolute",
        stage=9,
        sentence="The server uses the host of an absolute target and ignores the Host field.",
        hint="If the request line contains http://host/path, take the host from there.",
        section="RFC 9112 §3.2.2",
        needs=("route-absolute-form",),
        exchanges=must_survive(absolute_target("elsewhere.example"), expects=Status(200)),
    ),
    Rule(
        id="hosts-unusual",
        stage=9,
        sentence="The server accepts unusual but legal characters in a host name as valid grammar.",
        hint="A name may contain `_`, `;`, `=` and percent-encoding. Reject it because you do not serve it, not "
        "because of its form.",
        section="RFC 3986 §3.2.2",
        needs=("hosts-absolute",),
        exchanges=(
            *must_survive(*map(with_hosts, UNUSUAL)),
            *must_survive(*map(absolute_target, UNUSUAL), expects=Status(200)),
        ),
    ),
    Rule(
        id="hosts-absolute-missing",
        stage=9,
        sentence="The server rejects an http:// target without a host.",
        hint="Check that the text between // and the next / is not empty. Do not use the Host field in its place.",
        section="RFC 9110 §4.2.1",
        needs=("route-absolute-form",),
        exchanges=must_survive(
            raw_head("GET http:///test HTTP/1.1"), raw_head("GET http://:80/test HTTP/1.1"), expects=REJECTED
        ),
    ),
    Rule(
        id="hosts-http10",
        stage=9,
        sentence="The server accepts an HTTP/1.0 request without a Host field.",
        hint="Require Host only if the request line has the version HTTP/1.1.",
        section="RFC 9112 §3.2",
        needs=("persistence-http10",),
        exchanges=(Exchange((HTTP10,), (Status(200), Complete())),),
    ),
)
