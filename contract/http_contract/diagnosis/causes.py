"""The causes that a failure can have, each with the predicates that show it together."""

from collections.abc import Callable
from dataclasses import dataclass

from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.predicates import (
    ANSWERED_TWICE,
    ASCII_ERROR,
    DECODING_ERROR,
    INDEX_ERROR,
    NO_KEYBOARD,
    PORT_IN_USE,
    PROGRAMMING_ERROR,
    SUCCESS,
    Predicate,
    bare_lf_is_answered,
    connection_ended,
    content_is_bytes_notation,
    either,
    empty_line_is_double,
    ended_at_once,
    ended_before_response,
    ended_by_index_error,
    ended_by_lost_client,
    error_at_start,
    error_is_in_output,
    escapes_are_literal,
    excess_matches,
    exited_normally,
    failure_is,
    fatal_connection_aborted,
    fatal_connection_empty,
    fatal_error_matches,
    fatal_request_is_plain,
    fatal_request_line_short,
    fatal_request_partial,
    fields_are_joined,
    first_response_without_length,
    has_defect,
    lacks_status_line,
    length_counts_characters,
    length_includes_head,
    method_is_other,
    must_be_rejected,
    needs_shell,
    no_error_in_output,
    no_response_has,
    no_response_in_time,
    not_started,
    one_request_was_sent,
    output_contains_error,
    output_matches,
    path_is_other,
    port_is_busy,
    request_begins,
    request_is_plain,
    reset_after_response,
    response_begins,
    response_contains_error,
    response_ends_with_buffer,
    response_is_early,
    response_is_late,
    response_is_repeated,
    rule_is,
    stage_is,
    status_is,
)
from http_contract.diagnosis.tracebacks import ProgramError
from http_contract.http.params import NO_PARAMS, Params

BROWSER_REQUEST = rb"(?s)GET / HTTP.*User-Agent: Mozilla"
NO_FILE = "can't open file|Cannot find module '/"  # the messages of Python and Node
Detail = tuple[str, Params]
"""The code of a fact that is known in addition to the cause, and its parameters."""


def no_detail(evidence: Evidence) -> Detail:
    return "", NO_PARAMS


def exit_of_program(evidence: Evidence) -> Detail:
    """Return how the program ended."""
    crash, error = evidence.crash, evidence.fatal_error
    if evidence.accepts_no_more:
        return "accepts-no-more", params_of(error)
    if not crash:
        return ("ended-at-start", params_of(error)) if error else ("port-lost", NO_PARAMS)
    exit_params = Params(kind=crash.kind, number=crash.number)
    return ("ended-by-error", exit_params.with_(**params_of(error))) if error else ("ended", exit_params)


def error_in_response(evidence: Evidence) -> Detail:
    return "raised", params_of(evidence.error_in_response)


def error_in_output(evidence: Evidence) -> Detail:
    return "raised", params_of(evidence.error_in_output)


def params_of(error: ProgramError | None) -> Params:
    return Params(error=error.message, file=error.file, line=error.line) if error else NO_PARAMS


@dataclass(frozen=True, slots=True)
class DiagnosisRule:
    """A cause, or a variant of it, and the predicates that show it together."""

    cause: str
    predicates: tuple[Predicate, ...]
    variant: str = ""
    detail: Callable[[Evidence], Detail] = no_detail


def crash_rule(cause: str, *predicates: Predicate, variant: str = "") -> DiagnosisRule:
    """Return the rule for a cause that ends the program."""
    return DiagnosisRule(cause, (ended_before_response, *predicates), variant, exit_of_program)


WAITS = (
    DiagnosisRule(
        "blocks-on-idle",
        (rule_is("concurrency-idle", "concurrency-idle-after-answer", "concurrency-slow-sender"), no_response_in_time),
    ),
)
CRASHES = (
    DiagnosisRule("no-reuse-address", (rule_is("listen-restarts"), either(output_matches(PORT_IN_USE), port_is_busy))),
    DiagnosisRule("address-in-use", (either(output_matches(PORT_IN_USE), port_is_busy),)),
    DiagnosisRule("no-shell", (not_started, needs_shell)),
    DiagnosisRule("no-such-program", (either(failure_is("no-such-program"), output_matches("bwrap: execvp ")),)),
    DiagnosisRule("no-such-file", (failure_is("start-ended"), output_matches(NO_FILE))),
    DiagnosisRule("waits-for-keyboard", (not_started, output_matches(NO_KEYBOARD))),
    DiagnosisRule("does-not-start", (error_at_start,), detail=exit_of_program),
    DiagnosisRule("ends-at-once", (ended_at_once,)),
    crash_rule("decodes-as-ascii", fatal_error_matches(ASCII_ERROR)),
    crash_rule("decodes-as-utf8", fatal_error_matches(DECODING_ERROR)),
    crash_rule("single-recv", rule_is("respond-three-packets", "respond-byte-by-byte"), variant="first-piece"),
    crash_rule("dies-of-lost-client", ended_by_lost_client),
    crash_rule("error-taken-for-end", exited_normally, fatal_connection_aborted),
    crash_rule("ends-by-itself", exited_normally),
    crash_rule("dies-of-empty-connection", fatal_connection_empty),
    crash_rule("dies-of-short-request-line", fatal_request_line_short, ended_by_index_error),
    crash_rule("dies-of-empty-connection", rule_is("listen-survives-silence"), fatal_request_partial, variant="half"),
    crash_rule("single-recv", fatal_request_partial, fatal_error_matches(INDEX_ERROR), variant="part"),
    crash_rule("single-recv", rule_is("targets-method-long"), fatal_error_matches(INDEX_ERROR), variant="long"),
    crash_rule("dies-of-lost-client", fatal_connection_aborted),
    crash_rule("dies-of-error", fatal_error_matches(ANSWERED_TWICE), variant="twice"),
    crash_rule(
        "dies-of-error", either(fatal_error_matches(PROGRAMMING_ERROR), fatal_request_is_plain), variant="mistake"
    ),
    crash_rule("dies-of-error", rule_is("concurrency-hundred", "concurrency-reverse"), variant="many"),
    crash_rule("dies-of-error"),
    DiagnosisRule("stops-responding", (failure_is("stopped-responding"),)),
)
CONNECTIONS = (
    DiagnosisRule(
        "single-recv",
        (failure_is("child-ended"), rule_is("respond-three-packets", "respond-byte-by-byte")),
        variant="first-piece",
    ),
    DiagnosisRule("child-dies", (failure_is("child-ended"),)),
    DiagnosisRule("not-flushed", (response_is_late,)),
    DiagnosisRule("not-flushed", (failure_is("body-short"), response_ends_with_buffer), variant="part"),
    DiagnosisRule("shows-traceback", (response_contains_error,), detail=error_in_response),
    DiagnosisRule(
        "compares-with-lf",
        (rule_is("listen-answers"), failure_is("no-response"), no_response_in_time, bare_lf_is_answered),
    ),
    DiagnosisRule("silent", (rule_is("listen-answers"), failure_is("no-response"), no_response_in_time)),
    DiagnosisRule(
        "closes-without-response",
        (
            rule_is("listen-answers"),
            failure_is("no-response"),
            connection_ended("closed", "reset"),
            no_error_in_output,
        ),
    ),
    DiagnosisRule(
        "answers-each-packet",
        (rule_is("respond-three-packets", "respond-byte-by-byte"), response_is_early, response_is_repeated),
    ),
    DiagnosisRule("single-recv", (response_is_early,), variant="early"),
    DiagnosisRule(
        "single-recv",
        (rule_is("respond-three-packets"), either(connection_ended("open", "closed", "reset"), error_is_in_output)),
    ),
    DiagnosisRule("never-closes", (failure_is("never-ends"), connection_ended("timeout", "open"))),
    DiagnosisRule("never-closes", (rule_is("persistence-close"), failure_is("not-closed")), variant="whole"),
    DiagnosisRule("fields-joined", (rule_is("persistence-two"), first_response_without_length, fields_are_joined)),
    DiagnosisRule(
        "no-length",
        (
            rule_is("persistence-two"),
            first_response_without_length,
            failure_is("no-response"),
            connection_ended("closed", "reset"),
        ),
        variant="second-request",
    ),
    DiagnosisRule(
        "closes-always", (rule_is("persistence-two"), failure_is("no-response"), connection_ended("closed", "reset"))
    ),
    DiagnosisRule("closes-unread", (reset_after_response,)),
    DiagnosisRule("leaves-waiting", (no_response_in_time, no_error_in_output, method_is_other), variant="method"),
    DiagnosisRule("leaves-waiting", (no_response_in_time, no_error_in_output, path_is_other), variant="path"),
)
RESPONSES = (
    DiagnosisRule("literal-escapes", (escapes_are_literal,)),
    DiagnosisRule("fields-joined", (failure_is("field-missing", "no-framing", "wrong-field"), fields_are_joined)),
    DiagnosisRule("extra-crlf", (failure_is("bytes-after", "unwanted-content"), empty_line_is_double)),
    DiagnosisRule("echoes", (lacks_status_line, response_begins(rb"(?i)GET /\S* HTTP/"))),
    DiagnosisRule("line-before-status-line", (lacks_status_line, response_begins(rb"\s+HTTP/"))),
    DiagnosisRule("no-version", (lacks_status_line, response_begins(rb"(?i)HTTP *[/\d]"))),
    DiagnosisRule("no-status-line", (lacks_status_line, response_begins(rb"[A-Za-z-]+: "))),
    DiagnosisRule("http-0.9", (lacks_status_line, stage_is(9)), variant="unknown-version"),
    DiagnosisRule("http-0.9", (lacks_status_line, response_begins(rb"(?s)(?!.*HTTP/)"))),
    DiagnosisRule(
        "no-status-code",
        (has_defect("status-line"), status_is(0), response_begins(rb"HTTP/[\d.]+(?![\d.]) *(\Z|[^ \d])")),
    ),
    DiagnosisRule("no-reason", (failure_is("status-line"), response_begins(rb"HTTP/\d\.\d \d{3}\r?(\n|\Z)"))),
    DiagnosisRule("bare-lf", (failure_is("bare-lf"),)),
    DiagnosisRule("no-empty-line", (failure_is("no-empty-line", "content-in-head", "head-short"),)),
    DiagnosisRule(
        "responds-twice", (failure_is("bytes-after"), one_request_was_sent, excess_matches(rb"HTTP/1\.\d \d{3}.*"))
    ),
    DiagnosisRule("shows-bytes", (failure_is("bytes-after"), content_is_bytes_notation)),
    DiagnosisRule("sends-whole-buffer", (failure_is("bytes-after"), excess_matches(rb"\0+(\r\n\[.*)?"))),
    DiagnosisRule("last-line-end", (rule_is("respond-length"), failure_is("bytes-after"), excess_matches(rb"\r?\n"))),
    DiagnosisRule(
        "length-in-characters", (rule_is("respond-length"), failure_is("bytes-after"), length_counts_characters)
    ),
    DiagnosisRule("length-with-head", (failure_is("body-short"), length_includes_head)),
    DiagnosisRule("wrong-length", (rule_is("respond-length"), failure_is("bytes-after")), variant="too-small"),
    DiagnosisRule("wrong-length", (failure_is("body-short"),), variant="too-great"),
    DiagnosisRule("no-length", (failure_is("no-framing"),)),
    DiagnosisRule("no-date", (rule_is("respond-date"), failure_is("field-missing"), no_response_has("Date"))),
    DiagnosisRule(
        "no-content-type",
        (rule_is("respond-content-type"), failure_is("field-missing"), no_response_has("Content-Type")),
    ),
)
ROUTES = (
    DiagnosisRule("query-in-path", (rule_is("route-query"), status_is(404), request_begins(rb"GET /\?a=1 "))),
    DiagnosisRule("no-404", (rule_is("route-unknown"), status_is(*SUCCESS))),
    DiagnosisRule("body-on-head", (rule_is("methods-head-no-body"), failure_is("unwanted-content", "bytes-after"))),
    DiagnosisRule(
        "judges-by-fields",
        (rule_is("route-user-agent"), failure_is("wrong-status"), status_is(400), request_begins(BROWSER_REQUEST)),
    ),
    DiagnosisRule("head-not-like-get", (rule_is("methods-head"), failure_is("head-status"))),
    DiagnosisRule(
        "ignores-method",
        (rule_is("methods-not-allowed", "methods-unknown", "methods-trace", "methods-connect"), status_is(*SUCCESS)),
    ),
    DiagnosisRule("no-allow", (rule_is("methods-allow"), failure_is("field-missing"))),
    DiagnosisRule("unchecked-request", (stage_is(9), status_is(*SUCCESS), must_be_rejected)),
    DiagnosisRule("unchecked-request", (rule_is("persistence-error"), status_is(*SUCCESS), must_be_rejected)),
)
ERRORS = (
    DiagnosisRule("raises", (output_contains_error, request_is_plain), variant="mistake", detail=error_in_output),
    DiagnosisRule("raises", (output_contains_error,), detail=error_in_output),
)
DIAGNOSIS_RULES = (*WAITS, *CRASHES, *CONNECTIONS, *ERRORS, *RESPONSES, *ROUTES)
