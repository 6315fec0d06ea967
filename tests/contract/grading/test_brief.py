"""What is kept of a report."""

import pytest

from http_contract.grading.store import CUT, LONGEST, brief, shortened


@pytest.mark.parametrize(
    ("text", "short"),
    [("", ""), ("abcd", "abcd"), ("abcde", f"ab{CUT}de"), ("abcdefghi", f"ab{CUT}hi")],
    ids=["nothing", "fits", "one-too-many", "long"],
)
def test_beginning_and_end(text: str, short: str) -> None:
    assert shortened(text, 4) == short


def test_a_report_without_its_conversations() -> None:
    known = {
        "id": "own",
        "stage": 1,
        "level": "MUST",
        "hidden": False,
        "counts": True,
        "verdict": "failed",
        "reason": "",
    }
    stage = {"stage": 1, "points": 5, "worth": 10}
    whole = {"target": "./serve", "points": 5, "most": 10, "stopped": ""}
    told = "x" * 2 * LONGEST + "the last line"
    report = {
        **whole,
        "output": "left out",
        "stages": [{**stage, "title": "left out"}],
        "rules": [{**known, "told": told, "conversations": ["left out"]}],
    }
    kept = brief(report)
    assert kept == {**whole, "stages": [stage], "rules": [{**known, "told": shortened(told, LONGEST)}]}
    assert kept["rules"][0]["told"].endswith("the last line")
