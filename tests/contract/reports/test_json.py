"""The judge's own format: everything, to the byte, and back again."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from http_contract.diagnosis.diagnose import diagnosed
from http_contract.http.params import Params
from http_contract.reports import json as format
from http_contract.reports.json import FORMAT, MAX_SENT, load, render
from http_contract.reports.text import format_failure, overview, summary
from http_contract.rules.model import Diagnosis, Failure, Outcome
from http_contract.runner.report import Report
from tests.contract.reports.made import EVERY_BYTE, FAILED, HEARD, OUTPUT, PUBLIC, REPORTS, WITH_HIDDEN, outcome, report
from tests.contract.reports.shapes import NUMBER, misfits
from tests.contract.worded import odd

NONE = type(None)
STATES = {"open", "closed", "reset", "timeout", "overflow"}


def none_or(shape: Any) -> Any:
    return lambda value: value is None or not list(misfits(value, shape))


SKIP = {"code": str, "params": dict, "text": str}
SHAPE = {
    "format": {FORMAT},
    "target": str,
    "seed": int,
    "began": NUMBER,
    "seconds": NUMBER,
    "points": int,
    "max_points": int,
    "passed": bool,
    "stopped": none_or(SKIP),
    "output": str,
    "pages": [{"path": str, "status": int}],
    "response_time": NUMBER,
    "stages": [
        {"stage": int, "title": str, "points": int, "weight": int}
        | dict.fromkeys(("passed", "failed", "skipped", "total", "warned"), int)
    ],
    "causes": [{"cause": str, "text": str, "rules": [str], "skipped": [str], "points": int}],
    "rules": [
        {
            "id": str,
            "stage": int,
            "level": {"MUST", "SHOULD"},
            "sentence": str,
            "hint": str,
            "section": str,
            "hidden": bool,
            "verdict": {"passed", "failed", "skipped"},
            "counts": bool,
            "seconds": NUMBER,
            "skip": none_or(SKIP),
            "crash": none_or({"kind": {"exit", "signal"}, "number": int, "output": str, "text": str}),
            "failures": [{"code": str, "params": dict, "text": str, "transcript": (int, NONE), "offset": (int, NONE)}],
            "diagnosis": none_or(
                {
                    "cause": str,
                    "variant": str,
                    "detail": str,
                    "params": dict,
                    "language": str,
                    "text": str,
                    "advice": str,
                    "failure": (int, NONE),
                }
            ),
            "reproduce": str,
            "transcripts": [
                {
                    "url": str,
                    "sent": [str],
                    "sent_size": int,
                    "received": str,
                    "received_size": int,
                    "omitted": int,
                    "responses": [{"status": int, "start": int, "body": int, "end": int}],
                    "ended": STATES,
                    "state_before_half_close": STATES,
                    "began": NUMBER,
                    "finished": NUMBER,
                }
            ],
        }
    ],
}
CRASHED = diagnosed(replace(FAILED, rule=replace(FAILED.rule, id="crashed"), failures=(), transcripts=()))
DIAGNOSED = diagnosed(
    outcome("diagnosed", 3, "failed", odd("a", 1, HEARD), Failure("no-framing", offset=2, transcript=HEARD))
)
ALL = REPORTS | {"diagnosed": report(FAILED, CRASHED, DIAGNOSED)}


def loaded(made: Report) -> Any:
    return json.loads(render(made))


def keys_of(value: Any) -> set[str]:
    """Return all keys in a document, those of parameters aside."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    if not isinstance(value, dict):
        return set()
    return set().union(value, *(keys_of(inner) for key, inner in value.items() if key != "params"))


@pytest.mark.parametrize("made", ALL.values(), ids=ALL)
def test_shape(made: Report) -> None:
    assert list(misfits(loaded(made), SHAPE)) == []


def test_every_key_is_documented() -> None:
    written = set().union(*(keys_of(loaded(made)) for made in ALL.values()))
    assert written - set(re.findall(r"\w+", str(format.__doc__))) == set()


@pytest.mark.parametrize("made", ALL.values(), ids=ALL)
def test_what_is_read_is_what_was_written(made: Report) -> None:
    read = load(render(made))
    assert render(read) == render(made)
    assert (read.scores, read.hidden, overview(read)) == (made.scores, made.hidden, overview(made))
    assert [summary(read, stage) for stage in (1, 3)] == [summary(made, stage) for stage in (1, 3)]
    for one, other in zip(read.outcomes, made.outcomes, strict=True):
        assert format_failure(one) == format_failure(other)
        assert (one.skip, one.crash, one.failures[:0]) == (other.skip, other.crash, ())


def test_failures_are_listed_by_cause() -> None:
    assert loaded(PUBLIC)["causes"] == [
        {
            "cause": "",
            "text": "it is <b>not</b> & never\x00 was",
            "rules": ["broken"],
            "skipped": ["needing"],
            "points": 7,
        },
        {"cause": "", "text": "it is a pity", "rules": ["wished"], "skipped": [], "points": 0},
    ]


def test_a_report_of_an_earlier_version_has_no_language() -> None:
    written = loaded(ALL["diagnosed"])
    del written["rules"][2]["diagnosis"]["language"]
    assert load(json.dumps(written)).outcomes[2].diagnosis == load(render(ALL["diagnosed"])).outcomes[2].diagnosis


def test_a_diagnosis_is_about_one_of_the_failures() -> None:
    crashed, known = load(render(ALL["diagnosed"])).outcomes[1:]
    assert crashed.diagnosis == Diagnosis(
        "dies-of-error", Failure("ended"), detail="ended", params=Params(kind="exit", number=1)
    )
    assert known.diagnosis
    assert known.diagnosis.failure is known.failures[1]
    assert loaded(ALL["diagnosed"])["rules"][2]["diagnosis"]["cause"] == "no-length"


def test_bytes_are_exact() -> None:
    [transcript] = loaded(PUBLIC)["rules"][0]["transcripts"]
    assert transcript["received"].encode("latin-1") == EVERY_BYTE
    assert tuple(piece.encode("latin-1") for piece in transcript["sent"]) == HEARD.sent
    assert transcript["responses"] == [{"status": 302, "start": 0, "body": 80, "end": 91}]


def test_much_is_cut_and_its_size_told() -> None:
    pieces = (b"x", b"y" * MAX_SENT, b"z")
    much = replace(HEARD, sent=pieces, received=b"".join(pieces)).shortened()[0]
    made = report(outcome("a", 1, "passed", transcripts=(much,)))
    [transcript] = loaded(made)["rules"][0]["transcripts"]
    assert transcript["sent"] == ["x", "y" * (MAX_SENT - 1)]
    assert len(transcript["received"]) < MAX_SENT
    assert (transcript["sent_size"], transcript["received_size"]) == (MAX_SENT + 2, MAX_SENT + 2)
    [again] = load(render(made)).outcomes[0].transcripts
    assert (again.sent_size, again.received_size) == (MAX_SENT + 2, MAX_SENT + 2)


def test_it_is_ascii_whatever_the_server_wrote() -> None:
    text = render(PUBLIC)
    assert text.isascii()
    assert load(text).output == OUTPUT


def test_points() -> None:
    read = loaded(PUBLIC)
    assert (read["points"], read["max_points"], read["passed"]) == (13, 20, False)
    assert read["stages"][1] == {
        "stage": 3,
        "title": "Route",
        "points": 3,
        "weight": 10,
        "passed": 1,
        "failed": 1,
        "skipped": 1,
        "total": 3,
        "warned": 1,
    }


def test_failures_name_their_transcripts() -> None:
    rule = loaded(PUBLIC)["rules"][1]
    assert [failure["transcript"] for failure in rule["failures"]] == [0, 1, None]
    assert [transcript["ended"] for transcript in rule["transcripts"]] == ["closed", "timeout"]


def test_a_skip_has_what_it_depends_on() -> None:
    skips = {rule["id"]: rule["skip"] for rule in loaded(PUBLIC)["rules"]}
    assert skips["needing"] == {"code": "needs", "params": {"rule": "broken"}, "text": "broken failed"}
    assert skips["absent"] == {"code": "no-route", "params": {"route": "/form"}, "text": "there is no /form"}
    assert skips["kept"] is skips["broken"] is None


def test_of_hidden_rules_it_has_everything() -> None:
    hidden = [rule for rule in loaded(WITH_HIDDEN)["rules"] if rule["hidden"]]
    assert [rule["verdict"] for rule in hidden] == ["failed", "passed", "failed", "skipped"]
    assert hidden[0]["failures"][0]["text"] == "sesame"


def test_the_same_transcript_is_there_once() -> None:
    twice = outcome("a", 1, "failed", odd("a", 0, HEARD), odd("b", 1, HEARD), transcripts=(HEARD,))
    assert len(loaded(report(twice))["rules"][0]["transcripts"]) == 1


def test_a_crash() -> None:
    crash = {"kind": "exit", "number": 1, "output": OUTPUT, "text": "exit status 1"}
    assert loaded(report(FAILED))["rules"][0]["crash"] == crash


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": "contract/report/v2"}), "nothing"])
def test_what_is_not_a_report_is_not_loaded(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a valid report|Expecting value"):
        load(text)


def test_an_outcome_is_as_it_was() -> None:
    read: tuple[Outcome, ...] = load(render(report(DIAGNOSED))).outcomes
    assert read[0].failures[0].params == DIAGNOSED.failures[0].params
    assert read[0].reproduce == DIAGNOSED.reproduce
