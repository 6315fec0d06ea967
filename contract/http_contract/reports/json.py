"""The judge's own format, with everything in it: what other programs read, `contract grade` among them.

One object:

    format    "contract/report/v1"; a change that old readers would not understand changes it
    target    the URL, or the command that started the server
    seed      of the random data
    began     seconds since the epoch
    seconds   that it took
    points, most   that the server makes, and that there are to make
    holds     whether all MUST rules that count hold
    stopped   why not all rules were judged, or ""
    output    the end of what the server wrote, or ""
    stages    a list of {stage, title, points, worth, kept, counted}, the last two of MUST rules
    rules     a list of
        id, stage, level, sentence, hint, section   as the rule has them
        hidden    whether learners see only that it does not hold
        verdict   "passed", "failed", "skipped"
        counts    whether it is among the rules to be kept
        reason    why it was skipped, or ""
        told      all that a learner is told of it where it failed, or ""
        seconds   that it took
        crash     null, or how the server's process ended meanwhile: {how, output}
        complaints     a list of {text, conversation, offset}: an index into the conversations, or null, and the
                       place in what was received, or null
        conversations  a list of
            sent      the pieces sent, a list
            received  what came back
            sent_size, received_size   how many octets there were: of each, the first LONGEST are shown
            answers   those that were waited for: a list of {status, start, body, end}, places in what was received
            ended, left   how the connection ended, and how it stood when the judge had read all it waited for
            began, finished   seconds since the epoch

Bytes are text of as many characters: each byte is the character of its number (ISO 8859-1), so that
`received.encode("latin-1")` gives them back. A conversation that went on after a complaint about it is there twice:
as it stood then, and as it ended.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from http_contract.client.server import Crash
from http_contract.http.response import Response
from http_contract.http.transcript import Failure, Transcript
from http_contract.reports.text import tell
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report, Score

FORMAT = "contract/report/v1"
LONGEST = 16 * 1024  # octets that are shown of all that was sent on a connection, and of all that was received


def render(report: Report) -> str:
    return json.dumps(data(report))


def load(text: str | bytes) -> dict[str, Any]:
    """Return the object that `text` holds. ValueError where it is no report of this format."""
    loaded = json.loads(text)
    if not isinstance(loaded, dict) or loaded.get("format") != FORMAT:
        raise ValueError(f"this is no report in the format {FORMAT}")
    return loaded


def data(report: Report) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "target": report.target,
        "seed": report.seed,
        "began": report.began,
        "seconds": report.seconds,
        "points": report.points,
        "most": report.most,
        "holds": report.holds,
        "stopped": report.stopped,
        "output": report.output,
        "stages": [_stage(score) for score in report.scores],
        "rules": [_rule(report, outcome) for outcome in report.outcomes],
    }


def _stage(score: Score) -> dict[str, Any]:
    return {
        "stage": score.stage,
        "title": score.title,
        "points": score.points,
        "worth": score.worth,
        "kept": score.kept,
        "counted": score.counted,
    }


def _rule(report: Report, outcome: Outcome) -> dict[str, Any]:
    rule, spoken = outcome.rule, transcripts(outcome)
    return {
        "id": rule.id,
        "stage": rule.stage,
        "level": rule.level,
        "sentence": rule.sentence,
        "hint": rule.hint,
        "section": rule.section,
        "hidden": rule.id in report.hidden,
        "verdict": outcome.verdict,
        "counts": outcome.counts,
        "reason": outcome.reason,
        "told": tell(outcome) if outcome.verdict == "failed" else "",
        "seconds": outcome.seconds,
        "crash": _crash(outcome.crash),
        "complaints": [_complaint(failure, spoken) for failure in outcome.failures],
        "conversations": [_conversation(transcript) for transcript in spoken],
    }


def transcripts(outcome: Outcome) -> Sequence[Transcript]:
    """Return all conversations of a rule, and those that complaints are about as they stood at the time."""
    complained = (failure.transcript for failure in outcome.failures if failure.transcript)
    return list(dict.fromkeys([*outcome.transcripts, *complained]))


def _crash(crash: Crash | None) -> dict[str, str] | None:
    return {"how": crash.how, "output": crash.output} if crash else None


def _complaint(failure: Failure, spoken: Sequence[Transcript]) -> dict[str, Any]:
    return {
        "text": failure.text,
        "conversation": spoken.index(failure.transcript) if failure.transcript else None,
        "offset": failure.offset,
    }


def _conversation(transcript: Transcript) -> dict[str, Any]:
    return {
        "sent": list(_first(transcript.sent)),
        "sent_size": sum(map(len, transcript.sent)),
        "received": transcript.received[:LONGEST].decode("latin-1"),
        "received_size": len(transcript.received),
        "answers": [_answer(response) for response in transcript.responses],
        "ended": transcript.ended,
        "left": transcript.left,
        "began": transcript.began,
        "finished": transcript.finished,
    }


def _first(pieces: Sequence[bytes]) -> Iterator[str]:
    left = LONGEST
    for piece in pieces:
        if left > 0:
            yield piece[:left].decode("latin-1")
        left -= len(piece)


def _answer(response: Response) -> dict[str, int]:
    return {"status": response.status, "start": response.start, "body": response.body_start, "end": response.end}
