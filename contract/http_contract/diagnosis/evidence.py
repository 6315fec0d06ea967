"""What there is to go by where a rule does not hold: a complaint, its conversation, how the program ended."""

import re
from dataclasses import dataclass
from itertools import takewhile

from http_contract.diagnosis.tracebacks import Raised, raised
from http_contract.http.response import Response
from http_contract.http.transcript import Failure, Transcript
from http_contract.rules.model import Outcome

BODY_SEARCHED = 64 * 1024  # octets of an answer in which a traceback is looked for
KILLED = "SIGKILL"  # by the judge, or by the system, and for another reason than its answer
BEGINNING = 200  # octets of an answer: its first line, if it has any
REFUSED = re.compile("no connection to .* refused")  # as wire.py says it


@dataclass(frozen=True, slots=True)
class Evidence:
    """One complaint of an outcome, and all that is known around it."""

    outcome: Outcome
    failure: Failure

    @property
    def transcript(self) -> Transcript:
        return self.failure.transcript or Transcript()

    @property
    def response(self) -> Response:
        """Return the answer that the complaint is about: the one in which its place is, or else the first."""
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
    def quoted(self) -> str:
        """Return the cause of the defect that the complaint repeats, if it repeats one."""
        return next((defect.cause for defect in self.response.defects if defect.text == self.failure.text), "")

    @property
    def gone(self) -> bool:
        """Tell whether the program has ended by itself, or left its port, before it had answered."""
        if self.how == KILLED:
            return False
        refused = REFUSED.search(self.failure.text) is not None and self.outcome.transcripts != ()
        return (refused or self.outcome.crash is not None) and not self.response.complete

    @property
    def how(self) -> str:
        """Return how the process ended: "exit status 1", "SIGSEGV"; nothing where the judge can't see it."""
        return self.outcome.crash.how if self.outcome.crash else ""

    @property
    def output(self) -> str:
        """Return what the program wrote before it ended; where it did not start, the complaint has it."""
        return self.outcome.crash.output if self.outcome.crash else self.failure.text

    @property
    def raised(self) -> Raised | None:
        return raised(self.output)

    @property
    def logged(self) -> Raised | None:
        """Return the error that the program wrote while the rule was judged by itself, and survived."""
        return raised(self.outcome.output)

    @property
    def last_words(self) -> str:
        """Return the error that the program ended with; where none is told, all that it wrote."""
        return self.raised.what if self.raised else self.output

    @property
    def shown(self) -> Raised | None:
        """Return the error that the answer shows."""
        return raised(self.response.body[:BODY_SEARCHED].decode("utf-8", "replace"))

    @property
    def fatal(self) -> Transcript | None:
        """Return the conversation that the program did not survive.

        It is the first one without an answer, among those after the last one that has any; or else the last one.
        """
        backwards = self.outcome.transcripts[::-1]
        unanswered = list(takewhile(lambda each: not each.received, backwards))
        return next(iter([*unanswered[::-1], *backwards]), None)

    @property
    def meanwhile(self) -> tuple[Transcript, ...]:
        """Return the conversations that were going on when that of the complaint began."""
        began = self.transcript.began
        return tuple(each for each in self.outcome.transcripts if each.began < began < each.finished)

    @property
    def fatal_words(self) -> int:
        """Return how many words the request line had that the program did not survive."""
        sent = b"".join(self.fatal.sent) if self.fatal else b""
        return len(re.split(rb"\r?\n", sent, maxsplit=1)[0].split())
