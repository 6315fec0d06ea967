"""The messages: every sentence of the judge, by its code. No program reads a sentence back.

The sentences about causes are in reports/causes.py and reports/remedies.py. A template contains names of parameters in
braces; a name after a colon is the form of the parameter (see FORMS). A word in two pairs of braces is not a parameter,
and is written in one pair.
"""

import re
import signal
from collections.abc import Callable, Mapping
from typing import Any

from http_contract.client.server import SIGNAL_IN_SHELL, Crash
from http_contract.client.transport import ConnectionFailed
from http_contract.http.response import Defect
from http_contract.reports.causes import CAUSES, Cause
from http_contract.reports.remedies import remedy_for
from http_contract.rules.expectations import any_of, in_words, quoted
from http_contract.rules.model import Diagnosis, Failure, Outcome, Skip, of_connection

PLACEHOLDER = re.compile(r"\{(?P<literal>\{\w+\})\}|\{(?P<name>\w+)(?::(?P<form>\w+))?\}")
SIGNALS = {number.value: number.name for number in signal.Signals}

DEFECTS = {
    "bare-cr": "a CR comes without an LF",
    "bare-lf": "a line ends with a bare LF (`\\n`) instead of CRLF (`\\r\\n`)",
    "body-short": "Content-Length is {length}, but the body has {received:bytes}: {ended:ended}",
    "chunk-end": "no CRLF follows a chunk",
    "chunk-short": "a chunk has {received:bytes}, but its size is {length}: {ended:ended}",
    "chunk-size": "{line:quoted} is not a valid chunk size",
    "chunk-unended": "no CRLF follows a chunk: {ended:ended}",
    "chunks-unreadable": "the chunks cannot be read to their end: {ended:ended}",
    "content-in-head": "the empty line between the header fields and the content is missing",
    "endless-head": "the header fields have no end: {ended:ended}",
    "field-name": "{name:quoted} is not a valid name of a header field",
    "field-value": "the value of {name:quoted} contains a control character",
    "head-short": "the head ends within its first line: {ended:ended}",
    "length-and-coding": "the head contains both Content-Length and Transfer-Encoding",
    "length-forbidden": "a {status} response contains {name}",
    "length-invalid": "Content-Length is {value:quoted}, which is not a number",
    "length-repeated": "Content-Length occurs {count} times",
    "never-ends": "without Content-Length or chunks, only the end of the connection ends the response: {ended:ended}",
    "no-colon": "{line:quoted} is not a header field: it has no colon",
    "no-empty-line": "no empty line ends the header fields: {ended:ended}",
    "no-last-chunk": "the last chunk, which has size 0, is missing: {ended:ended}",
    "no-status-line": "the response does not begin with a status line such as `HTTP/1.1 200 OK`",
    "obs-fold": "a line of the head begins with white space",
    "status-line": "{line:quoted} is not a valid status line such as `HTTP/1.1 200 OK`",
}
STARTS = {
    "cannot-run": "{command:quoted} did not start: {reason}",
    "folder-gone": "{command:quoted} did not start: its folder no longer exists",
    "no-such-program": "{command:quoted} did not start: {reason}",
    "start-ended": "{command:quoted} did not start: it ended with {kind:exit}",
    "start-late": "{command:quoted} did not start: it runs, but does not listen on port {port}",
    "start-limit": "{command:quoted} did not start: {limit:limit}",
    "start-not-yet": (
        "{command:quoted} did not start: it runs, but does not listen on port {port}; --start-within gives it more time"
    ),
    "start-other-address": "{command:quoted} did not start: it listens on port {port}, but not at {host}",
    "start-other-port": (
        "{command:quoted} did not start: it listens on port {ports:either}, not on {port}, "
        "the port that the command gets for {{port}} and in $PORT"
    ),
}
GONE = {
    "gone": (
        "the server stopped responding, and the judge did not start it; "
        "`contract check --command` starts it again, finds the rule that stops it, and continues"
    ),
    "judging-ended": "judging has ended",
    "limit": "{limit:limit}",
    "time-limit": "the time limit for judging has passed",
}
FAILURES = {
    **DEFECTS,
    **STARTS,
    **GONE,
    "allowed-refused": "Allow lists {method}, which the server refuses",
    "answered": "the server sent a response",
    "body-answered": "the server answered the body of a request as if it were the next request",
    "bytes-after": "the server sent {count:bytes} after the end of the response",
    "child-ended": "no response came: a child process of the server ended with {kind:exit}",
    "connection-refused": "no connection to {host}:{port}: {reason}",
    "content-contains": "the content contains {part:quoted}",
    "content-lacks": "the content does not contain {part:quoted}",
    "custom": "{text}",
    "early-response": "the response began before the request was complete",
    "cut-short": "the response is cut short",
    "date-not-now": "Date is {value:quoted}, which is not the current time",
    "ended": "the server's process ended with {kind:exit}",
    "etag-changes": "the ETag has changed, though the file has not",
    "field-missing": "the field {name} is missing",
    "field-present": "the response contains the field {name}",
    "file-cut-short": "the content differs from {file}: it ends after {count} of {size} bytes",
    "file-differs": "the content differs from {file}: byte {place} is {byte:hex}, not {wanted:hex}",
    "file-goes-on": "the content differs from {file}: it continues after its {size} bytes",
    "head-length": "Content-Length is {value}, but the body for GET has {count:bytes}",
    "head-status": "the status is {get} for GET, but {head} for HEAD",
    "heading-no-time": "the <h1> is {value:quoted}, which is not a time",
    "headings": "the page has {count} <h1> headings instead of one",
    "interim": "the server sent an interim response, {status}, first",
    "late-reader": "response {number} is not complete if the client reads it late",
    "later-status": "the status of response {number} is not 200",
    "leak": "the response contains the content of {what}",
    "missing-unlike-file": "the field {name} is missing, which the response with the file contains",
    "missing-unlike-get": "the field {name} is missing, which the response to GET contains",
    "modified-later": "Last-Modified is {value:quoted}, which is later than Date",
    "no-connection": "no connection to {host}:{port}: {reason}",
    "no-content": "there is no content",
    "no-datetime": "the page has no <time datetime> with the current time and its offset",
    "no-framing": "the head contains neither Content-Length nor Transfer-Encoding",
    "no-json": "the content is not valid JSON: {reason}",
    "no-json-object": "the content is not a JSON object but {value:cut}",
    "no-member": "the JSON has no member `{member}`",
    "no-response": "no response came: {ended:silence}",
    "no-route": "there is no {route}",
    "no-time": "the page shows no time such as `23:59:59 31.12.2026`",
    "no-validator": (
        "no request with `{condition}` is possible: the response has no ETag or Last-Modified of valid form"
    ),
    "not-closed": "the server does not close the connection",
    "not-continue": "the response is {status}, not 100",
    "not-listed": "{name} does not list {member}",
    "not-local-time": "the time on the page is not the local time of the judge's machine",
    "not-records": "`{member}` is not a list of objects with {keys:list}",
    "not-shown": "the content does not show {text_shown:quoted}",
    "policy-allows": "Content-Security-Policy: {name} allows {sources:list}",
    "policy-lacks": "Content-Security-Policy: without {name}, everything is allowed",
    "policy-scripts": "Content-Security-Policy: scripts are allowed",
    "reset": "the server reset the connection instead of closing it",
    "rest-answered": "the server answered the bytes after the request as if they were a request, too",
    "status-late": "no status line came in time",
    "still-waits": "the server neither responded nor closed the connection within {seconds:number} seconds",
    "stopped-responding": "the server stopped responding after this connection",
    "time-stands-still": "the time on the page does not change",
    "unlike-get": "the value of {name} differs from the response to GET",
    "unwanted-content": "the response has {count:bytes} of content, but must have none",
    "wrong-content": "the content does not have {shape}",
    "wrong-field": "{name} is {value:quoted}, not {shape}",
    "wrong-header-listed": "`headers` contains {name} as {value:cut}, not {wanted:list}",
    "wrong-location": "Location is {value:quoted}, which is not /",
    "wrong-member": "`{member}` is {value:cut}, not {wanted:cut}",
    "wrong-member-type": "`{member}` is {value:cut}, not a {type} that is not empty",
    "wrong-reason": "the reason phrase is {reason:quoted}, not {phrase:quoted}",
    "wrong-records": "`{member}` is {value:cut}, not {wanted:cut}",
    "wrong-status": "the status is {status:status}, not {allowed:statuses}",
    "wrong-time": "the time on the page is not the current time",
}
WHEN = {
    "client-reset": "after a client reset its connection",
    "empty-connection": "after a connection without a request",
    "half-request": "after a client closed its side in the middle of a request",
    "no-utf8": "after bytes that are not UTF-8",
    "other-idle": "while another client sends nothing",
    "other-idle-after-answer": "while another client sends nothing after its response",
    "other-reads-late": "while another client does not read its responses",
    "other-sends-slowly": "while another client has sent a part of its request",
    "second-start": "after a second start on the same port",
}
SKIPS = {
    **GONE,
    "needs": "{rule} failed",
    "waits": "the judge would wait in vain, as for {rule}",
    "no-route": "there is no {route}",
    "restart": "the judge did not start this server",
    "tls": "over TLS, a client cannot close only its own direction",
}
ENDED = {
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "timeout": "no more bytes came in time",
    "overflow": "the judge stopped reading after too many bytes",
}
SILENCE = {
    "open": "the server sent nothing in time",
    "timeout": "the server sent nothing in time",
    "closed": "the server closed the connection",
    "reset": "the server reset the connection",
    "overflow": "the server sent too much",
    "aborted": "the judge reset the connection",
}
ENDINGS = {
    "closed": "then the server closed the connection",
    "reset": "then the server reset the connection",
    "timeout": "then nothing more in time",
    "overflow": "then the judge stopped reading",
}
LIMITS = {
    "cpu": "it used more than {value:number} seconds of CPU time",
    "disk": "its folder contained more than {value:mebibytes} MiB of files, or a folder that cannot be measured",
    "file": "it wrote a file of more than {value:mebibytes} MiB",
    "memory": "it used more than {value:mebibytes} MiB of memory",
    "tasks": "it ran more than {value:number} processes and threads at a time",
    "watched": "it ended the process that watches it",
}
DETAILS = {
    "ended": "It ended with {kind:exit}.",
    "ended-at-start": "It ended at its start: {error:raised}.",
    "ended-by-error": "It ended with {kind:exit}: {error:raised}.",
    "accepts-no-more": "Only the part that accepts clients ended, and the process still runs: {error:raised}.",
    "port-lost": "Nothing listens on its port any more.",
    "raised": "It raised {error:raised}.",
}
AFTER_EXIT = {**DETAILS, "ended": "", "ended-by-error": DETAILS["raised"]}
"""The details after a sentence about how the program ended."""
EXITS = {
    "exit": "exit status {number}",
    "shell": "exit status {number}, as after {signal}",
    "signal": "signal {signal}",
}


def fill(template: str, params: Mapping[str, Any]) -> str:
    """Return a template with its parameters filled in."""

    def value_of(match: re.Match[str]) -> str:
        return match["literal"] or FORMS[match["form"]](params.get(match["name"], ""), params)

    return PLACEHOLDER.sub(value_of, template)


def sentence(table: Mapping[str, str], code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence for a code; a code that is not in the table is a teacher's own, with its own text."""
    return fill(table.get(code, table.get("custom", "")), params) or code


def failure_text(failure: Failure) -> str:
    """Return a failure as a sentence, after its path and its circumstances, if it has any."""
    params = failure.params
    text = sentence(FAILURES, failure.code, params)
    prefixes = (params.get("path"), WHEN.get(params.get("when", ""), params.get("when")))
    return ": ".join([*filter(None, prefixes), text])


def defect_text(defect: Defect) -> str:
    return sentence(DEFECTS, defect.code, defect.params)


def connection_text(lost: ConnectionFailed) -> str:
    """Return a sentence about a missing connection or response."""
    return failure_text(of_connection(lost))


def skip_text(skip: Skip | None) -> str:
    """Return why a rule was skipped, or why judging stopped early; an empty text without a reason."""
    return sentence(SKIPS, skip.code, skip.params) if skip else ""


def cause_of(diagnosis: Diagnosis) -> Cause:
    return CAUSES[f"{diagnosis.cause}/{diagnosis.variant}" if diagnosis.variant else diagnosis.cause]


def cause_text(diagnosis: Diagnosis, details: Mapping[str, str] = DETAILS) -> str:
    """Return the cause in the program, and its detail, if one is known."""
    detail = fill(details[diagnosis.detail], diagnosis.params) if diagnosis.detail else ""
    return f"{cause_of(diagnosis).text} {detail}".rstrip()


def advice_on(outcome: Outcome) -> str:
    """Return the advice about a failed rule: that of its cause, or its hint, then the remedy in its language."""
    diagnosis = outcome.diagnosis
    if diagnosis is None:
        return outcome.rule.hint
    advice = cause_of(diagnosis).advice or outcome.rule.hint
    return f"{advice} {remedy_for(diagnosis.cause, diagnosis.language)}".rstrip()


def crash_text(crash: Crash) -> str:
    return exit_text(crash.kind, {"number": crash.number})


def exit_text(kind: str, params: Mapping[str, Any]) -> str:
    """Return how a process ended; a shell reports the signal that ended a process as an exit status."""
    number = params["number"]
    name = SIGNALS.get(number if kind == "signal" else number - SIGNAL_IN_SHELL)
    if kind == "signal":
        return name or fill(EXITS["signal"], {"signal": number})
    return fill(EXITS["shell" if name else "exit"], {"number": number, "signal": name})


def _raised(error: str, params: Mapping[str, Any]) -> str:
    return f"{error} ({params['file']}, line {params['line']})" if params.get("file") else error


def number_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


Form = Callable[[Any, Mapping[str, Any]], str]
FORMS: Mapping[str | None, Form] = {
    None: lambda value, params: str(value),
    "quoted": lambda value, params: quoted(value),
    "cut": lambda value, params: value if len(value) <= MAX_VALUE else f"{value[:MAX_VALUE]}...",
    "bytes": lambda value, params: number_of(value, "byte"),
    "number": lambda value, params: f"{value:g}",
    "mebibytes": lambda value, params: f"{value // 1024**2:g}",
    "hex": lambda value, params: f"{value:#04x}",
    "list": lambda value, params: ", ".join(map(str, value)),
    "either": lambda value, params: in_words(value),
    "statuses": lambda value, params: any_of(value),
    "status": lambda value, params: str(value or "missing"),
    "ended": lambda value, params: ENDED[value],
    "silence": lambda value, params: SILENCE[value],
    "limit": lambda value, params: fill(LIMITS[value], params),
    "exit": lambda value, params: exit_text(value, params),
    "raised": _raised,
}
"""The forms of a parameter, by the name after the colon: each makes text from the value and all parameters."""
MAX_VALUE = 60  # characters of a value in a sentence
