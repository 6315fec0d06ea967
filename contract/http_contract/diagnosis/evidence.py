"""The evidence where a rule failed: a failure, its transcript, how the program ended, and what it wrote."""

import re
import signal
from dataclasses import dataclass
from itertools import takewhile

from http_contract.client.server import Crash
from http_contract.diagnosis.tracebacks import Raised, raised
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Failure, Outcome

BODY_SEARCHED = 64 * 1024  # octets of an answer in which a traceback is looked for
BEGINNING = 200  # octets of an answer: its first line, if it has any


@dataclass(frozen=True, slots=True)
class Evidence:
    """One failure of an outcome, and all that is known around it."""

    outcome: Outcome
    failure: Failure

    @property
    def transcript(self) -> Transcript:
        return self.failure.transcript or Transcript()

    @property
    def response(self) -> Response:
        """Return the answer that the failure is about: the one in which its place is, or else the first."""
        place = self.failure.offset or 0
        before = [response for response in self.transcript.responses if response.start <= place]
        return before[-1] if before else Response()

    @property
    def beginning(self) -> bytes:
        """Return what the answer begins with."""
        return self.transcript.received[self.response.start :][:BEGINNING]

    @property
    def content(self) -> bytes:
        """Return all that came after the answer's head, whether or not its length tells of it."""
        return self.transcript.received[self.response.body_start :]

    @property
    def crash(self) -> Crash | None:
        """Return how the process ended, where the judge can see it."""
        return self.outcome.crash

    @property
    def gone(self) -> bool:
        """Return whether the program has ended by itself, or left its port, before it had answered."""
        if self.ended_by(signal.SIGKILL):  # by the judge, or by the system, and for another reason than its response
            return False
        refused = self.failure.code == "connection-refused" and self.outcome.transcripts != ()
        return (refused or self.crash is not None) and not self.response.complete

    def ended_by(self, number: signal.Signals) -> bool:
        return self.crash is not None and (self.crash.kind, self.crash.number) == ("signal", number)

    @property
    def output(self) -> str:
        """Return what the program wrote before it ended; where it did not start, the failure has it."""
        return self.crash.output if self.crash else str(self.failure.params.get("output", ""))

    @property
    def raised(self) -> Raised | None:
        return raised(self.output)

    @property
    def logged(self) -> Raised | None:
        """Return the error that the program wrote while the rule was judged by itself, and survived."""
        return raised(self.outcome.output)

    @property
    def last_words(self) -> str:
        """Return the error that the program ended with; where there is none, its whole output."""
        return self.raised.what if self.raised else self.output

    @property
    def shown(self) -> Raised | None:
        """Return the error that the answer shows."""
        return raised(self.response.body[:BODY_SEARCHED].decode("utf-8", "replace"))

    @property
    def fatal(self) -> Transcript | None:
        """Return the transcript that the program did not survive.

        It is the first one without an answer, among those after the last one that has any; or else the last one.
        """
        backwards = self.outcome.transcripts[::-1]
        unanswered = list(takewhile(lambda each: not each.received, backwards))
        return next(iter([*unanswered[::-1], *backwards]), None)

    @property
    def meanwhile(self) -> tuple[Transcript, ...]:
        """Return the transcripts that were going on when that of the failure began."""
        began = self.transcript.began
        return tuple(each for each in self.outcome.transcripts if each.began < began < each.finished)

    @property
    def fatal_words(self) -> int:
        """Return how many words the request line had that the program did not survive."""
        sent = b"".join(self.fatal.sent) if self.fatal else b""
        return len(re.split(rb"\r?\n", sent, maxsplit=1)[0].split())
