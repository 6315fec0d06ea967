"""The judge's own format, with everything in it: what other programs read, `contract grade` among them.

One object:

    format    "contract/report/v2"; a change that old readers would not understand changes it
    target    the URL, or the command that started the server
    seed      of the random data
    began     seconds since the epoch
    seconds   that it took
    points, max_points   that the server makes, and that it would make if all rules passed
    passed    whether all MUST rules that count passed
    stopped   null, or why not all rules were judged: {code, params, text}
    output    the end of what the server wrote, or ""
    stages    a list of {stage, title, points, weight, passed, total}: the weight is the stage's points if all passed;
              passed and total count MUST rules
    rules     a list of
        id, stage, level, sentence, hint, section   as the rule has them
        hidden    whether learners see only whether it passed
        verdict   "passed", "failed", "skipped"
        counts    whether it counts for the points of its stage
        seconds   that it took
        skip      null, or why it was skipped: {code, params, text}; params has the rule, the route or the limit
        crash     null, or how the server's process ended meanwhile: {kind, number, output, text}; the kind is "exit",
                  with an exit status, or "signal", with the number of the signal
        failures  a list of {code, params, text, transcript, offset}: an index into the transcripts, or null, and the
                  place in what was received, or null
        diagnosis null, or {cause, variant, detail, params, text, advice, failure}: the id of the cause; which variant
                  of it this is, or ""; the code of what is known besides, or "", with its parameters; and the index
                  of the failure that it explains, or null for the crash itself
        reproduce a line for a shell that sends the same bytes, or ""
        transcripts    a list of
            url       of the server
            sent      the pieces sent, a list; sent_size octets in all, of which the first LONGEST are here
            received  what came back; received_size octets in all, of which `omitted` are not here: a line is in
                      their place
            responses those that were waited for: a list of {status, start, body, end}, places in what was received
            ended, state_before_half_close   how the connection ended, and its state when the judge had read all that
                      it waited for
            began, finished   seconds since the epoch

Codes, causes and parameters are for programs: they stay the same in all reports of this format. Whatever is named
`text` or `advice` is for people, made from them, and may change. All codes and causes stand in reports/messages.py,
with their sentences; a teacher's own rules may have others.

Bytes are text of as many characters: each byte is the character of its number (ISO 8859-1), so that
`received.encode("latin-1")` gives them back. A transcript that went on after a failure about it is there twice: as it
was then, and as it ended.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from http_contract.client.server import Crash
from http_contract.http.params import Params
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import advice_on, cause_text, crash_text, failure_text, skip_text
from http_contract.rules.model import Diagnosis, Failure, Outcome, Rule, Skip
from http_contract.runner.report import Report, Score

FORMAT = "contract/report/v2"
LONGEST = 16 * 1024  # octets that are shown of what was sent on a connection

Object = Mapping[str, Any]
Made = TypeVar("Made")


def render(report: Report) -> str:
    return json.dumps(data(report))


def data(report: Report) -> dict[str, Any]:
    """Return the report as this format has it; `load` makes a report of it again."""
    return {
        "format": FORMAT,
        "target": report.target,
        "seed": report.seed,
        "began": report.began,
        "seconds": report.seconds,
        "points": report.points,
        "max_points": report.max_points,
        "passed": report.passed,
        "stopped": _skip(report.stopped),
        "output": report.output,
        "stages": [_stage(score) for score in report.scores],
        "rules": [_rule(report, outcome) for outcome in report.outcomes],
    }


def text_of(text: str) -> str:
    """Return a text as it stands within a string of JSON."""
    return json.dumps(text)[1:-1]


def _stage(score: Score) -> Object:
    return {
        "stage": score.stage,
        "title": score.title,
        "points": score.points,
        "weight": score.weight,
        "passed": score.passed,
        "total": score.total,
    }


def _rule(report: Report, outcome: Outcome) -> Object:
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
        "seconds": outcome.seconds,
        "skip": _skip(outcome.skip),
        "crash": _crash(outcome.crash),
        "failures": [_failure(failure, spoken) for failure in outcome.failures],
        "diagnosis": _diagnosis(outcome, outcome.diagnosis),
        "reproduce": outcome.reproduce,
        "transcripts": [_transcript(transcript.first_sent(LONGEST)) for transcript in spoken],
    }


def transcripts(outcome: Outcome) -> Sequence[Transcript]:
    """Return all transcripts of a rule, and those that failures are about as they were at the time."""
    about = (failure.transcript for failure in outcome.failures if failure.transcript)
    return list(dict.fromkeys([*outcome.transcripts, *about]))


def _skip(skip: Skip | None) -> Object | None:
    return {"code": skip.code, "params": dict(skip.params), "text": skip_text(skip)} if skip else None


def _crash(crash: Crash | None) -> Object | None:
    if crash is None:
        return None
    return {"kind": crash.kind, "number": crash.number, "output": crash.output, "text": crash_text(crash)}


def _failure(failure: Failure, spoken: Sequence[Transcript]) -> Object:
    return {
        "code": failure.code,
        "params": dict(failure.params),
        "text": failure_text(failure),
        "transcript": spoken.index(failure.transcript) if failure.transcript else None,
        "offset": failure.offset,
    }


def _diagnosis(outcome: Outcome, diagnosis: Diagnosis | None) -> Object | None:
    if diagnosis is None:
        return None
    explained = [index for index, failure in enumerate(outcome.failures) if failure is diagnosis.failure]
    return {
        "cause": diagnosis.cause,
        "variant": diagnosis.variant,
        "detail": diagnosis.detail,
        "params": dict(diagnosis.params),
        "text": cause_text(diagnosis),
        "advice": advice_on(outcome),
        "failure": explained[0] if explained else None,
    }


def _transcript(transcript: Transcript) -> Object:
    return {
        "url": transcript.url,
        "sent": [piece.decode("latin-1") for piece in transcript.sent],
        "sent_size": transcript.sent_size,
        "received": transcript.received.decode("latin-1"),
        "received_size": transcript.received_size,
        "omitted": transcript.omitted,
        "responses": [_response(response) for response in transcript.responses],
        "ended": transcript.ended,
        "state_before_half_close": transcript.state_before_half_close,
        "began": transcript.began,
        "finished": transcript.finished,
    }


def _response(response: Response) -> Object:
    return {"status": response.status, "start": response.start, "body": response.body_start, "end": response.end}


def load(text: str | bytes) -> Report:
    """Return the report that `text` contains. ValueError where it is not a report of this format."""
    try:
        return report_of(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is not a valid report in the format {FORMAT}: {error!r}") from error


def report_of(loaded: Any) -> Report:
    """Return the report that `data` made this of. ValueError where it has another format."""
    if not isinstance(loaded, dict) or loaded.get("format") != FORMAT:
        raise ValueError(f"this is not a valid report in the format {FORMAT}")
    return Report(
        target=loaded["target"],
        seed=loaded["seed"],
        began=loaded["began"],
        seconds=loaded["seconds"],
        outcomes=tuple(map(_outcome_of, loaded["rules"])),
        output=loaded["output"],
        stopped=_if_any(_skip_of, loaded["stopped"]),
        hidden=frozenset(rule["id"] for rule in loaded["rules"] if rule["hidden"]),
        weights={stage["stage"]: stage["weight"] for stage in loaded["stages"]},
    )


def _outcome_of(rule: Object) -> Outcome:
    spoken = tuple(map(_transcript_of, rule["transcripts"]))
    failures = tuple(_failure_of(failure, spoken) for failure in rule["failures"])
    return Outcome(
        rule=Rule(**{name: rule[name] for name in ("id", "stage", "level", "sentence", "hint", "section")}),
        verdict=rule["verdict"],
        failures=failures,
        skip=_if_any(_skip_of, rule["skip"]),
        counts=rule["counts"],
        transcripts=spoken,
        seconds=rule["seconds"],
        crash=_if_any(_crash_of, rule["crash"]),
        diagnosis=_if_any(lambda given: _diagnosis_of(given, failures), rule["diagnosis"]),
        reproduce=rule["reproduce"],
    )


def _if_any(make: Callable[[Object], Made], given: Object | None) -> Made | None:
    return None if given is None else make(given)


def _skip_of(given: Object) -> Skip:
    return Skip(given["code"], Params(**given["params"]))


def _crash_of(given: Object) -> Crash:
    return Crash(given["kind"], given["number"], given["output"])


def _failure_of(given: Object, spoken: Sequence[Transcript]) -> Failure:
    transcript = None if given["transcript"] is None else spoken[given["transcript"]]
    return Failure(given["code"], Params(**given["params"]), given["offset"], transcript)


def _diagnosis_of(given: Object, failures: Sequence[Failure]) -> Diagnosis:
    explained = Failure("ended") if given["failure"] is None else failures[given["failure"]]
    return Diagnosis(given["cause"], explained, given["variant"], given["detail"], Params(**given["params"]))


def _transcript_of(given: Object) -> Transcript:
    return Transcript(
        sent=tuple(piece.encode("latin-1") for piece in given["sent"]),
        received=given["received"].encode("latin-1"),
        responses=tuple(map(_response_of, given["responses"])),
        ended=given["ended"],
        state_before_half_close=given["state_before_half_close"],
        began=given["began"],
        finished=given["finished"],
        omitted=given["omitted"],
        url=given["url"],
        sent_octets=given["sent_size"],
        received_octets=given["received_size"],
    )


def _response_of(given: Object) -> Response:
    return Response(status=given["status"], start=given["start"], body_start=given["body"], end=given["end"])
