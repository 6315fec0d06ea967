"""What goes wrong in learners' servers, and how it shows: the first case fits whose signs are all there.

Two cases of the same cause differ in their text.
"""

from contract.cases import Case, error_logged, error_shown
from contract.deaths import DEATHS
from contract.signs import (
    SUCCESS,
    asked,
    begins,
    cut_off,
    ended,
    flawed,
    headless,
    logs_error,
    of,
    quoted,
    says,
    shows_error,
    silent,
    stage,
    status,
    told_characters,
    told_with_head,
    without_length,
)

WAITING = (
    Case(
        "blocks-on-idle",
        (of("concurrency-idle", "concurrency-idle-after-answer", "concurrency-slow-sender"), silent),
        "The program waits in recv() for one client, and answers no other meanwhile.",
        "Give each client a thread of its own, or ask select() which of them has sent something.",
    ),
)
CONNECTIONS = (
    Case(
        "shows-traceback",
        (shows_error,),
        "The program failed at this request, and its answer shows how.",
        detail=error_shown,
    ),
    Case(
        "single-recv",
        (of("respond-three-packets"), ended("open", "closed", "reset")),
        "The program takes what one recv() gives for the whole request, and does not wait for the rest.",
    ),
    Case(
        "never-closes",
        (quoted("never-ends"), ended("timeout", "open")),
        "The answer has no length, so only the connection's end can end it, and the program does not close.",
        "Send Content-Length; and close the connection after the answer, as the request asks for.",
    ),
    Case(
        "never-closes",
        (of("persistence-close"), says("does not close")),
        "The answer is whole, and the program does not close the connection after it.",
    ),
    Case(
        "no-length",
        (of("persistence-two"), without_length, says("no answer came"), ended("closed", "reset")),
        "The first answer has no length, so it ended with the connection, and there was none for the next request.",
        "Send Content-Length with every answer, and keep the connection.",
    ),
    Case(
        "closes-always",
        (of("persistence-two"), says("no answer came"), ended("closed", "reset")),
        "The program closes the connection after each answer.",
    ),
    Case(
        "closes-unread",
        (cut_off, says("reset")),
        "The program closed the connection before it had read all that was sent; the system then resets it, "
        "and the client may lose the answer.",
        "Read the request to its end before you close; one recv(1024) is not enough.",
    ),
)
ANSWERS = (
    Case(
        "line-before-status-line",
        (headless, begins(rb"\s+HTTP/")),
        "White space comes before the status line; a string in triple quotes begins with the line break after them.",
    ),
    Case(
        "no-version",
        (headless, begins(rb"(?i)HTTP *[/\d]")),
        "The first line begins with something like `HTTP/1.1`, but not with that: capitals, slash and version count.",
    ),
    Case(
        "no-status-line",
        (headless, begins(rb"[A-Za-z-]+: ")),
        "The answer begins with its header fields: the status line is missing before them.",
    ),
    Case(
        "http-0.9",
        (headless, stage(9)),
        "Where it finds no version that it knows, the program answers as in HTTP/0.9: without a status line.",
        "Answer 400 to it, with a status line as ever.",
    ),
    Case(
        "http-0.9",
        (headless, begins(rb"(?s)(?!.*HTTP/)")),
        "The program sends the page alone, without status line and header fields, as in HTTP/0.9 of 1991.",
        "Before the page send `HTTP/1.1 200 OK`, header fields, and an empty line.",
    ),
    Case(
        "no-status-code",
        (flawed("status-line"), status(0), begins(rb"HTTP/[\d.]+(?![\d.]) *(\Z|[^ \d])")),
        "The status line has no code after its version.",
        "Write `HTTP/1.1 200 OK`: version, space, three digits, space, reason.",
    ),
    Case(
        "no-reason",
        (quoted("status-line"), begins(rb"HTTP/\d\.\d \d{3}\r?(\n|\Z)")),
        "The status line ends after its code; a space must follow, even where no reason does.",
    ),
    Case(
        "bare-lf",
        (quoted("bare-lf"),),
        "The program ends lines with `\\n`, as files do; HTTP's lines end with `\\r\\n`.",
        "Write \\r\\n at the end of each line of the head, also in a string in triple quotes.",
    ),
    Case(
        "no-empty-line",
        (quoted("no-empty-line"),),
        "Nothing parts the head from the page, so the page is read as header fields.",
    ),
    Case(
        "length-in-characters",
        (of("respond-length"), says("after the end"), told_characters),
        "Content-Length counts characters, and some of them take more than one byte.",
        "Encode first, then count: len(text.encode('utf-8')).",
    ),
    Case(
        "length-with-head",
        (quoted("body-short"), told_with_head),
        "Content-Length counts the head, too.",
        "Count the bytes after the empty line alone.",
    ),
    Case(
        "wrong-length",
        (of("respond-length"), says("after the end")),
        "Content-Length is smaller than the body.",
    ),
    Case(
        "wrong-length",
        (quoted("body-short"), says("Content-Length")),
        "Content-Length is greater than the body, so the client waits for more.",
    ),
    Case(
        "no-length",
        (says("neither Content-Length nor"),),
        "The head does not tell the body's length, so a client can't tell an answer from half of one.",
    ),
    Case("no-date", (of("respond-date"), says("missing")), "The program sends no Date."),
    Case("no-content-type", (of("respond-content-type"), says("missing")), "The program sends no Content-Type."),
)
VIEWS = (
    Case(
        "query-in-path",
        (of("route-query"), status(404), asked(rb"GET /\?a=1 ")),
        "The program looks up the whole target, and there is no page by the name of path and query together.",
    ),
    Case(
        "no-404",
        (of("route-unknown"), status(*SUCCESS)),
        "The program has a page, and 200, for any path.",
    ),
    Case(
        "body-on-head",
        (of("methods-head-no-body"), says("bytes")),
        "The program writes the page on HEAD, too.",
    ),
    Case(
        "head-not-like-get",
        (of("methods-head"), says("HEAD")),
        "The program does not treat HEAD as a GET without the page.",
    ),
    Case(
        "ignores-method",
        (of("methods-lacking", "methods-unknown", "methods-trace", "methods-connect"), status(*SUCCESS)),
        "The program does not look at the method: whatever is asked, it answers as to GET.",
        "Look at the first word of the request line, and answer 405 with Allow where the page lacks that method.",
    ),
    Case("no-allow", (of("methods-allow"), says("missing")), "The 405 does not say which methods there are."),
    Case(
        "unchecked-request",
        (stage(9), status(*SUCCESS), says("not (400|any 4[^,]*)$")),
        "The program does not check for this: it answers a malformed request as if it were right.",
    ),
    Case(
        "unchecked-request",
        (of("persistence-error"), status(*SUCCESS), says("not (400|any 4[^,]*)$")),
        "The program does not check for this: it answers a malformed request as if it were right.",
    ),
)
FAILURES = (
    Case(
        "raises",
        (logs_error,),
        "The program failed at this request, and went on with the next one.",
        "Catch what goes wrong with one request, and answer it, with 400 or 500.",
        error_logged,
    ),
)
CASES = (*WAITING, *DEATHS, *CONNECTIONS, *ANSWERS, *VIEWS, *FAILURES)
