"""Predicates over the evidence: each checks one fact, and several together show a cause."""

import re
import signal
from collections.abc import Callable

from http_contract.client.server import SIGNAL_IN_SHELL
from http_contract.diagnosis.evidence import Evidence
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript

Predicate = Callable[[Evidence], bool]

LOST_CLIENT = (
    "Connection(Reset|Aborted)Error|BrokenPipeError|ECONNRESET|EPIPE|[Bb]roken pipe|reset by peer|"
    "SocketException: Connection reset"
)
DECODING_ERROR = "UnicodeDecodeError|MalformedInputException|Utf8Error|valid UTF-8"
ASCII_ERROR = "UnicodeDecodeError: 'ascii' codec"
JOINED_FIELDS = re.compile(r"[^ ](Date|Content-Type|Content-Length|Connection|Server): ")  # within a value
INDEX_ERROR = (
    "IndexError|values to unpack|OutOfBounds|out of (range|bounds)|of undefined|NoSuchElementException|"
    "on a `None` value|basic_string::|_M_range_check"
)
NO_KEYBOARD = r"EOFError|NoSuchElementException[\s\S]*java\.util\.Scanner"
ANSWERED_TWICE = "ERR_HTTP_HEADERS_SENT|write after end"
# A command with syntax that only a shell understands, unless it starts a shell or an interpreter with that text.
SHELL_SYNTAX = r"(?!.* (?:-\w*[ce]|--eval) )(?:cd |\w+=|.*(?:&&|[;<>]| \|{1,2} |\$[\w{]))"
PROGRAMMING_ERROR = "TypeError|NameError|AttributeError|UnboundLocalError|ReferenceError|NullPointerException"
PORT_IN_USE = "[Aa]ddress (already )?in use|EADDRINUSE"
BUFFER = 4096  # octets; some buffers are a multiple of it
SUCCESS = range(200, 300)
PLAIN_REQUEST = re.compile(rb"GET /(?:test)? HTTP/1\.1\r\n(?:[\w-]+: [^\r\n]*\r\n)+\r\n")
HOSTILE = 9  # the stage of malformed requests
BYTES_NOTATION = re.compile(rb"\s*b(['\"]).*\1\s*", re.DOTALL)
FIRST_STAGES = (1, 2, 3)
NOT_IMPLEMENTED = 501
CLIENT_ERROR = "4xx"  # the class of status codes, as a failure lists it among the allowed ones


def rule_is(*ids: str) -> Predicate:
    """The rule is one of these."""
    return lambda evidence: evidence.outcome.rule.id in ids


def stage_is(number: int) -> Predicate:
    return lambda evidence: evidence.outcome.rule.stage == number


def failure_is(*codes: str) -> Predicate:
    """The failure has one of these codes; a failure about a defect has the code of the defect."""
    return lambda evidence: evidence.failure.code in codes


def either(*predicates: Predicate) -> Predicate:
    return lambda evidence: any(predicate(evidence) for predicate in predicates)


def not_started(evidence: Evidence) -> bool:
    """The judge could not start the program."""
    return "output" in evidence.failure.params


def output_matches(pattern: str) -> Predicate:
    """The pattern occurs in the output of the program."""
    return lambda evidence: re.search(pattern, evidence.output) is not None


def port_is_busy(evidence: Evidence) -> bool:
    """The program did not start, and closed connections or another program occupied its port."""
    return evidence.failure.params.get("busy", False) is True


def fatal_error_matches(pattern: str) -> Predicate:
    """The pattern occurs in the error that ended the program."""
    return lambda evidence: re.search(pattern, evidence.fatal_error_or_output) is not None


def has_defect(code: str) -> Predicate:
    """The response has a defect with this code, whatever the failure is."""
    return lambda evidence: any(defect.code == code for defect in evidence.response.defects)


def lacks_status_line(evidence: Evidence) -> bool:
    """The first response has no status line; a later one may follow bytes that belong to the response before it."""
    return evidence.response.start == 0 and has_defect("no-status-line")(evidence)


def connection_ended(*reasons: CloseReason) -> Predicate:
    return lambda evidence: evidence.transcript.ended in reasons


def response_begins(pattern: bytes) -> Predicate:
    """The pattern matches the beginning of the response."""
    return lambda evidence: re.match(pattern, evidence.beginning) is not None


def status_is(*codes: int) -> Predicate:
    return lambda evidence: evidence.response.status in codes


def request_begins(pattern: bytes) -> Predicate:
    """The pattern matches the beginning of the sent bytes."""
    return lambda evidence: re.match(pattern, b"".join(evidence.transcript.sent)) is not None


def ended_before_response(evidence: Evidence) -> bool:
    """The program ended before it had sent a complete response."""
    return evidence.ended_before_response


def exited_normally(evidence: Evidence) -> bool:
    """The program ended, and not by an error."""
    return evidence.crash is not None and (evidence.crash.kind, evidence.crash.number) == ("exit", 0)


def ended_by_lost_client(evidence: Evidence) -> bool:
    """The program ended because a client had closed its connection."""
    return evidence.ended_by(signal.SIGPIPE) or fatal_error_matches(LOST_CLIENT)(evidence)


def ended_by_index_error(evidence: Evidence) -> bool:
    """The program used an item that its list or string does not have; or a signal ended it, or it printed nothing."""
    is_unknown = evidence.fatal_error is None and (ended_by_signal(evidence) or not evidence.output.strip())
    return is_unknown or fatal_error_matches(INDEX_ERROR)(evidence)


def ended_by_signal(evidence: Evidence) -> bool:
    return evidence.crash is not None and (evidence.crash.kind == "signal" or evidence.crash.number > SIGNAL_IN_SHELL)


def fatal_connection_empty(evidence: Evidence) -> bool:
    """The program ended after a client had sent nothing."""
    fatal = evidence.fatal_transcript
    return fatal is not None and not any(fatal.sent) and fatal.ended != "aborted"


def fatal_connection_aborted(evidence: Evidence) -> bool:
    """The program ended after a client had reset its connection."""
    return evidence.fatal_transcript is not None and evidence.fatal_transcript.ended == "aborted"


def response_is_late(evidence: Evidence) -> bool:
    """The response began after the client had closed its side, although the program does not wait for that.

    After a malformed request, it may wait for more.
    """
    is_whole = evidence.outcome.rule.stage != HOSTILE
    return evidence.transcript.is_late and is_whole and evidence.outcome.rule.id != "listen-answers"


def response_ends_with_buffer(evidence: Evidence) -> bool:
    """The received bytes fill the buffers that programs have for their output."""
    return evidence.transcript.received_size % BUFFER == 0


def asks_for_a_page(transcript: Transcript | None) -> bool:
    """The client sent a plain request for a page, and waited for the response."""
    return (
        transcript is not None
        and transcript.ended != "aborted"
        and PLAIN_REQUEST.fullmatch(b"".join(transcript.sent)) is not None
    )


def request_is_plain(evidence: Evidence) -> bool:
    """The rule is one of the first stages, and the request one that every server has to answer."""
    return evidence.outcome.rule.stage in FIRST_STAGES and asks_for_a_page(evidence.transcript)


def fatal_request_is_plain(evidence: Evidence) -> bool:
    """The same of the request that ended the program."""
    return evidence.outcome.rule.stage in FIRST_STAGES and asks_for_a_page(evidence.fatal_transcript)


def fatal_request_line_short(evidence: Evidence) -> bool:
    """The program ended after a request line of fewer than three words."""
    fatal = evidence.fatal_transcript
    return fatal is not None and any(fatal.sent) and evidence.fatal_request_words < 3


def fatal_request_partial(evidence: Evidence) -> bool:
    """The program ended after a part of a request."""
    fatal = evidence.fatal_transcript
    return fatal is not None and any(fatal.sent) and b"\r\n\r\n" not in b"".join(fatal.sent)


def error_at_start(evidence: Evidence) -> bool:
    """The program raised an error before it listened."""
    return not_started(evidence) and evidence.fatal_error is not None


def no_response_in_time(evidence: Evidence) -> bool:
    """The program sent nothing, and did not close the connection."""
    return evidence.transcript.ended == "timeout" and not evidence.transcript.received


def reset_after_response(evidence: Evidence) -> bool:
    """The failure is a reset that came after a response, or after a part of it."""
    failure = evidence.failure
    resets = failure.code == "reset" or failure.params.get("ended") == "reset"
    return resets and failure.code != "no-response" and evidence.transcript.ended == "reset"


def needs_shell(evidence: Evidence) -> bool:
    """The command contains syntax that only a shell understands."""
    return re.match(SHELL_SYNTAX, str(evidence.failure.params.get("command", "")), re.DOTALL) is not None


def must_be_rejected(evidence: Evidence) -> bool:
    """The rule allows only 400, or any 4xx and at most one other status."""
    allowed = evidence.failure.params.get("allowed", ())
    return allowed == ("400",) or (CLIENT_ERROR in allowed and len(allowed) <= 2)


def response_contains_error(evidence: Evidence) -> bool:
    """The status is not one of success or of a client's error, and the content shows the error of the program."""
    return evidence.response.status not in range(100, 500) and evidence.error_in_response is not None


def output_contains_error(evidence: Evidence) -> bool:
    """The failure is an incomplete response, an empty page or a 5xx, and the output of the program contains an error.

    The judge itself leaves after such a response, so an error about a client that has left does not count. A program
    sends 501 on purpose.
    """
    response, error = evidence.response, evidence.error_in_output
    is_empty = response.status in SUCCESS and not response.body and request_begins(b"GET ")(evidence)
    has_failed = not response.complete or is_empty or (response.status >= 500 and response.status != NOT_IMPLEMENTED)
    is_known = evidence.failure.transcript is not None and has_failed
    return is_known and error is not None and not re.search(LOST_CLIENT, error.message)


def error_is_in_output(evidence: Evidence) -> bool:
    """The program printed an error while the rule was judged."""
    return evidence.error_in_output is not None


def no_error_in_output(evidence: Evidence) -> bool:
    return evidence.error_in_output is None


def excess_matches(pattern: bytes) -> Predicate:
    """The pattern matches all bytes after the end of the response, except for what is no longer stored."""
    return lambda evidence: re.fullmatch(pattern, evidence.transcript.rest, re.DOTALL) is not None


def one_request_was_sent(evidence: Evidence) -> bool:
    """The client sent one request without a body."""
    return b"".join(evidence.transcript.sent).partition(b"\r\n\r\n")[1:] == (b"\r\n\r\n", b"")


def content_is_bytes_notation(evidence: Evidence) -> bool:
    """The content is Python's notation for bytes."""
    return BYTES_NOTATION.fullmatch(evidence.content) is not None


def bare_lf_is_answered(evidence: Evidence) -> bool:
    """The program answered the same request with line ends of LF alone."""
    return any(b"\r" not in b"".join(each.sent) and each.received for each in evidence.outcome.transcripts)


def ended_at_once(evidence: Evidence) -> bool:
    """The program ended in order before it listened."""
    params = evidence.failure.params
    return evidence.failure.code == "start-ended" and (params.get("kind"), params.get("number")) == ("exit", 0)


def content_length_is(length: int) -> Predicate:
    return lambda evidence: evidence.response.get("Content-Length") == str(length)


def length_counts_characters(evidence: Evidence) -> bool:
    """Content-Length is the number of characters, which is smaller than the number of bytes."""
    content = evidence.content.decode("utf-8", "replace")
    return len(content) < len(evidence.content) and content_length_is(len(content))(evidence)


def length_includes_head(evidence: Evidence) -> bool:
    """Content-Length is the length of the whole response, with its head."""
    return content_length_is(len(evidence.transcript.received) - evidence.response.start)(evidence)


def first_response_without_length(evidence: Evidence) -> bool:
    """The end of the connection ends the first response."""
    return any(response.framing == "close" for response in evidence.transcript.responses[:1])


def response_is_early(evidence: Evidence) -> bool:
    """A response began before the head of its request had been sent."""
    return evidence.transcript.is_early


def response_is_repeated(evidence: Evidence) -> bool:
    """The program sent several responses to one request."""
    return evidence.transcript.received.count(b"HTTP/1.") > 1


def method_is_other(evidence: Evidence) -> bool:
    """The whole request was sent, and its method is not GET."""
    return evidence.whole_request is not None and evidence.whole_request.method not in ("GET", "")


def path_is_other(evidence: Evidence) -> bool:
    """The whole request was sent, and its path is not that of the index page."""
    return evidence.whole_request is not None and evidence.whole_request.target != "/"


def escapes_are_literal(evidence: Evidence) -> bool:
    """The response contains the characters backslash, r, backslash, n in its first line."""
    return b"\\r\\n" in evidence.beginning.partition(b"\n")[0]


def fields_are_joined(evidence: Evidence) -> bool:
    """The value of a field contains another field."""
    return any(JOINED_FIELDS.search(field.value) for field in evidence.response.fields)


def empty_line_is_double(evidence: Evidence) -> bool:
    """One line end too many follows the head; without it, the length is right."""
    content = evidence.content
    if not content.startswith(b"\r\n"):
        return False
    return content == b"\r\n" or content_length_is(len(content) - 2)(evidence)


def no_response_has(name: str) -> Predicate:
    """No response with content to the requests of the rule has the field."""
    return lambda evidence: (
        not any(response.get(name) for transcript in evidence.outcome.transcripts for response in transcript.responses)
    )
