"""The judge's own format: everything, to the byte."""

import json
from dataclasses import replace

import pytest

from http_contract.http.transcript import Failure
from http_contract.reports.json import FORMAT, LONGEST, load, render
from http_contract.runner.report import Report
from tests.contract.reports.made import EVERY_BYTE, FAILED, HEARD, OUTPUT, PUBLIC, REPORTS, WITH_HIDDEN, outcome, report
from tests.contract.reports.shapes import NUMBER, misfits

NONE = type(None)
SHAPE = {
    "format": {FORMAT},
    "target": str,
    "seed": int,
    "began": NUMBER,
    "seconds": NUMBER,
    "points": int,
    "most": int,
    "holds": bool,
    "stopped": str,
    "output": str,
    "stages": [{"stage": int, "title": str, "points": int, "worth": int, "kept": int, "counted": int}],
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
            "reason": str,
            "told": str,
            "seconds": NUMBER,
            "crash": lambda crash: crash is None or crash.keys() == {"how", "output"},
            "complaints": [{"text": str, "conversation": (int, NONE), "offset": (int, NONE)}],
            "conversations": [
                {
                    "sent": [str],
                    "sent_size": int,
                    "received": str,
                    "received_size": int,
                    "answers": [{"status": int, "start": int, "body": int, "end": int}],
                    "ended": {"open", "closed", "reset", "timeout", "flood"},
                    "left": {"open", "closed", "reset", "timeout", "flood"},
                    "began": NUMBER,
                    "finished": NUMBER,
                }
            ],
        }
    ],
}


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_shape(made: Report) -> None:
    assert list(misfits(load(render(made)), SHAPE)) == []


def test_bytes_are_exact() -> None:
    [transcript] = load(render(PUBLIC))["rules"][0]["conversations"]
    assert transcript["received"].encode("latin-1") == EVERY_BYTE
    assert tuple(piece.encode("latin-1") for piece in transcript["sent"]) == HEARD.sent
    assert transcript["answers"] == [{"status": 302, "start": 0, "body": 80, "end": 91}]


def test_much_is_cut_and_its_size_told() -> None:
    pieces = (b"x", b"y" * LONGEST, b"z")
    much = replace(HEARD, sent=pieces, received=b"".join(pieces))
    [transcript] = load(render(report(outcome("a", 1, "passed", transcripts=(much,)))))["rules"][0]["conversations"]
    assert transcript["sent"] == ["x", "y" * (LONGEST - 1)]
    assert transcript["received"] == "".join(transcript["sent"])
    assert (transcript["sent_size"], transcript["received_size"]) == (LONGEST + 2, LONGEST + 2)


def test_it_is_ascii_whatever_the_server_wrote() -> None:
    text = render(PUBLIC)
    assert text.isascii()
    assert load(text)["output"] == OUTPUT


def test_points() -> None:
    loaded = load(render(PUBLIC))
    assert (loaded["points"], loaded["most"], loaded["holds"]) == (13, 20, False)
    assert loaded["stages"][1] == {"stage": 3, "title": "Route", "points": 3, "worth": 10, "kept": 1, "counted": 3}


def test_complaints_name_their_conversations() -> None:
    rule = load(render(PUBLIC))["rules"][1]
    assert [failure["conversation"] for failure in rule["complaints"]] == [0, 1, None]
    assert [transcript["ended"] for transcript in rule["conversations"]] == ["closed", "timeout"]


def test_a_failure_is_told() -> None:
    told = {rule["id"]: rule["told"].partition("\n")[0] for rule in load(render(PUBLIC))["rules"]}
    assert told["broken"] == "broken (MUST): It is broken."
    assert told["kept"] == told["needing"] == ""


def test_of_hidden_rules_it_tells_all() -> None:
    hidden = [rule for rule in load(render(WITH_HIDDEN))["rules"] if rule["hidden"]]
    assert [rule["verdict"] for rule in hidden] == ["failed", "passed", "failed", "skipped"]
    assert hidden[0]["complaints"][0]["text"] == "sesame"


def test_the_same_conversation_is_there_once() -> None:
    twice = outcome("a", 1, "failed", Failure("a", 0, HEARD), Failure("b", 1, HEARD), transcripts=(HEARD,))
    assert len(load(render(report(twice)))["rules"][0]["conversations"]) == 1


def test_a_crash() -> None:
    assert load(render(report(FAILED)))["rules"][0]["crash"] == {"how": "exit status 1", "output": OUTPUT}


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": "contract/report/v2"}), "nothing"])
def test_what_is_no_report_is_not_loaded(text: str) -> None:
    with pytest.raises(ValueError, match=r"no report|Expecting value"):
        load(text)
