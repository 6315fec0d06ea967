"""The causes that a failure can have, each with the predicates that, together, show it."""

from collections.abc import Callable
from dataclasses import dataclass

from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.predicates import (
    IN_USE,
    MISSING,
    MISTAKE,
    SUCCESS,
    UNDECODED,
    Predicate,
    asked,
    begins,
    by_a_part,
    by_few_words,
    by_missing,
    by_nothing,
    code,
    cut_off,
    either,
    ended,
    flawed,
    gone,
    headless,
    in_order,
    logs_error,
    lost_client,
    must_be_refused,
    needs_shell,
    not_started,
    of,
    raised,
    shows_error,
    silent,
    stage,
    starts_not,
    status,
    told_characters,
    told_with_head,
    without_length,
    wrote,
)
from http_contract.diagnosis.tracebacks import Raised
from http_contract.http.params import NO_PARAMS, Params

NO_FILE = "can't open file|Cannot find module '/"  # as Python and Node write
Detail = tuple[str, Params]
"""The code of what is known besides the cause, and its parameters."""


def nothing(evidence: Evidence) -> Detail:
    return "", NO_PARAMS


def last_words(evidence: Evidence) -> Detail:
    """Return how the program ended."""
    crash, error = evidence.crash, evidence.raised
    if not crash:
        return ("ended-at-start", of_error(error)) if error else ("port-lost", NO_PARAMS)
    ended = Params(kind=crash.kind, number=crash.number)
    return ("ended-by-error", ended.with_(**of_error(error))) if error else ("ended", ended)


def error_shown(evidence: Evidence) -> Detail:
    return "raised", of_error(evidence.shown)


def error_logged(evidence: Evidence) -> Detail:
    return "raised", of_error(evidence.logged)


def of_error(error: Raised | None) -> Params:
    return Params(error=error.what, file=error.file, line=error.line) if error else NO_PARAMS


@dataclass(frozen=True, slots=True)
class DiagnosisRule:
    """A cause, or a variant of it, and the predicates that show it."""

    cause: str
    predicates: tuple[Predicate, ...]
    variant: str = ""
    detail: Callable[[Evidence], Detail] = nothing


def dies(cause: str, *predicates: Predicate, variant: str = "") -> DiagnosisRule:
    return DiagnosisRule(cause, (gone, *predicates), variant, last_words)


WAITING = (
    DiagnosisRule(
        "blocks-on-idle", (of("concurrency-idle", "concurrency-idle-after-answer", "concurrency-slow-sender"), silent)
    ),
)
DEATHS = (
    DiagnosisRule("no-reuse-address", (of("listen-restarts"), wrote(IN_USE))),
    DiagnosisRule("address-in-use", (wrote(IN_USE),)),
    DiagnosisRule("no-shell", (not_started, needs_shell)),
    DiagnosisRule("no-such-program", (either(code("no-such-program"), wrote("bwrap: execvp ")),)),
    DiagnosisRule("no-such-file", (code("start-ended"), wrote(NO_FILE))),
    DiagnosisRule("does-not-start", (starts_not,), detail=last_words),
    dies("decodes-as-utf8", raised(UNDECODED)),
    dies("single-recv", of("respond-three-packets", "respond-byte-by-byte"), variant="first-piece"),
    dies("dies-of-lost-client", lost_client),
    dies("ends-by-itself", in_order),
    dies("dies-of-empty-connection", by_nothing),
    dies("dies-of-short-request-line", by_few_words, by_missing),
    dies("single-recv", by_a_part, raised(MISSING), variant="part"),
    dies("single-recv", of("targets-method-long"), raised(MISSING), variant="long"),
    dies("dies-of-error", raised(MISTAKE), variant="mistake"),
    dies("dies-of-error"),
)
CONNECTIONS = (
    DiagnosisRule("shows-traceback", (shows_error,), detail=error_shown),
    DiagnosisRule("single-recv", (of("respond-three-packets"), ended("open", "closed", "reset"))),
    DiagnosisRule("never-closes", (code("never-ends"), ended("timeout", "open"))),
    DiagnosisRule("never-closes", (of("persistence-close"), code("not-closed")), variant="whole"),
    DiagnosisRule(
        "no-length",
        (of("persistence-two"), without_length, code("no-response"), ended("closed", "reset")),
        variant="second-request",
    ),
    DiagnosisRule("closes-always", (of("persistence-two"), code("no-response"), ended("closed", "reset"))),
    DiagnosisRule("closes-unread", (cut_off,)),
)
ANSWERS = (
    DiagnosisRule("line-before-status-line", (headless, begins(rb"\s+HTTP/"))),
    DiagnosisRule("no-version", (headless, begins(rb"(?i)HTTP *[/\d]"))),
    DiagnosisRule("no-status-line", (headless, begins(rb"[A-Za-z-]+: "))),
    DiagnosisRule("http-0.9", (headless, stage(9)), variant="unknown-version"),
    DiagnosisRule("http-0.9", (headless, begins(rb"(?s)(?!.*HTTP/)"))),
    DiagnosisRule("no-status-code", (flawed("status-line"), status(0), begins(rb"HTTP/[\d.]+(?![\d.]) *(\Z|[^ \d])"))),
    DiagnosisRule("no-reason", (code("status-line"), begins(rb"HTTP/\d\.\d \d{3}\r?(\n|\Z)"))),
    DiagnosisRule("bare-lf", (code("bare-lf"),)),
    DiagnosisRule("no-empty-line", (code("no-empty-line", "content-in-head", "head-short"),)),
    DiagnosisRule("length-in-characters", (of("respond-length"), code("bytes-after"), told_characters)),
    DiagnosisRule("length-with-head", (code("body-short"), told_with_head)),
    DiagnosisRule("wrong-length", (of("respond-length"), code("bytes-after")), variant="too-small"),
    DiagnosisRule("wrong-length", (code("body-short"),), variant="too-great"),
    DiagnosisRule("no-length", (code("no-framing"),)),
    DiagnosisRule("no-date", (of("respond-date"), code("field-missing"))),
    DiagnosisRule("no-content-type", (of("respond-content-type"), code("field-missing"))),
)
VIEWS = (
    DiagnosisRule("query-in-path", (of("route-query"), status(404), asked(rb"GET /\?a=1 "))),
    DiagnosisRule("no-404", (of("route-unknown"), status(*SUCCESS))),
    DiagnosisRule("body-on-head", (of("methods-head-no-body"), code("unwanted-content", "bytes-after"))),
    DiagnosisRule("head-not-like-get", (of("methods-head"), code("head-status"))),
    DiagnosisRule(
        "ignores-method",
        (of("methods-not-allowed", "methods-unknown", "methods-trace", "methods-connect"), status(*SUCCESS)),
    ),
    DiagnosisRule("no-allow", (of("methods-allow"), code("field-missing"))),
    DiagnosisRule("unchecked-request", (stage(9), status(*SUCCESS), must_be_refused)),
    DiagnosisRule("unchecked-request", (of("persistence-error"), status(*SUCCESS), must_be_refused)),
)
FAILURES = (DiagnosisRule("raises", (logs_error,), detail=error_logged),)
DIAGNOSIS_RULES = (*WAITING, *DEATHS, *CONNECTIONS, *ANSWERS, *VIEWS, *FAILURES)
