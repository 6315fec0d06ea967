"""A cause, as a case that its signs show."""

from collections.abc import Callable
from dataclasses import dataclass

from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.predicates import (
    IN_USE,
    MISSING,
    MISTAKE,
    SHELL,
    SUCCESS,
    UNDECODED,
    Predicate,
    asked,
    begins,
    by_a_part,
    by_few_words,
    by_missing,
    by_nothing,
    cut_off,
    ended,
    flawed,
    gone,
    headless,
    in_order,
    logs_error,
    lost_client,
    of,
    quoted,
    raised,
    says,
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


def nothing(evidence: Evidence) -> str:
    return ""


def last_words(evidence: Evidence) -> str:
    """Say how the program ended."""
    how, error = evidence.how, evidence.raised
    if not how and not error:
        return "Nothing listens on its port any more."
    return f"It ended ({how or 'at its start'}){f': {error}' if error else ''}."


def error_shown(evidence: Evidence) -> str:
    return f"It raised {evidence.shown}."


def error_logged(evidence: Evidence) -> str:
    return f"It raised {evidence.logged}."


@dataclass(frozen=True, slots=True)
class DiagnosisRule:
    """A cause and the signs that, together, show it; without advice, the rule's hint is the advice."""

    cause: str
    signs: tuple[Predicate, ...]
    text: str
    advice: str = ""
    detail: Callable[[Evidence], str] = nothing


# -- deaths


def dies(cause: str, *signs: Predicate, text: str, advice: str = "") -> DiagnosisRule:
    return DiagnosisRule(cause, (gone, *signs), text, advice, last_words)


DEATHS = (
    DiagnosisRule(
        "no-reuse-address",
        (of("listen-restarts"), wrote(IN_USE)),
        "The system keeps a port back for a minute after its connections, unless SO_REUSEADDR is set.",
        "Before bind(): listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1).",
    ),
    DiagnosisRule(
        "address-in-use",
        (wrote(IN_USE),),
        "The port is taken: another program listens there, or an earlier start of this one still does.",
        "End the other program, or take another port.",
    ),
    DiagnosisRule(
        "no-shell",
        (says(SHELL),),
        "No shell runs the command, and only a shell knows `&&`, `;`, `|`, `>`, `$NAME`, `NAME=value` and `cd`.",
        "Let a shell run it, as in: sh -c 'cc -o server server.c && exec ./server {port}'.",
    ),
    DiagnosisRule(
        "no-such-program",
        (says(r"did not start: (No such file|Permission denied|Not a directory)|bwrap: execvp "),),
        "The command names a program that is not there, or that may not be run.",
        "See how its first word is spelled, and whether it is installed; `chmod +x` lets a file be run.",
    ),
    DiagnosisRule(
        "no-such-file",
        (says(r"(?s)did not start: it has ended.*(can't open file|Cannot find module '/)"),),
        "The command names a file that is not there.",
        "It is looked for in the folder of contract.toml, or in the one that you are in. See how it is spelled.",
    ),
    DiagnosisRule(
        "does-not-start", (starts_not,), "The program fails before it listens.", "Run it by hand.", last_words
    ),
    dies(
        "decodes-as-utf8",
        raised(UNDECODED),
        text="The program decodes the request as UTF-8, and these bytes are none.",
        advice="Decode the head as ISO-8859-1, which takes any byte, or work with bytes.",
    ),
    dies(
        "single-recv",
        of("respond-three-packets", "respond-byte-by-byte"),
        text="The program takes what one recv() gives for the whole request; here it was the first part.",
    ),
    dies(
        "dies-of-lost-client",
        lost_client,
        text="A client left early, and the program did not survive it.",
        advice="recv() and sendall() raise ConnectionError then: catch it for each client, and go on accepting.",
    ),
    dies(
        "ends-by-itself",
        in_order,
        text="The program came to its end, as if it had no more to do.",
        advice="Accept in a loop without end: after a client, also one that sends nothing, `continue`, not `break`.",
    ),
    dies(
        "dies-of-empty-connection",
        by_nothing,
        text="A client sent nothing, recv() returned b'', and the program took that for a request.",
        advice="Where recv() returns b'', close that connection and go on accepting; browsers do this all the time.",
    ),
    dies(
        "dies-of-short-request-line",
        by_few_words,
        by_missing,
        text="The request line has fewer words than the program takes from it.",
        advice="Split the line, see that there are three words, and answer 400 where there are not.",
    ),
    dies(
        "single-recv",
        by_a_part,
        raised(MISSING),
        text="The program takes what one recv() gives for the whole request; here it was only a part of one.",
        advice="Keep what has come, and receive more until it holds \\r\\n\\r\\n.",
    ),
    dies(
        "single-recv",
        of("targets-method-long"),
        raised(MISSING),
        text="The program takes what one recv() gives for the whole request; this one is longer.",
        advice="Keep what has come, and receive more until it holds \\r\\n\\r\\n, or is too long: then 414.",
    ),
    dies(
        "dies-of-error",
        raised(MISTAKE),
        text="The program has a mistake, which this request has shown.",
        advice="Mend that line first; then catch what goes wrong with one client, and go on accepting.",
    ),
    dies(
        "dies-of-error",
        text="The program did not survive this request.",
        advice="Catch what goes wrong with one client, answer 500 or close, and go on accepting.",
    ),
)


# -- causes


WAITING = (
    DiagnosisRule(
        "blocks-on-idle",
        (of("concurrency-idle", "concurrency-idle-after-answer", "concurrency-slow-sender"), silent),
        "The program waits in recv() for one client, and answers no other meanwhile.",
        "Give each client a thread of its own, or ask select() which of them has sent something.",
    ),
)
CONNECTIONS = (
    DiagnosisRule(
        "shows-traceback",
        (shows_error,),
        "The program failed at this request, and its answer shows how.",
        detail=error_shown,
    ),
    DiagnosisRule(
        "single-recv",
        (of("respond-three-packets"), ended("open", "closed", "reset")),
        "The program takes what one recv() gives for the whole request, and does not wait for the rest.",
    ),
    DiagnosisRule(
        "never-closes",
        (quoted("never-ends"), ended("timeout", "open")),
        "The answer has no length, so only the connection's end can end it, and the program does not close.",
        "Send Content-Length; and close the connection after the answer, as the request asks for.",
    ),
    DiagnosisRule(
        "never-closes",
        (of("persistence-close"), says("does not close")),
        "The answer is whole, and the program does not close the connection after it.",
    ),
    DiagnosisRule(
        "no-length",
        (of("persistence-two"), without_length, says("no answer came"), ended("closed", "reset")),
        "The first answer has no length, so it ended with the connection, and there was none for the next request.",
        "Send Content-Length with every answer, and keep the connection.",
    ),
    DiagnosisRule(
        "closes-always",
        (of("persistence-two"), says("no answer came"), ended("closed", "reset")),
        "The program closes the connection after each answer.",
    ),
    DiagnosisRule(
        "closes-unread",
        (cut_off, says("reset")),
        "The program closed the connection before it had read all that was sent; the system then resets it, "
        "and the client may lose the answer.",
        "Read the request to its end before you close; one recv(1024) is not enough.",
    ),
)
ANSWERS = (
    DiagnosisRule(
        "line-before-status-line",
        (headless, begins(rb"\s+HTTP/")),
        "White space comes before the status line; a string in triple quotes begins with the line break after them.",
    ),
    DiagnosisRule(
        "no-version",
        (headless, begins(rb"(?i)HTTP *[/\d]")),
        "The first line begins with something like `HTTP/1.1`, but not with that: capitals, slash and version count.",
    ),
    DiagnosisRule(
        "no-status-line",
        (headless, begins(rb"[A-Za-z-]+: ")),
        "The answer begins with its header fields: the status line is missing before them.",
    ),
    DiagnosisRule(
        "http-0.9",
        (headless, stage(9)),
        "Where it finds no version that it knows, the program answers as in HTTP/0.9: without a status line.",
        "Answer 400 to it, with a status line as ever.",
    ),
    DiagnosisRule(
        "http-0.9",
        (headless, begins(rb"(?s)(?!.*HTTP/)")),
        "The program sends the page alone, without status line and header fields, as in HTTP/0.9 of 1991.",
        "Before the page send `HTTP/1.1 200 OK`, header fields, and an empty line.",
    ),
    DiagnosisRule(
        "no-status-code",
        (flawed("status-line"), status(0), begins(rb"HTTP/[\d.]+(?![\d.]) *(\Z|[^ \d])")),
        "The status line has no code after its version.",
        "Write `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
    ),
    DiagnosisRule(
        "no-reason",
        (quoted("status-line"), begins(rb"HTTP/\d\.\d \d{3}\r?(\n|\Z)")),
        "The status line ends after its code; a space must follow, even where no reason does.",
    ),
    DiagnosisRule(
        "bare-lf",
        (quoted("bare-lf"),),
        "The program ends lines with `\\n`, as files do; HTTP's lines end with `\\r\\n`.",
        "Write \\r\\n at the end of each line of the head, also in a string in triple quotes.",
    ),
    DiagnosisRule(
        "no-empty-line",
        (quoted("no-empty-line"),),
        "Nothing parts the head from the page, so the page is read as header fields.",
    ),
    DiagnosisRule(
        "length-in-characters",
        (of("respond-length"), says("after the end"), told_characters),
        "Content-Length counts characters, and some of them take more than one byte.",
        "Encode first, then count: len(text.encode('utf-8')).",
    ),
    DiagnosisRule(
        "length-with-head",
        (quoted("body-short"), told_with_head),
        "Content-Length counts the head, too.",
        "Count the bytes after the empty line alone.",
    ),
    DiagnosisRule(
        "wrong-length",
        (of("respond-length"), says("after the end")),
        "Content-Length is smaller than the body.",
    ),
    DiagnosisRule(
        "wrong-length",
        (quoted("body-short"), says("Content-Length")),
        "Content-Length is greater than the body, so the client waits for more.",
    ),
    DiagnosisRule(
        "no-length",
        (says("neither Content-Length nor"),),
        "The head does not tell the body's length, so a client can't tell an answer from half of one.",
    ),
    DiagnosisRule("no-date", (of("respond-date"), says("missing")), "The program sends no Date."),
    DiagnosisRule(
        "no-content-type", (of("respond-content-type"), says("missing")), "The program sends no Content-Type."
    ),
)
VIEWS = (
    DiagnosisRule(
        "query-in-path",
        (of("route-query"), status(404), asked(rb"GET /\?a=1 ")),
        "The program looks up the whole target, and there is no page by the name of path and query together.",
    ),
    DiagnosisRule(
        "no-404",
        (of("route-unknown"), status(*SUCCESS)),
        "The program has a page, and 200, for any path.",
    ),
    DiagnosisRule(
        "body-on-head",
        (of("methods-head-no-body"), says("bytes")),
        "The program writes the page on HEAD, too.",
    ),
    DiagnosisRule(
        "head-not-like-get",
        (of("methods-head"), says("HEAD")),
        "The program does not treat HEAD as a GET without the page.",
    ),
    DiagnosisRule(
        "ignores-method",
        (of("methods-not-allowed", "methods-unknown", "methods-trace", "methods-connect"), status(*SUCCESS)),
        "The program does not look at the method: whatever is asked, it answers as to GET.",
        "Look at the first word of the request line, and answer 405 with Allow where the page lacks that method.",
    ),
    DiagnosisRule("no-allow", (of("methods-allow"), says("missing")), "The 405 does not say which methods there are."),
    DiagnosisRule(
        "unchecked-request",
        (stage(9), status(*SUCCESS), says("not (400|any 4[^,]*)$")),
        "The program does not check for this: it answers a malformed request as if it were right.",
    ),
    DiagnosisRule(
        "unchecked-request",
        (of("persistence-error"), status(*SUCCESS), says("not (400|any 4[^,]*)$")),
        "The program does not check for this: it answers a malformed request as if it were right.",
    ),
)
FAILURES = (
    DiagnosisRule(
        "raises",
        (logs_error,),
        "The program failed at this request, and went on with the next one.",
        "Catch what goes wrong with one request, and answer it, with 400 or 500.",
        error_logged,
    ),
)
CASES = (*WAITING, *DEATHS, *CONNECTIONS, *ANSWERS, *VIEWS, *FAILURES)
