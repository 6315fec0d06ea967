"""The messages: every sentence of the judge, by its code. No program reads a sentence back.

A template contains names of parameters in braces; a name after a colon is the form of the parameter (see FORMS). A word
in two pairs of braces is not a parameter, and is written in one pair.
"""

import re
import signal
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from http_contract.client.server import Crash
from http_contract.client.transport import ConnectionFailed
from http_contract.http.response import Defect
from http_contract.rules.expectations import any_of, in_words, quoted
from http_contract.rules.model import Diagnosis, Failure, Outcome, Skip, of_connection

PLACEHOLDER = re.compile(r"\{(?P<literal>\{\w+\})\}|\{(?P<name>\w+)(?::(?P<form>\w+))?\}")
SHELL = 128  # added by shells to the number of a signal, as an exit status
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
}
FAILURES = {
    **DEFECTS,
    **STARTS,
    **GONE,
    "allowed-refused": "Allow lists {method}, which the server refuses",
    "answered": "the server sent a response",
    "body-answered": "the server answered the body of a request as if it were the next request",
    "bytes-after": "{count:bytes} after the end of the response",
    "connection-refused": "no connection to {host}:{port}: {reason}",
    "content-contains": "the content contains {part:quoted}",
    "content-lacks": "the content does not contain {part:quoted}",
    "custom": "{text}",
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
    "still-waits": "the server still waits after {seconds:number} seconds",
    "stopped-responding": "the server stopped responding after this request",
    "time-stands-still": "the time on the page does not change",
    "unlike-get": "the value of {name} differs from the response to GET",
    "unwanted-content": "the response has {count:bytes} of content, but must have none",
    "wrong-content": "the content does not have {shape}",
    "wrong-field": "{name} is {value:quoted}, not {shape}",
    "wrong-header-listed": "`headers` contains {name} as {value:cut}, not {wanted:list}",
    "wrong-location": "Location is {value:quoted}, which is not /",
    "wrong-member": "`{member}` is {value:cut}, not {wanted:cut}",
    "wrong-member-type": "`{member}` is {value:cut}, not a {type} that is not empty",
    "wrong-records": "`{member}` is {value:cut}, not {wanted:cut}",
    "wrong-status": "the status is {status:status}, not {allowed:statuses}",
    "wrong-time": "the time on the page is not the current time",
}
WHEN = {
    "client-reset": "after a client reset its connection",
    "empty-connection": "after a connection without a request",
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
    "file": "it wrote a file of more than {value:mebibytes} MiB",
    "memory": "it used more than {value:mebibytes} MiB of memory",
    "tasks": "it ran more than {value:number} processes and threads at a time",
    "watched": "it ended the process that watches it",
}
DETAILS = {
    "ended": "It ended with {kind:exit}.",
    "ended-at-start": "It ended at its start: {error:raised}.",
    "ended-by-error": "It ended with {kind:exit}: {error:raised}.",
    "port-lost": "Nothing listens on its port any more.",
    "raised": "It raised {error:raised}.",
}
EXITS = {
    "exit": "exit status {number}",
    "shell": "exit status {number}, as after {signal}",
    "signal": "signal {signal}",
}


class Cause(NamedTuple):
    """The cause in the program, and advice; without advice, the rule's hint is the advice."""

    text: str
    advice: str = ""


CAUSES: Mapping[str, Cause] = {
    "blocks-on-idle": Cause(
        "The program waits in recv() for one client, and does not answer the others meanwhile.",
        "Give each client a thread of its own, or ask select() which of them has sent something.",
    ),
    "no-reuse-address": Cause(
        "Unless SO_REUSEADDR is set, the system reserves a port for a minute after its connections have closed.",
        "Before bind(): listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1).",
    ),
    "address-in-use": Cause(
        "The port is in use by another program, or by an earlier start of this one.",
        "End the other program, or choose another port.",
    ),
    "no-shell": Cause(
        "The judge runs the command without a shell, and only a shell understands `&&`, `;`, `|`, "
        "`>`, `$NAME`, `NAME=value` and `cd`.",
        "Run it with a shell: sh -c 'cc -o server server.c && exec ./server {port}'.",
    ),
    "no-such-program": Cause(
        "The command names a program that does not exist, or that may not be run.",
        "Check the spelling of its first word, and whether the program is installed. `chmod +x "
        "FILE` makes a file executable.",
    ),
    "no-such-file": Cause(
        "The command names a file that does not exist.",
        "Check its spelling. The judge runs the command in the folder of contract.toml, or in the current folder.",
    ),
    "does-not-start": Cause(
        "The program fails before it listens.",
        "Start it by hand, and read its error.",
    ),
    "decodes-as-utf8": Cause(
        "The program decodes the request as UTF-8, but these bytes are not valid UTF-8.",
        "Decode the head as ISO-8859-1, which accepts any byte, or work with bytes.",
    ),
    "single-recv/first-piece": Cause(
        "The program treats the result of one recv() as the whole request; here it was the first part."
    ),
    "dies-of-lost-client": Cause(
        "A client closed its connection early, and the program ended.",
        "recv() and sendall() then raise ConnectionError. Catch it for each client, and continue with accept().",
    ),
    "ends-by-itself": Cause(
        "The program reached its last line, and ended.",
        "Call accept() in an endless loop. After each client, even one that sends nothing, use "
        "`continue` and not `break`.",
    ),
    "dies-of-empty-connection": Cause(
        "A client sent nothing, recv() returned b'', and the program treated that as a request.",
        "Where recv() returns b'', close that connection and continue with accept(). Browsers "
        "often open a connection and send nothing.",
    ),
    "dies-of-short-request-line": Cause(
        "The request line has fewer words than the program expects.",
        "Split the line, check that there are three words, and answer 400 if there are not.",
    ),
    "single-recv/part": Cause(
        "The program treats the result of one recv() as the whole request; here it was only a part.",
        "Append what recv() returns to a buffer until the buffer contains \\r\\n\\r\\n.",
    ),
    "single-recv/long": Cause(
        "The program treats the result of one recv() as the whole request; this request is longer.",
        "Append what recv() returns to a buffer until the buffer contains \\r\\n\\r\\n, or is too "
        "long: then answer 414.",
    ),
    "dies-of-error/mistake": Cause(
        "The program has a mistake that this request reveals.",
        "Fix that line first. Then catch errors for each client, and continue with accept().",
    ),
    "dies-of-error": Cause(
        "This request ended the program.",
        "Catch errors for each client, answer 500 or close the connection, and continue with accept().",
    ),
    "shows-traceback": Cause("The program failed at this request, and the response shows its error."),
    "single-recv": Cause(
        "The program treats the result of one recv() as the whole request, and does not wait for the rest."
    ),
    "never-closes": Cause(
        "The response has no length, so only the end of the connection can end it, and the program "
        "does not close the connection.",
        "Send Content-Length, and close the connection after the response, as the request requires.",
    ),
    "never-closes/whole": Cause("The response is complete, but the program does not close the connection after it."),
    "no-length/second-request": Cause(
        "The first response has no length, so it ended with the connection, and the next request had no connection.",
        "Send Content-Length with every response, and leave the connection open.",
    ),
    "closes-always": Cause("The program closes the connection after each response."),
    "closes-unread": Cause(
        "The program closed the connection before it had read the whole request. The system then "
        "resets the connection, and the client may lose the response.",
        "Read the request to its end before you close the connection; one recv(1024) is not enough.",
    ),
    "line-before-status-line": Cause(
        "White space comes before the status line. A string in triple quotes begins with the line break after them."
    ),
    "no-version": Cause(
        "The first line begins with something similar to `HTTP/1.1`, but capitals, slash and version must be exact."
    ),
    "no-status-line": Cause("The response begins with its header fields: the status line before them is missing."),
    "http-0.9/unknown-version": Cause(
        "The program does not recognise the version, and answers as in HTTP/0.9: without a status line.",
        "Answer 400, with a status line as always.",
    ),
    "http-0.9": Cause(
        "The program sends only the page, without status line and header fields, as in HTTP/0.9 of 1991.",
        "Before the page send `HTTP/1.1 200 OK`, header fields, and an empty line.",
    ),
    "no-status-code": Cause(
        "The status line has no status code after its version.",
        "Write `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
    ),
    "no-reason": Cause("The status line ends after its code; a space must follow, even where no reason does."),
    "bare-lf": Cause(
        "The program ends lines with `\\n`, as files do; HTTP's lines end with `\\r\\n`.",
        "End each line of the head with \\r\\n, also in a string in triple quotes.",
    ),
    "no-empty-line": Cause(
        "No empty line separates the head from the page, so clients read the page as header fields."
    ),
    "length-in-characters": Cause(
        "Content-Length is the number of characters, but some characters have more than one byte.",
        "Encode first, then count: len(text.encode('utf-8')).",
    ),
    "length-with-head": Cause(
        "Content-Length includes the head.",
        "Count only the bytes after the empty line.",
    ),
    "wrong-length/too-small": Cause("Content-Length is smaller than the body."),
    "wrong-length/too-great": Cause("Content-Length is greater than the body, so the client waits for more."),
    "no-length": Cause(
        "The head does not contain the length of the body, so a client cannot know whether the response is complete."
    ),
    "no-date": Cause("The program sends no Date."),
    "no-content-type": Cause("The program sends no Content-Type."),
    "query-in-path": Cause("The program looks up path and query together, and no page has that name."),
    "no-404": Cause("The program answers every path with a page and 200."),
    "body-on-head": Cause("The program sends the page in response to HEAD, too."),
    "head-not-like-get": Cause("The response to HEAD is not the response to GET without the page."),
    "ignores-method": Cause(
        "The program ignores the method, and answers every request as if it were GET.",
        "Read the first word of the request line, and answer 405 with Allow if the page does not support that method.",
    ),
    "no-allow": Cause("The 405 response does not list the methods that the page supports."),
    "unchecked-request": Cause(
        "The program does not check for this: it answers a malformed request as if it were valid."
    ),
    "raises": Cause(
        "The program failed at this request, and continued with the next one.",
        "Catch the errors of each request, and answer 400 or 500.",
    ),
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


def cause_text(diagnosis: Diagnosis) -> str:
    """Return the cause in the program, and its detail, if one is known."""
    details = fill(DETAILS[diagnosis.detail], diagnosis.params) if diagnosis.detail else ""
    return f"{cause_of(diagnosis).text} {details}".rstrip()


def advice_on(outcome: Outcome) -> str:
    """Return the advice about a failed rule: that of its cause, or its hint."""
    return (outcome.diagnosis and cause_of(outcome.diagnosis).advice) or outcome.rule.hint


def crash_text(crash: Crash) -> str:
    return exit_text(crash.kind, {"number": crash.number})


def exit_text(kind: str, params: Mapping[str, Any]) -> str:
    """Return how a process ended; a shell reports the signal that ended a process as an exit status."""
    number = params["number"]
    name = SIGNALS.get(number if kind == "signal" else number - SHELL)
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
