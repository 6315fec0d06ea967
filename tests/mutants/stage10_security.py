"""Broken servers for stage 10, Files and caching: the security fields."""

from collections.abc import Callable

from raw_router.messages import Response
from tests.mutants.serving import Mutant, Serve, answering, replacing, saying, with_field, without_field
from tests.mutants.stage05_parameters import at
from tests.mutants.stage10_caching import on_304

NOSNIFF = "X-Content-Type-Options"
POLICY = "Content-Security-Policy"
OWN = "default-src 'none'; style-src 'self'; form-action 'self'"


def lacking(name: str) -> Callable[[Response], Response]:
    return lambda response: without_field(response, name)


def policed(policy: str) -> Serve:
    """Serve HTML with another policy."""
    return answering(
        lambda _, response: with_field(response, POLICY, policy) if response.content.startswith(b"<!") else response
    )


MUTANTS = (
    Mutant(id="no-nosniff", breaks=("security-nosniff",), serve=at(".*", lacking(NOSNIFF))),
    Mutant(
        id="404-without-nosniff",
        breaks=("security-nosniff",),
        serve=at(".*", lambda response: lacking(NOSNIFF)(response) if response.status == 404 else response),
    ),
    Mutant(id="no-frame-options", breaks=("security-frames",), serve=at(".*", lacking("X-Frame-Options"))),
    Mutant(
        id="frames-of-anybody",
        breaks=("security-frames",),
        serve=at(".*", lambda response: with_field(response, "X-Frame-Options", "ALLOWALL")),
    ),
    Mutant(
        id="tells-every-address",
        breaks=("security-referrer",),
        serve=at(".*", lambda response: with_field(response, "Referrer-Policy", "unsafe-url")),
    ),
    Mutant(id="no-policy", breaks=("security-policy",), serve=at("/.*", lacking(POLICY))),
    *(
        Mutant(id=id, breaks=("security-policy-own",), serve=policed(policy))
        for id, policy in (
            ("inline-styles", OWN.replace("style-src", "style-src 'unsafe-inline'")),
            ("own-scripts", OWN.replace("'none'", "'self'")),
            ("forms-to-anywhere", "default-src 'none'"),
            ("pictures-from-anywhere", f"{OWN}; img-src *"),
        )
    ),
    Mutant(id="unguarded-error", breaks=("security-error",), serve=at("/error", lacking("Referrer-Policy"))),
    Mutant(id="files-sniffed", breaks=("security-files",), serve=at("/files/.*", lacking(NOSNIFF))),
    Mutant(id="style-sniffed", breaks=("security-style",), serve=at("/style.css", lacking(NOSNIFF))),
    Mutant(id="304-sniffed", breaks=("security-not-modified",), serve=on_304(lacking(NOSNIFF))),
    Mutant(
        id="refusal-sniffed",
        breaks=("security-bad-request",),
        serve=saying(replacing(rb"(HTTP/1\.1 400 [^\0]*)X-Content-Type-Options: nosniff\r\n", rb"\1")),
    ),
    Mutant(
        id="names-itself",
        breaks=("security-no-software",),
        serve=saying(replacing(rb"(?<=\r\n)Date:", b"Server: mutant/1.0\r\nDate:")),
    ),
)
