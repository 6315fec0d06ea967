"""The evidence about a failed rule: a failure, its transcript, how the program ended, and its output."""

import re
import signal
from dataclasses import dataclass

from http_contract.client.server import Crash
from http_contract.diagnosis.tracebacks import ProgramError, last_error
from http_contract.http.request import ParsedRequest, split_requests
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript, last_unanswered, unanswered_at_end
from http_contract.rules.model import Failure, Outcome

BODY_SEARCHED = 64 * 1024  # octets of a response that are searched for a traceback
BEGINNING = 200  # octets of a response: enough for its first line


@dataclass(frozen=True, slots=True)
class Evidence:
    """One failure of an outcome, and everything known about it."""

    outcome: Outcome
    failure: Failure

    @property
    def transcript(self) -> Transcript:
        return self.failure.transcript or Transcript()

    @property
    def response(self) -> Response:
        """Return the response that contains the place of the failure, or else the first one."""
        place = self.failure.offset or 0
        before = [response for response in self.transcript.responses if response.start <= place]
        return before[-1] if before else Response()

    @property
    def beginning(self) -> bytes:
        """Return the first bytes of the response."""
        return self.transcript.received[self.response.start :][:BEGINNING]

    @property
    def content(self) -> bytes:
        """Return all bytes after the head of the response, whether or not its length includes them."""
        return self.transcript.received[self.response.body_start :]

    @property
    def crash(self) -> Crash | None:
        """Return how the process ended, if the judge started it."""
        return self.outcome.crash

    @property
    def ended_before_response(self) -> bool:
        """Return whether the program ended by itself, or closed its port, before it had sent a complete response.

        A program whose accepting thread has ended counts, too.
        """
        if self.ended_by(signal.SIGKILL):  # the judge or the system killed it, and not because of the response
            return False
        if self.accepts_no_more:
            return True
        refused = self.failure.code == "connection-refused" and self.outcome.transcripts != ()
        return (refused or self.crash is not None) and not self.response.complete

    @property
    def is_end(self) -> bool:
        """Return whether the failure is that the program ended, or stopped responding."""
        return self.ended_before_response or self.failure.code == "stopped-responding"

    @property
    def accepts_no_more(self) -> bool:
        """Return whether the program printed an error and then served nobody any more, but still runs."""
        return self.failure.code == "stopped-responding" and self.error_in_output is not None

    def ended_by(self, number: signal.Signals) -> bool:
        return self.crash is not None and (self.crash.kind, self.crash.number) == ("signal", number)

    @property
    def output(self) -> str:
        """Return the output of the program before it ended; if it did not start, the failure contains the output."""
        if self.accepts_no_more:
            return self.outcome.output
        return self.crash.output if self.crash else str(self.failure.params.get("output", ""))

    @property
    def fatal_error(self) -> ProgramError | None:
        """Return the error that ended the program."""
        return last_error(self.output)

    @property
    def fatal_error_or_output(self) -> str:
        """Return the error that ended the program, or its whole output if that contains no error."""
        return self.fatal_error.message if self.fatal_error else self.output

    @property
    def error_in_output(self) -> ProgramError | None:
        """Return the error that the program printed while the rule was judged alone, and survived."""
        return last_error(self.outcome.output)

    @property
    def error_in_response(self) -> ProgramError | None:
        """Return the error that the content of the response shows."""
        return last_error(self.response.body[:BODY_SEARCHED].decode("utf-8", "replace"))

    @property
    def fatal_transcript(self) -> Transcript | None:
        """Return the transcript of the connection that ended the program."""
        return last_unanswered(self.outcome.transcripts)

    @property
    def died(self) -> bool:
        """Return whether the program ended before it had sent a complete response, and did not just stop responding."""
        return self.ended_before_response and self.transcript.ended != "timeout"

    @property
    def other_fatal_transcript(self) -> Transcript | None:
        """Return the transcript of the connection that ended the program, if the failure is about a later one.

        A program that lets a client wait still runs.
        """
        fatal, known = self.fatal_transcript if self.died else None, self.failure.transcript
        is_other = fatal and fatal.ended != "timeout" and (known is None or fatal.began < known.began)
        return fatal if is_other else None

    @property
    def fatal_request_words(self) -> int:
        """Return the number of words in the request line that ended the program."""
        sent = b"".join(self.fatal_transcript.sent) if self.fatal_transcript else b""
        return len(re.split(rb"\r?\n", sent, maxsplit=1)[0].split())

    @property
    def whole_request(self) -> ParsedRequest | None:
        """Return the first request of the failure's connection, or None if not all of it was sent."""
        first = next(split_requests(b"".join(self.transcript.sent)), None)
        return first if first and first.end is not None else None

    @property
    def concurrent_transcripts(self) -> tuple[Transcript, ...]:
        """Return the transcripts of the other connections that may have mattered to that of the failure.

        They were open at the same time, or just before without a response, if the program stopped responding then.
        """
        began, finished = self.transcript.began, self.transcript.finished
        others = [each for each in self.outcome.transcripts if each.began != began]
        has_stopped = "when" in self.failure.params and self.failure.code == "no-response" and not self.died
        before = [each for each in others if each.finished <= began] if has_stopped else []
        together = (each for each in others if each.began < finished and began < each.finished)
        return (*unanswered_at_end(before), *together)
