"""The judge's own format. It contains everything, for other programs and for `contract grade`.

One object:

    format    "contract/report/v2"; an incompatible change gets a new name
    target    the URL, or the command that started the server
    seed      of the random data
    began     seconds since the epoch
    seconds   the duration
    points, max_points   of the server, and of a server that passes all rules
    passed    whether all MUST rules that count passed
    stopped   null, or why judging is unfinished: {code, params, text}
    output    the end of the server's output, or ""
    pages     the pages that were requested before the rules, a list of {path, status}
    response_time   the longest of a few plain requests, in seconds; 0 without responses
    stages    a list of {stage, title, points, weight, passed, failed, skipped, total, warned}: the weight is the
              stage's points if all passed; passed, failed, skipped and total count the MUST rules that count for
              points; warned counts the SHOULD rules that failed
    causes    the failures that learners see, by cause, the most urgent first, a list of {cause, text, rules, skipped,
              points}: the id of the cause, or ""; what the program does; the ids of the rules that failed, and of
              those that were skipped because of them; and the points that the score would gain if all of these passed
    rules     a list of
        id, stage, level, sentence, hint, section   of the rule
        hidden    whether its details are hidden from learners
        verdict   "passed", "failed", "skipped"
        counts    whether it counts for the points of its stage
        seconds   the duration
        skip      null, or why it was skipped: {code, params, text}; params contains the rule, the route or the limit
        crash     null, or how the server's process ended meanwhile: {kind, number, output, text}; the kind is "exit",
                  with an exit status, or "signal", with the number of the signal
        failures  a list of {code, params, text, transcript, offset}: an index into the transcripts, or null, and the
                  offset in the received bytes, or null
        diagnosis null, or {cause, variant, detail, params, language, text, advice, failure}: the id of the cause;
                  its variant, or ""; the code of a detail, or "", with its parameters; the language of the program,
                  or ""; and the index of the failure that it explains, or null for the crash itself
        reproduce a line for a shell that sends the same bytes, or ""
        transcripts    a list of
            url       of the server
            sent      a list of the pieces sent: the first MAX_SENT of sent_size octets
            received  the received bytes, without `omitted` of received_size octets: a line stands in their place
            responses the expected ones: a list of {status, start, body, end}, offsets in the received bytes
            ended, state_before_half_close   how the connection ended, and its state after the judge had read the
                      expected responses
            began, finished   seconds since the epoch

Codes, causes and parameters are for programs: they stay the same in all reports of this format. `text` and `advice` are
for people; they are made from the codes, and may change. reports/messages.py contains all codes and causes with their
sentences; a teacher's own rules may have others.

Bytes are decoded as ISO 8859-1, so `received.encode("latin-1")` returns them. If a connection continued after a failure
on it, the list contains two transcripts: one as it was at the failure, and one as it ended.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from http_contract.client.server import Crash
from http_contract.http.params import Params
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.groups import Group, groups_of
from http_contract.reports.messages import advice_on, cause_text, crash_text, failure_text, skip_text
from http_contract.reports.text import group_title
from http_contract.rules.model import Diagnosis, Failure, Outcome, Rule, Skip
from http_contract.runner.report import Report, Score

FORMAT = "contract/report/v2"
MAX_SENT = 16 * 1024  # octets of the sent bytes of one connection

Object = Mapping[str, Any]
Made = TypeVar("Made")


def render(report: Report) -> str:
    return json.dumps(data(report))


def data(report: Report) -> dict[str, Any]:
    """Return the report as data in this format; `report_of` does the opposite."""
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
        "pages": [{"path": path, "status": status} for path, status in report.pages.items()],
        "response_time": report.response_time,
        "stages": [_stage(score) for score in report.scores],
        "causes": [_cause(group) for group in groups_of(report)],
        "rules": [_rule(report, outcome) for outcome in report.outcomes],
    }


def text_of(text: str) -> str:
    """Return a text as it is written inside a JSON string."""
    return json.dumps(text)[1:-1]


def _stage(score: Score) -> Object:
    return {
        "stage": score.stage,
        "title": score.title,
        "points": score.points,
        "weight": score.weight,
        "passed": score.passed,
        "failed": score.failed,
        "skipped": score.skipped,
        "total": score.total,
        "warned": score.warned,
    }


def _cause(group: Group) -> Object:
    return {
        "cause": group.cause,
        "text": group_title(group),
        "rules": [outcome.rule.id for outcome in group.failed],
        "skipped": [outcome.rule.id for outcome in group.skipped],
        "points": group.points,
    }


def _rule(report: Report, outcome: Outcome) -> Object:
    rule, listed = outcome.rule, transcripts(outcome)
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
        "failures": [_failure(failure, listed) for failure in outcome.failures],
        "diagnosis": _diagnosis(outcome, outcome.diagnosis),
        "reproduce": outcome.reproduce,
        "transcripts": [_transcript(transcript.first_sent(MAX_SENT)) for transcript in listed],
    }


def transcripts(outcome: Outcome) -> Sequence[Transcript]:
    """Return all transcripts of a rule, and those of its failures, as they were at that time."""
    about = (failure.transcript for failure in outcome.failures if failure.transcript)
    return list(dict.fromkeys([*outcome.transcripts, *about]))


def _skip(skip: Skip | None) -> Object | None:
    return {"code": skip.code, "params": dict(skip.params), "text": skip_text(skip)} if skip else None


def _crash(crash: Crash | None) -> Object | None:
    if crash is None:
        return None
    return {"kind": crash.kind, "number": crash.number, "output": crash.output, "text": crash_text(crash)}


def _failure(failure: Failure, listed: Sequence[Transcript]) -> Object:
    return {
        "code": failure.code,
        "params": dict(failure.params),
        "text": failure_text(failure),
        "transcript": listed.index(failure.transcript) if failure.transcript else None,
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
        "language": diagnosis.language,
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
    """Return the report in a JSON text. ValueError if it is not a report in this format."""
    try:
        return report_of(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is not a valid report in the format {FORMAT}: {error!r}") from error


def report_of(loaded: Any) -> Report:
    """Return the report from its data. ValueError if it has another format."""
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
        pages={page["path"]: page["status"] for page in loaded.get("pages", ())},
        response_time=loaded.get("response_time", 0.0),
        weights={stage["stage"]: stage["weight"] for stage in loaded["stages"]},
    )


def _outcome_of(rule: Object) -> Outcome:
    listed = tuple(map(_transcript_of, rule["transcripts"]))
    failures = tuple(_failure_of(failure, listed) for failure in rule["failures"])
    return Outcome(
        rule=Rule(**{name: rule[name] for name in ("id", "stage", "level", "sentence", "hint", "section")}),
        verdict=rule["verdict"],
        failures=failures,
        skip=_if_any(_skip_of, rule["skip"]),
        counts=rule["counts"],
        transcripts=listed,
        seconds=rule["seconds"],
        crash=_if_any(_crash_of, rule["crash"]),
        diagnosis=_if_any(lambda item: _diagnosis_of(item, failures), rule["diagnosis"]),
        reproduce=rule["reproduce"],
    )


def _if_any(make: Callable[[Object], Made], item: Object | None) -> Made | None:
    return None if item is None else make(item)


def _skip_of(item: Object) -> Skip:
    return Skip(item["code"], Params(**item["params"]))


def _crash_of(item: Object) -> Crash:
    return Crash(item["kind"], item["number"], item["output"])


def _failure_of(item: Object, listed: Sequence[Transcript]) -> Failure:
    transcript = None if item["transcript"] is None else listed[item["transcript"]]
    return Failure(item["code"], Params(**item["params"]), item["offset"], transcript)


def _diagnosis_of(item: Object, failures: Sequence[Failure]) -> Diagnosis:
    explained = Failure("ended") if item["failure"] is None else failures[item["failure"]]
    return Diagnosis(
        item["cause"], explained, item["variant"], item["detail"], Params(**item["params"]), item.get("language", "")
    )


def _transcript_of(item: Object) -> Transcript:
    return Transcript(
        sent=tuple(piece.encode("latin-1") for piece in item["sent"]),
        received=item["received"].encode("latin-1"),
        responses=tuple(map(_response_of, item["responses"])),
        ended=item["ended"],
        state_before_half_close=item["state_before_half_close"],
        began=item["began"],
        finished=item["finished"],
        omitted=item["omitted"],
        url=item["url"],
        sent_octets=item["sent_size"],
        received_octets=item["received_size"],
    )


def _response_of(item: Object) -> Response:
    return Response(status=item["status"], start=item["start"], body_start=item["body"], end=item["end"])
