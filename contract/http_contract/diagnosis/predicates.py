"""Predicates over the evidence, by which a cause is known: each looks at one thing."""

import re
import signal
from collections.abc import Callable

from http_contract.diagnosis.evidence import Evidence
from http_contract.http.response import CloseReason

Predicate = Callable[[Evidence], bool]

LOST = "ConnectionResetError|BrokenPipeError|ConnectionAbortedError|ECONNRESET|EPIPE|[Bb]roken pipe|reset by peer"
UNDECODED = "UnicodeDecodeError|MalformedInputException|Utf8Error"
MISSING = "IndexError|values to unpack|OutOfBounds|out of (range|bounds)|of undefined|NoSuchElementException"
# A command with what only a shell understands, unless it hands that to one.
SHELL = r"(?!.* (?:-\w*[ce]|--eval) )(?:cd |\w+=|.*(?:&&|[;<>]| \|{1,2} |\$[\w{]))"
MISTAKE = "TypeError|NameError|AttributeError|UnboundLocalError|ReferenceError|NullPointerException"
IN_USE = "[Aa]ddress (already )?in use|EADDRINUSE"
SUCCESS = range(200, 300)
CLIENT_ERROR = "4xx"  # the class, as a failure lists it among the allowed ones


def of(*ids: str) -> Predicate:
    """It is one of these rules."""
    return lambda evidence: evidence.outcome.rule.id in ids


def stage(number: int) -> Predicate:
    return lambda evidence: evidence.outcome.rule.stage == number


def code(*codes: str) -> Predicate:
    """The failure has one of these codes; that of a defect is among them where the failure is about it."""
    return lambda evidence: evidence.failure.code in codes


def not_started(evidence: Evidence) -> bool:
    """The judge could not start the program."""
    return "output" in evidence.failure.params


def either(*predicates: Predicate) -> Predicate:
    return lambda evidence: any(predicate(evidence) for predicate in predicates)


def wrote(pattern: str) -> Predicate:
    """What the program wrote has it."""
    return lambda evidence: re.search(pattern, evidence.output) is not None


def raised(pattern: str) -> Predicate:
    """The error that ended the program has it."""
    return lambda evidence: re.search(pattern, evidence.last_words) is not None


def flawed(code: str) -> Predicate:
    """The response has a defect with this code, whatever the failure is."""
    return lambda evidence: any(defect.code == code for defect in evidence.response.defects)


def headless(evidence: Evidence) -> bool:
    """No status line begins the first answer; before a later one, the answer before it may have left something."""
    return evidence.response.start == 0 and flawed("no-status-line")(evidence)


def ended(*how: CloseReason) -> Predicate:
    return lambda evidence: evidence.transcript.ended in how


def begins(pattern: bytes) -> Predicate:
    """The answer begins so."""
    return lambda evidence: re.match(pattern, evidence.beginning) is not None


def status(*codes: int) -> Predicate:
    return lambda evidence: evidence.response.status in codes


def asked(pattern: bytes) -> Predicate:
    """What was sent begins so."""
    return lambda evidence: re.match(pattern, b"".join(evidence.transcript.sent)) is not None


def gone(evidence: Evidence) -> bool:
    """The program has ended before it had answered."""
    return evidence.gone


def in_order(evidence: Evidence) -> bool:
    """The program ended, and not by an error."""
    return evidence.crash is not None and (evidence.crash.kind, evidence.crash.number) == ("exit", 0)


def lost_client(evidence: Evidence) -> bool:
    """It ended because a client had left."""
    return evidence.ended_by(signal.SIGPIPE) or raised(LOST)(evidence)


def by_nothing(evidence: Evidence) -> bool:
    """It did not survive a client that sent nothing."""
    fatal = evidence.fatal
    return fatal is not None and not any(fatal.sent) and fatal.ended != "aborted"


def by_few_words(evidence: Evidence) -> bool:
    """It did not survive a request line with fewer words than three."""
    return evidence.fatal is not None and any(evidence.fatal.sent) and evidence.fatal_words < 3


def by_a_part(evidence: Evidence) -> bool:
    """It did not survive a request of which only a part had come."""
    return evidence.fatal is not None and any(evidence.fatal.sent) and b"\r\n\r\n" not in b"".join(evidence.fatal.sent)


def by_missing(evidence: Evidence) -> bool:
    """It looked for something in a list or a string that was shorter; or it left no word of what it did."""
    return evidence.raised is None or raised(MISSING)(evidence)


def starts_not(evidence: Evidence) -> bool:
    """It raised an error before it listened."""
    return not_started(evidence) and evidence.raised is not None


def silent(evidence: Evidence) -> bool:
    """It is there, and says nothing."""
    return evidence.transcript.ended == "timeout" and not evidence.transcript.received


def cut_off(evidence: Evidence) -> bool:
    """It answered, in part at least, and then came a reset, which the failure is about."""
    failure = evidence.failure
    resets = failure.code == "reset" or failure.params.get("ended") == "reset"
    return resets and failure.code != "no-response" and evidence.transcript.ended == "reset"


def needs_shell(evidence: Evidence) -> bool:
    """The command has what only a shell understands."""
    return re.match(SHELL, str(evidence.failure.params.get("command", "")), re.DOTALL) is not None


def must_be_refused(evidence: Evidence) -> bool:
    """No status was allowed but 400, or any 4xx and at most one other."""
    allowed = evidence.failure.params.get("allowed", ())
    return allowed == ("400",) or (CLIENT_ERROR in allowed and len(allowed) <= 2)


def shows_error(evidence: Evidence) -> bool:
    """The answer is no success, and shows what the program raised."""
    return evidence.response.status not in range(100, 500) and evidence.shown is not None


def logs_error(evidence: Evidence) -> bool:
    """There is no whole answer, or one that says that the server failed; and what it wrote tells of an error."""
    failed = not evidence.response.complete or evidence.response.status >= 500
    return failed and evidence.logged is not None


def content_length(length: int | None) -> Predicate:
    """Content-Length is that."""
    return lambda evidence: evidence.response.get("Content-Length") == str(length)


def told_characters(evidence: Evidence) -> bool:
    """Content-Length is the number of characters, where there are more bytes than that."""
    content = evidence.content.decode("utf-8", "replace")
    return len(content) < len(evidence.content) and content_length(len(content))(evidence)


def told_with_head(evidence: Evidence) -> bool:
    """Content-Length is that of the whole answer, its head included."""
    return content_length(len(evidence.transcript.received) - evidence.response.start)(evidence)


def without_length(evidence: Evidence) -> bool:
    """The first answer ends where the connection does."""
    return any(response.framing == "close" for response in evidence.transcript.responses[:1])
