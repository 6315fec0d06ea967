"""Stage 10, Files and caching, still: what every answer tells a browser to beware of."""

from collections.abc import Iterator
from dataclasses import dataclass

from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.request import get, last
from http_contract.http.response import Response
from http_contract.rules.content import HTML
from http_contract.rules.expectations import All, Framed, Has, Lacks, OfAnswer, When
from http_contract.rules.hostile import repelled
from http_contract.rules.model import Exchange, Expectation, Failure, Rule
from http_contract.rules.stage03_route import UNKNOWN
from http_contract.rules.stage05_parameters import ROOT
from http_contract.rules.stage07_persistence import BAD_LENGTH
from http_contract.rules.stage10_files import FILES, STYLE, at

NOSNIFF = Has("X-Content-Type-Options", r"(?i)nosniff", "`nosniff`")
FRAMES = Has("X-Frame-Options", r"(?i)deny", "`DENY`")
SAFE = "no-referrer(-when-downgrade)?|same-origin|(strict-)?origin(-when-cross-origin)?"
REFERRER = Has("Referrer-Policy", rf"(?i)([a-z-]+[ \t]*,[ \t]*)*({SAFE})", "a policy such as `same-origin`")
GUARDS = (NOSNIFF, FRAMES, REFERRER)
POLICY = "Content-Security-Policy"


def everywhere(*expects: Expectation) -> tuple[Exchange, ...]:
    """The pages that each server has, in both forms, and errors."""
    return (
        *(Exchange((get(path),), expects) for path in ("/", "/test", "/time", UNKNOWN)),
        Exchange((get("/test", "Accept: application/json"),), expects),
        Exchange((last("DELETE", "/"),), expects),
    )


@dataclass(frozen=True)
class OwnOnly(OfAnswer):
    """The policy lets a page have what comes from its own server, and no script at all."""

    def __str__(self) -> str:
        return "a policy that allows no script, and nothing from elsewhere"

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
        sentence="Every page tells browsers to believe its media type.",
        hint="Send `X-Content-Type-Options: nosniff` with every answer, errors and JSON among them.",
        section="the service, every page",
        needs=ROOT,
        exchanges=everywhere(NOSNIFF),
    ),
    Rule(
        id="security-frames",
        stage=10,
        sentence="No page may be shown within another one.",
        hint="Send `X-Frame-Options: DENY` with every answer: in a frame, a page's buttons can be hidden under others.",
        section="the service, every page",
        needs=ROOT,
        exchanges=everywhere(FRAMES),
    ),
    Rule(
        id="security-referrer",
        stage=10,
        sentence="Every page says how much of its address a browser may tell to others.",
        hint="Send `Referrer-Policy: same-origin` with every answer.",
        section="the service, every page",
        needs=ROOT,
        exchanges=everywhere(REFERRER),
    ),
    Rule(
        id="security-policy",
        stage=10,
        sentence="Every page in HTML says what it may load.",
        hint="Send a Content-Security-Policy with HTML: what text slips through unescaped is then no script at least.",
        section="the service, every page",
        needs=(*ROOT, "respond-content-type"),
        exchanges=everywhere(When(HTML, Has(POLICY))),
    ),
    Rule(
        id="security-policy-own",
        stage=10,
        sentence="That is no script, and nothing that comes from elsewhere.",
        hint="`default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'`, and no 'unsafe-inline'.",
        section="the service, every page",
        needs=("security-policy",),
        exchanges=everywhere(When(HTML, OwnOnly())),
    ),
    Rule(
        id="security-error",
        stage=10,
        sentence="All this holds for the page of a server error as well.",
        hint="Add these fields in one place, which all answers pass.",
        section="the service, every page",
        routes=("/error",),
        needs=("security-nosniff", "security-frames", "security-referrer"),
        exchanges=(Exchange((get("/error"),), GUARDS),),
    ),
    Rule(
        id="security-files",
        stage=10,
        sentence="A file, too, tells browsers to believe its media type.",
        hint="Send `X-Content-Type-Options: nosniff` with files: a text file that looks like HTML is none.",
        section="the service, every page",
        routes=FILES,
        needs=("files-served", "security-nosniff"),
        exchanges=(at("/files/hello.txt", NOSNIFF), at("/files/three-ways.png", NOSNIFF)),
    ),
    Rule(
        id="security-style",
        stage=10,
        sentence="So does the stylesheet.",
        hint="Serve the stylesheet by the same function as the files.",
        section="the service, every page",
        routes=STYLE,
        needs=("files-style", "security-nosniff"),
        exchanges=(at("/style.css", NOSNIFF),),
    ),
    Rule(
        id="security-not-modified",
        stage=10,
        sentence="So does a 304.",
        hint="Make the fields as for 200, then leave out those about the content.",
        section="the service, every page",
        level="SHOULD",
        routes=FILES,
        needs=("caching-none-match-any", "security-files", "security-frames", "security-referrer"),
        exchanges=(at("/files/hello.txt", *GUARDS, fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="security-refused",
        stage=10,
        sentence="So does the answer to what is no request; and it has a Date, and tells its own end.",
        hint="Write the answer to a broken request with the function that writes all the others.",
        section="the service, every page",
        level="SHOULD",
        needs=("persistence-error", "security-nosniff", "respond-length-told", "respond-date"),
        exchanges=repelled(BAD_LENGTH, expects=All(NOSNIFF, Has("Date"), Framed())),
    ),
    Rule(
        id="security-silence",
        stage=10,
        sentence="No answer names the software that made it.",
        hint="Leave out Server and X-Powered-By: they tell an attacker where to begin, and nobody else anything.",
        section="RFC 9110 §10.2.4",
        level="SHOULD",
        needs=ROOT,
        exchanges=(
            *everywhere(Lacks("Server"), Lacks("X-Powered-By")),
            *repelled(BAD_LENGTH, expects=All(Lacks("Server"), Lacks("X-Powered-By"))),
        ),
    ),
)
