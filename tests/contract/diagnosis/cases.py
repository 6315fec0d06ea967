"""Outcomes whose cause is known, and outcomes without a cause."""

import signal
from dataclasses import replace

from http_contract import BY_ID, Outcome
from http_contract.client.server import Crash, ExitKind
from http_contract.client.transport import no_response
from http_contract.http.params import Params
from http_contract.http.parser import read_response
from http_contract.http.request import get, method_of, request
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Failure, judged, of_connection

URL = "http://127.0.0.1:8000"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = HEAD + b"Content-Length: 5\r\n\r\nhello"
REFUSED = Failure("connection-refused", Params(host="127.0.0.1", port=8000, reason="Connection refused"))
ENDED = Failure("ended", Params(kind="exit", number=1))
TRACEBACK = 'Traceback (most recent call last):\n  File "/home/ada/server.py", line 12, in main\n    code()\n'
INDEX_ERROR = f"{TRACEBACK}IndexError: list index out of range\n"
ERROR_TOLD = "IndexError: list index out of range (server.py, line 12)"
UTF8_ERROR = f"{TRACEBACK}UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff\n"
LOST = f"{TRACEBACK}BrokenPipeError: [Errno 32] Broken pipe\n"
IN_USE = f"{TRACEBACK}OSError: [Errno 98] Address already in use\n"


def said(received: bytes, *sent: bytes, ended: CloseReason = "closed", state: CloseReason | None = None) -> Transcript:
    """Return a conversation, its answers read as the client reads them."""
    sent = sent or (get("/"),)
    response = read_response(received, 0, method_of(sent), ended)
    responses = (response,) if received else ()
    return Transcript(
        sent=sent, received=received, responses=responses, ended=ended, state_before_half_close=state or ended, url=URL
    )


NOTHING = said(b"", b"", ended="open")
PLAIN = said(PAGE)
UNTYPED = said(b"HTTP/1.1 200 OK\r\n\r\nhi")


def failed(id: str, *failures: Failure, crash: Crash | None = None, after: tuple[Transcript, ...] = ()) -> Outcome:
    transcript = tuple(failure.transcript for failure in failures if failure.transcript)
    rule = BY_ID[id]
    return Outcome(rule=rule, verdict="failed", failures=failures, transcripts=(*after, *transcript), crash=crash)


def answered(id: str, transcript: Transcript) -> Outcome:
    """Return what comes of a rule by its first exchange."""
    return failed(id, *judged(transcript, *BY_ID[id].exchanges[0].expects))


def unanswered(id: str, how: CloseReason, *sent: bytes, before: bytes = b"") -> Outcome:
    transcript = replace(said(before, *sent, ended="closed"), ended=how)
    failure = of_connection(no_response(transcript))
    return failed(id, replace(failure, offset=len(before)))


def died(id: str, output: str, *sent: bytes, kind: ExitKind = "exit", number: int = 1) -> Outcome:
    """Return what comes of a rule whose last conversation, with those bytes, the program did not survive."""
    after = (PLAIN, said(b"", *(sent or (b"",))), said(b""))
    return failed(id, ENDED, crash=Crash(kind, number, output), after=after)


def aborted(id: str, *sent: bytes) -> Outcome:
    """Return what comes of a rule after which the program ended in order, when a client had reset its connection."""
    after = (PLAIN, replace(said(b"", *sent), ended="aborted"), said(b""))
    return failed(id, ENDED, crash=Crash("exit", 0, ""), after=after)


def lost(output: str, *sent: bytes, kind: ExitKind = "exit", number: int = 1) -> Outcome:
    """The same of a program that an error ended."""
    return replace(aborted("listen-survives-reset", *sent), crash=Crash(kind, number, output))


def gone(id: str, *sent: bytes) -> Outcome:
    """The same of a program that the judge did not start."""
    return failed(id, REFUSED, after=(PLAIN, said(b"", *sent)))


def unstarted(command: str = "./server", output: str = "", code: str = "start-ended") -> Failure:
    """Return the failure of a program that did not start."""
    return Failure(code, Params(command=command, output=output, kind="exit", number=1, reason="No such file"))


def told_length(length: int, body: str) -> Transcript:
    data = HEAD + b"Content-Length: %d\r\n\r\n" % length + body.encode()
    return said(data)


NO_LENGTH = said(HEAD + b"\r\nhello")
JOINED = b"HTTP/1.1 200 OK\r\nContent-Type: text/htmlContent-Length: 5\r\n\r\nhello"
HALF = b"GET / HTTP/1.1\r\nHost: loc"
LONG = b"GET / HTTP/1.1\r\nX: " + b"x" * 6000 + b"\r\n\r\n"
FAULTS = {
    "bare-lf": answered("respond-crlf", said(b"HTTP/1.1 200 OK\n\n<h1>Hello</h1>")),
    "no-empty-line": answered("respond-empty-line", said(b"HTTP/1.1 200 OK\r\n<h1>Hello</h1>")),
    "no-empty-line at all": answered("respond-empty-line", said(HEAD)),
    "http-0.9": answered("respond-status-line", said(b"<h1>Hello</h1>")),
    "http-0.9 in the status": answered("route-index", said(b"Hello")),
    "http-0.9 for few words": answered("headers-few-words", said(b"<h1>Bad request</h1>", b"GET\r\n\r\n")),
    "http-0.9 for another version": answered("targets-version", said(b"HTTP Version Not Supported\n")),
    "no-status-line": answered("respond-status-line", said(b"Content-Type: text/html\r\n\r\nhello")),
    "line-before-status-line": answered("respond-status-line", said(b"\nHTTP/1.1 200 OK\r\n\r\nhello")),
    "no-version": answered("respond-status-line", said(b"HTTP 200 OK\r\n\r\nhello")),
    "no-version in small letters": answered("route-index", said(b"http/1.1 200 OK\r\n\r\nhello")),
    "no-status-code": answered("respond-status-line", said(b"HTTP/1.1 OK\r\n\r\nhello")),
    "no-status-code in the status": answered("route-index", said(b"HTTP/1.1\r\n\r\nhello")),
    "no-reason": answered("respond-status-line", said(b"HTTP/1.1 200\n\nhello")),
    "no-length": answered("respond-length-given", NO_LENGTH),
    "no-length for two": unanswered("persistence-two", "closed", request("GET", "/"), before=NO_LENGTH.received),
    "fields-joined for two": unanswered("persistence-two", "closed", request("GET", "/"), before=JOINED),
    "closes-always": unanswered("persistence-two", "reset", request("GET", "/"), before=PAGE),
    "length-in-characters": answered("respond-length", told_length(4, "Café")),
    "length-with-head": answered("respond-length", told_length(69, "hello")),
    "wrong-length too small": answered("respond-length", told_length(4, "hello")),
    "wrong-length too great": answered("respond-length", told_length(6, "hello")),
    "no-content-type": answered("respond-content-type", said(b"HTTP/1.1 200 OK\r\n\r\nhello")),
    "no-date": answered("respond-date", PLAIN),
    "never-closes": answered("respond-length", said(HEAD + b"\r\nhello", ended="timeout")),
    "never-closes when told": answered("persistence-close", said(PAGE, state="open")),
    "closes-unread": answered("respond-long-head", said(PAGE, LONG, ended="reset")),
    "closes-unread with no length": answered("respond-length", said(HEAD + b"\r\nhello", LONG, ended="reset")),
    "single-recv": answered("respond-three-packets", said(PAGE, b"GE", b"T /", ended="reset")),
    "single-recv without an answer": unanswered("respond-three-packets", "closed", b"GE", b"T /"),
    "blocks-on-idle": unanswered("concurrency-idle", "timeout", get("/")),
    "blocks-on-idle and dies then": replace(
        unanswered("concurrency-idle", "timeout", get("/")), crash=Crash("exit", 1, INDEX_ERROR)
    ),
    "shows-traceback": answered("route-index", said(f"HTTP/1.1 500 No\r\n\r\n<pre>{INDEX_ERROR}</pre>".encode())),
    "query-in-path": answered("route-query", said(b"HTTP/1.1 404 Not Found\r\n\r\n", get("/?a=1"))),
    "no-404": answered("route-unknown", PLAIN),
    "body-on-head": answered("methods-head-no-body", said(PAGE, b"HEAD / HTTP/1.1\r\n\r\n")),
    "head-not-like-get": failed("methods-head", Failure("head-status", Params(path="/", get=200, head=501), 0, PLAIN)),
    "ignores-method": answered("methods-not-allowed", PLAIN),
    "no-allow": answered("methods-allow", said(b"HTTP/1.1 405 No\r\n\r\n")),
    "unchecked-request": answered("hosts-missing", PLAIN),
    "unchecked-request length": answered("persistence-error", PLAIN),
    "no-reuse-address": failed("listen-restarts", unstarted(output=IN_USE)),
    "address-in-use": failed("listen-accepts", unstarted(output=IN_USE)),
    "no-shell to build it": failed("listen-accepts", unstarted("make && ./server")),
    "no-shell to build it, without spaces": failed("listen-accepts", unstarted("make;./server")),
    "no-shell to redirect": failed("listen-accepts", unstarted("node server.js 2>&1")),
    "no-shell to name the port": failed("listen-accepts", unstarted("./server $PORT")),
    "no-shell to set a variable": failed("listen-accepts", unstarted("PORT={port} ./server", code="no-such-program")),
    "no-shell to change the folder": failed(
        "listen-accepts", unstarted("cd 'my server'; ./server", code="no-such-program")
    ),
    "no-such-program in a shell": failed(
        "listen-accepts", unstarted("bsh -c 'make && ./server'", code="no-such-program")
    ),
    "no-such-program in a shell with options": failed(
        "listen-accepts", unstarted("bsh -lc 'make && ./server'", code="no-such-program")
    ),
    "no-such-program": failed("listen-accepts", unstarted("/no {port}", code="no-such-program")),
    "no-such-program apart": failed("listen-accepts", unstarted("/no", "bwrap: execvp /no: No such file")),
    "raises": replace(unanswered("persistence-error", "closed", get("/")), output=INDEX_ERROR),
    "raises and answers": replace(answered("route-index", said(b"HTTP/1.1 500 No\r\n\r\nno")), output=INDEX_ERROR),
    "no-such-file": failed("listen-accepts", unstarted("python3 a.py", "python3: can't open file 'a.py'")),
    "does-not-start": failed("listen-accepts", unstarted(output=INDEX_ERROR)),
}


def unserved(id: str, *sent: bytes) -> Outcome:
    """Return what comes of a rule whose client was served by a process that a signal ended."""
    failure = Failure("child-ended", Params(kind="signal", number=signal.SIGSEGV), 0, said(b"", *sent))
    return failed(id, failure, replace(failure, code="no-response", params=Params(ended="closed")))


def late(id: str, path: str = "/x") -> Outcome:
    """Return what comes of a rule whose response came after the client had closed its side."""
    transcript = replace(said(b"", get(path), ended="timeout"), is_late=True)
    return failed(id, of_connection(no_response(transcript)))


def buffered(size: int) -> Transcript:
    """Return a conversation in which the response is cut after this size."""
    head = HEAD + b"Content-Length: 9000\r\n\r\n"
    return said(head + b"x" * (size - len(head)), ended="timeout")


EARLY = said(PAGE, b"GE", b"T / HTTP/1.1\r\n\r\n")
FAULTS |= {
    "silent": unanswered("listen-answers", "timeout", get("/")),
    "answers-each-packet": failed(
        "respond-three-packets",
        Failure("early-response", offset=0, transcript=replace(EARLY, received=2 * PAGE, is_early=True)),
    ),
    "single-recv early": failed(
        "concurrency-reverse", Failure("early-response", offset=0, transcript=replace(EARLY, is_early=True))
    ),
    "leaves-waiting for HEAD": unanswered("methods-head", "timeout", b"HEAD / HTTP/1.1\r\n\r\n"),
    "leaves-waiting for a path": unanswered("route-unknown", "timeout", get("/no-such-page")),
    "silent until the client has closed its side": late("listen-answers"),
    "wrong-length of no buffer": answered("respond-length", buffered(4095)),
    "child-dies": unserved("route-unknown", get("/x")),
    "single-recv in a child": unserved("respond-three-packets", b"GE", b"T /"),
    "not-flushed": late("route-unknown"),
    "not-flushed after a part": answered("respond-length", buffered(4096)),
    "literal-escapes and a client that has left": replace(
        answered("respond-empty-line", said(rb"HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello")), output=LOST
    ),
    "literal-escapes": answered("respond-empty-line", said(rb"HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello")),
    "fields-joined": answered(
        "respond-date", said(b"HTTP/1.1 200 OK\r\nContent-Type: text/htmlContent-Length: 5\r\n\r\nhello")
    ),
    "extra-crlf": answered("respond-length", said(HEAD + b"Content-Length: 5\r\n\r\n\r\nhello")),
    "extra-crlf for HEAD": answered("methods-head-no-body", said(HEAD + b"\r\n\r\n", b"HEAD / HTTP/1.1\r\n\r\n")),
    "judges-by-fields": answered(
        "route-user-agent", said(b"HTTP/1.1 400 No\r\n\r\nno", get("/", "User-Agent: Mozilla/5.0"))
    ),
}


def excess(received: bytes, *sent: bytes) -> Outcome:
    """Return what comes of a rule after whose response more bytes came."""
    return answered("respond-length", said(received, *sent))


def stopped(output: str, *sent: bytes) -> Outcome:
    """Return what comes of a rule after which the program served nobody any more, although it still ran."""
    transcript = said(b"", *(sent or (b"",)), ended="timeout")
    outcome = failed("listen-survives-silence", Failure("stopped-responding", transcript=transcript), after=(PLAIN,))
    return replace(outcome, output=output)


BOTH = (said(b"", ended="timeout"), said(PAGE, get("/").replace(b"\r\n", b"\n")))
NO_ELEMENT = 'Exception in thread "main" java.util.NoSuchElementException\n\tat Main.main(Main.java:3)\n'
NO_LINE = NO_ELEMENT.replace("\tat Main", "\tat java.base/java.util.Scanner.throwFor(Scanner.java:937)\n\tat Main")
FAULTS |= {
    "closes-without-response": unanswered("listen-answers", "closed", get("/")),
    "compares-with-lf": replace(unanswered("listen-answers", "timeout", get("/")), transcripts=BOTH),
    "single-recv in a thread that fails": replace(
        unanswered("respond-three-packets", "timeout", b"GE", b"T /"), output=INDEX_ERROR
    ),
    "raises and lets the client wait": replace(
        unanswered("methods-head", "timeout", b"HEAD / HTTP/1.1\r\n\r\n"), output=INDEX_ERROR
    ),
    "raises by a mistake": replace(unanswered("route-index", "closed", request("GET", "/")), output=INDEX_ERROR),
    "raises and sends an empty page": replace(
        answered("route-unknown", said(HEAD + b"Content-Length: 0\r\n\r\n", get("/x"))), output=INDEX_ERROR
    ),
    "responds-twice": excess(2 * PAGE),
    "shows-bytes": excess(HEAD + b"Content-Length: 5\r\n\r\nb'hello'"),
    "sends-whole-buffer": excess(PAGE + 100 * b"\0"),
    "last-line-end": excess(PAGE + b"\n"),
    "wrong-length for two requests": excess(PAGE + b"x"),
    "echoes": answered("respond-status-line", said(get("/").upper())),
    "waits-for-keyboard": failed("listen-accepts", unstarted(output=f"{TRACEBACK}EOFError: EOF when reading a line\n")),
    "waits-for-keyboard in Java": failed("listen-accepts", unstarted(output=NO_LINE)),
    "does-not-start in a list without a further element": failed("listen-accepts", unstarted(output=NO_ELEMENT)),
    "ends-at-once": failed("listen-accepts", Failure("start-ended", Params(output="", kind="exit", number=0))),
    "stops-responding": stopped(""),
    "dies-of-empty-connection in the thread that accepts": stopped(INDEX_ERROR),
}
DEATHS = {
    "decodes-as-ascii": died(
        "listen-survives-not-utf8", f"{TRACEBACK}UnicodeDecodeError: 'ascii' codec can't decode\n", b"\xff\r\n\r\n"
    ),
    "decodes-as-utf8": died("listen-survives-not-utf8", UTF8_ERROR, b"\xff\r\n\r\n"),
    "decodes-as-utf8 in another rule": died("targets-tls", UTF8_ERROR, b"\x16\x03\xff"),
    "single-recv in the first piece": died("respond-three-packets", INDEX_ERROR, b"GE", b"T /"),
    "single-recv in half a request": died("listen-survives-reset", INDEX_ERROR, HALF),
    "single-recv in a long line": died("targets-method-long", INDEX_ERROR, b"AAA / HTTP/1.1\r\n\r\n"),
    "dies-of-lost-client": died("listen-survives-reset", LOST, HALF),
    "dies-of-lost-client in C": died("listen-survives-reset", "", HALF, kind="signal", number=signal.SIGPIPE),
    "dies-of-empty-connection": died("listen-survives-silence", INDEX_ERROR),
    "dies-of-empty-connection in C": died("listen-survives-silence", "", kind="signal", number=signal.SIGSEGV),
    "dies-of-empty-connection in the middle of a request": died("listen-survives-silence", INDEX_ERROR, HALF),
    "dies-of-empty-connection unseen": gone("listen-survives-silence", b""),
    "dies-of-short-request-line": died("headers-few-words", INDEX_ERROR, b"GET\r\n\r\n"),
    "dies-of-short-request-line in garbage": died("listen-survives-not-utf8", INDEX_ERROR, b"\xff\r\n\r\n"),
    "dies-of-short-request-line unseen": gone("headers-few-words", b"GET\r\n\r\n"),
    "dies-of-short-request-line in Rust": died(
        "headers-few-words",
        "thread 'main' panicked at src/main.rs:9:5:\ncalled `Option::unwrap()` on a `None` value\n",
        b"GET\r\n\r\n",
    ),
    "dies-of-short-request-line in C++": died(
        "headers-few-words",
        "terminate called after throwing an instance of 'std::out_of_range'\n"
        "  what():  basic_string::substr: __pos (which is 4) > this->size() (which is 3)\n",
        b"GET\r\n\r\n",
        kind="signal",
        number=signal.SIGABRT,
    ),
    "dies-of-lost-client in Java": died(
        "listen-survives-reset",
        'Exception in thread "main" java.net.SocketException: Connection reset\n\tat Main.main(Main.java:7)\n',
        HALF,
    ),
    "dies-of-lost-client by its own mistake": lost("", kind="signal", number=signal.SIGSEGV),
    "dies-of-empty-connection while others are served": failed(
        "concurrency-idle",
        ENDED,
        crash=Crash("signal", signal.SIGSEGV, ""),
        after=(replace(NOTHING, began=1.0, finished=3.0), replace(PLAIN, began=2.0, finished=2.5)),
    ),
    "dies-of-empty-connection before another is served": failed(
        "listen-survives-silence", ENDED, crash=Crash("signal", signal.SIGSEGV, ""), after=(NOTHING, PLAIN)
    ),
    "dies-of-error that is printed at few words": died("headers-few-words", "Error reading: EOF\n", b"GET\r\n\r\n"),
    "dies-of-error by two answers": died(
        "methods-head",
        "Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers after they are sent to the client\n"
        "    at ServerResponse.setHeader (node:_http_outgoing:699:11)\n",
        b"DELETE / HTTP/1.1\r\n\r\n",
    ),
    "dies-of-error among many": died("concurrency-hundred", "", request("GET", "/"), kind="signal", number=6),
    "dies-of-error in a plain request": died("route-index", f"{TRACEBACK}OSError: [Errno 21]\n", request("GET", "/")),
    "dies-of-error after a response that is wrong": replace(
        failed("methods-head", Failure("head-status", Params(path="/", get=200, head=501), 0, PLAIN), ENDED),
        crash=Crash("exit", 1, f"{TRACEBACK}ValueError: no\n"),
    ),
    "error-taken-for-end": aborted("listen-survives-reset", HALF),
    "ends-by-itself": died("listen-survives-silence", "bye\n", number=0),
    "dies-of-error": died("route-percent-nul", f"{TRACEBACK}ValueError: embedded null byte\n", get("/%00")),
    "dies-of-error by a mistake": died(
        "route-test", f"{TRACEBACK}TypeError: a bytes-like object is required\n", get("/")
    ),
    "dies-of-error without conversations": failed("route-test", crash=Crash("signal", signal.SIGSEGV, "")),
    "dies-of-error at few words": died("headers-few-words", f"{TRACEBACK}MemoryError\n", b"GET\r\n\r\n"),
}
CAUSED = FAULTS | DEATHS
UNKNOWN = {
    "passed": Outcome(rule=BY_ID["respond-crlf"], verdict="passed", crash=Crash("exit", 1, "")),
    "the hint says it": answered("respond-charset", PLAIN),
    "silent to some": unanswered("listen-survives-silence", "timeout", get("/")),
    "silent to half a request": unanswered("route-index", "timeout", HALF),
    "a type in another response": failed(
        "respond-content-type",
        Failure("field-missing", Params(name="Content-Type"), 0, UNTYPED),
        after=(PLAIN,),
    ),
    "hangs up": unanswered("route-index", "closed", get("/x")),
    "an error of another request": replace(
        failed("concurrency-hundred", Failure("timed-out", Params(seconds=2))), output=INDEX_ERROR
    ),
    "a method that is not implemented": replace(
        answered("route-index", said(b"HTTP/1.1 501 No\r\n\r\n")), output=INDEX_ERROR
    ),
    "a response to a malformed request that comes late": late("headers-nul", "/"),
    "resets": unanswered("route-long", "reset", get("/x")),
    "never there": failed("listen-accepts", REFUSED),
    "killed": died("route-index", "", get("/"), kind="signal", number=signal.SIGKILL),
    "three packets and no answer": unanswered("respond-three-packets", "timeout", b"GE", b"T /"),
    "another status line": answered("respond-status-line", said(b"HTTP/1.1 2000 OK\r\n\r\nhello")),
    "a mark before the status line": answered("respond-status-line", said(b"\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\nhi")),
    "another page for a query": answered("route-query", said(b"HTTP/1.1 500 No\r\n\r\n", get("/?a=1"))),
    "another host": answered("hosts-unknown", PLAIN),
    "a right answer, and an error of another": replace(answered("respond-charset", PLAIN), output=INDEX_ERROR),
    "a quiet error": answered("route-index", said(b"HTTP/1.1 500 No\r\n\r\nsorry")),
    "a length that is none": answered("respond-length", said(HEAD + b"Content-Length: x\r\n\r\nhello")),
    "a later answer without head": failed(
        "persistence-head",
        Failure(
            "wrong-status",
            Params(status=0, allowed=("200",)),
            len(PAGE),
            replace(PLAIN, responses=(*PLAIN.responses, read_response(PAGE + b"<h1>", len(PAGE), "GET", "closed"))),
        ),
    ),
    "an answer before the end": failed("route-index", replace(ENDED, transcript=PLAIN), crash=Crash("exit", 1, "")),
}
