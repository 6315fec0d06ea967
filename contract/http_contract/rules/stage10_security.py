"""Stage 10, Files and caching: the security fields of every response."""

from collections.abc import Iterator
from dataclasses import dataclass

from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.request import get, last
from http_contract.http.response import Response
from http_contract.rules.common import BAD_LENGTH, ROOT, UNKNOWN
from http_contract.rules.content import HTML
from http_contract.rules.expectations import All, Framed, Has, Lacks, OfAnswer, When
from http_contract.rules.hostile import may_close
from http_contract.rules.model import Exchange, Expectation, Failure, Rule
from http_contract.rules.stage10_files import FILES, STYLE, get_file

NOSNIFF = Has("X-Content-Type-Options", r"(?i)nosniff", "`nosniff`")
FRAMES = Has("X-Frame-Options", r"(?i)deny", "`DENY`")
SAFE = "no-referrer(-when-downgrade)?|same-origin|(strict-)?origin(-when-cross-origin)?"
REFERRER = Has("Referrer-Policy", rf"(?i)([a-z-]+[ \t]*,[ \t]*)*({SAFE})", "a policy such as `same-origin`")
GUARDS = (NOSNIFF, FRAMES, REFERRER)
POLICY = "Content-Security-Policy"


def on_every_page(*expects: Expectation) -> tuple[Exchange, ...]:
    """Return exchanges for the core pages, in HTML and JSON, and for errors."""
    return (
        *(Exchange((get(path),), expects) for path in ("/", "/test", "/time", UNKNOWN)),
        Exchange((get("/test", "Accept: application/json"),), expects),
        Exchange((last("DELETE", "/"),), expects),
    )


@dataclass(frozen=True)
class OwnOnly(OfAnswer):
    """The policy allows content of the own server only, and no scripts."""

    def __str__(self) -> str:
        return "a policy that allows no scripts and nothing from other servers"

    def about(self, response: Response) -> Iterator[Failure]:
        policies = (response.get(POLICY) or "").split(",")
        found = [list(gaps(directives(policy))) for policy in policies]
        if all(found):  # of several policies, each takes its part away
            for code, params in found[0]:
                yield Failure(code, params, response.offset_of(POLICY))


def directives(policy: str) -> dict[str, list[str]]:
    """Return the values of each directive of a policy."""
    parts = (part.lower().split() for part in policy.split(";"))
    return {words[0]: words[1:] for words in parts if words}


def gaps(policy: dict[str, list[str]]) -> Iterator[tuple[str, Params]]:
    """Yield a code and its parameters for each thing that a policy allows and no page of the service needs."""
    for name in sorted({"default-src", "form-action"} - policy.keys()):
        yield "policy-lacks", Params(name=name)
    for name, sources in policy.items():
        foreign = {*sources} - {"'self'", "'none'"}
        if foreign and ("-src" in name or name in ("form-action", "base-uri", "frame-ancestors")):
            yield "policy-allows", Params(name=name, sources=sorted(foreign))
    if "'self'" in policy.get("script-src", policy.get("default-src", [])):
        yield "policy-scripts", NO_PARAMS


RULES = (
    Rule(
        id="security-nosniff",
        stage=10,
        sentence="Every page forbids browsers to guess its media type.",
        hint="Send `X-Content-Type-Options: nosniff` with every response, errors and JSON included.",
        section="the service, every page",
        needs=ROOT,
        exchanges=on_every_page(NOSNIFF),
    ),
    Rule(
        id="security-frames",
        stage=10,
        sentence="Every page forbids browsers to show it in a frame.",
        hint="Send `X-Frame-Options: DENY` with every response. Otherwise another site can hide your page under "
        "its own buttons.",
        section="the service, every page",
        needs=ROOT,
        exchanges=on_every_page(FRAMES),
    ),
    Rule(
        id="security-referrer",
        stage=10,
        sentence="Every page limits how much of its address a browser sends to other sites.",
        hint="Send `Referrer-Policy: same-origin` with every response.",
        section="the service, every page",
        needs=ROOT,
        exchanges=on_every_page(REFERRER),
    ),
    Rule(
        id="security-policy",
        stage=10,
        sentence="Every HTML page has a Content-Security-Policy.",
        hint="Send Content-Security-Policy with HTML. It stops scripts in text that was not escaped by mistake.",
        section="the service, every page",
        needs=(*ROOT, "respond-content-type"),
        exchanges=on_every_page(When(HTML, Has(POLICY))),
    ),
    Rule(
        id="security-policy-own",
        stage=10,
        sentence="The Content-Security-Policy allows no scripts and nothing from other servers.",
        hint="Send `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'`, without "
        "'unsafe-inline'.",
        section="the service, every page",
        needs=("security-policy",),
        exchanges=on_every_page(When(HTML, OwnOnly())),
    ),
    Rule(
        id="security-error",
        stage=10,
        sentence="The page of a server error has the same security fields as every other page.",
        hint="Add these fields in one place that all responses pass through.",
        section="the service, every page",
        routes=("/error",),
        needs=("security-nosniff", "security-frames", "security-referrer"),
        exchanges=(Exchange((get("/error"),), GUARDS),),
    ),
    Rule(
        id="security-files",
        stage=10,
        sentence="Every file forbids browsers to guess its media type.",
        hint="Send `X-Content-Type-Options: nosniff` with files. Otherwise a browser may read a text file as HTML.",
        section="the service, every page",
        routes=FILES,
        needs=("files-served", "security-nosniff"),
        exchanges=(get_file("/files/hello.txt", NOSNIFF), get_file("/files/three-ways.png", NOSNIFF)),
    ),
    Rule(
        id="security-style",
        stage=10,
        sentence="The stylesheet forbids browsers to guess its media type.",
        hint="Serve the stylesheet with the same function as the files.",
        section="the service, every page",
        routes=STYLE,
        needs=("files-style", "security-nosniff"),
        exchanges=(get_file("/style.css", NOSNIFF),),
    ),
    Rule(
        id="security-not-modified",
        stage=10,
        sentence="A 304 response has the same security fields as the file.",
        hint="Build the fields as for 200, then leave out those about the content.",
        section="the service, every page",
        level="SHOULD",
        routes=FILES,
        needs=("caching-none-match-any", "security-files", "security-frames", "security-referrer"),
        exchanges=(get_file("/files/hello.txt", *GUARDS, fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="security-bad-request",
        stage=10,
        sentence="The response to a malformed request has nosniff, a Date field and a length.",
        hint="Send the response to a malformed request with the same function as all other responses.",
        section="the service, every page",
        level="SHOULD",
        needs=("persistence-error", "security-nosniff", "respond-length-given", "respond-date"),
        exchanges=may_close(BAD_LENGTH, expects=All(NOSNIFF, Has("Date"), Framed())),
    ),
    Rule(
        id="security-no-software",
        stage=10,
        sentence="No response names the software of the server.",
        hint="Leave out Server and X-Powered-By. They help attackers and nobody else.",
        section="the service, every page",
        level="SHOULD",
        needs=ROOT,
        exchanges=(
            *on_every_page(Lacks("Server"), Lacks("X-Powered-By")),
            *may_close(BAD_LENGTH, expects=All(Lacks("Server"), Lacks("X-Powered-By"))),
        ),
    ),
)
