"""What each learner gets back."""

import os
from pathlib import Path
from typing import Any

import pytest

from http_contract.grading.output import feedback, write_feedback
from http_contract.grading.store import Result
from tests.contract.grading.classes import result

MOST = 30
WHOLE = """\
5 of 10 points
Judging ended early: it uses too much memory


Stage 1, Listen: 5 of 10 points

listen-answers (MUST): It answers.
  But it said \\x1b[2J
  Again: curl

listen-polite (SHOULD): It is polite.

2 hidden rules do not hold.

2 rules not judged: listen-answers does not hold.

1 rule not judged: framing-length does not hold (`--rule framing-length` tells why).

1 rule not judged: the judge did not start this server.


Before a line after `Again`, start the server on the port in that line: PORT={port} ./serve
"""


def rule(verdict: str, told: str = "", reason: str = "", **given: Any) -> dict[str, Any]:
    known = {"id": "own", "stage": 1, "level": "MUST", "hidden": False, "counts": True}
    return {**known, "verdict": verdict, "told": told, "reason": reason, **given}


def test_the_whole() -> None:
    needs = "listen-answers does not hold"
    made = result(
        "ann",
        rule("passed"),
        rule("failed", "listen-answers (MUST): It answers.\n  But it said \x1b[2J\n  Again: curl", id="listen-answers"),
        rule("failed", "listen-polite (SHOULD): It is polite.", level="SHOULD"),
        *(rule("skipped", reason=needs), rule("skipped", reason=needs)),
        rule("skipped", reason="framing-length does not hold"),
        rule("skipped", reason="the judge did not start this server"),
        *(rule("failed", "Sesame.", hidden=True), rule("skipped", reason="Sesame.", hidden=True)),
        *(rule("failed", "Sesame.", hidden=True, level="SHOULD"), rule("skipped", hidden=True, counts=False)),
        rule("passed", hidden=True),
    )
    assert made.report
    made.report["stopped"] = "it uses too much memory"
    assert feedback(made, MOST) == WHOLE


def test_what_holds() -> None:
    assert feedback(result("ann", rule("passed"), points=10), MOST) == (
        "10 of 10 points\n\n\nStage 1, Listen: 10 of 10 points\n"
    )


def test_each_has_only_its_own_stage() -> None:
    made = result("ann", rule("failed", "another", stage=2))
    assert "another" not in feedback(made, MOST)


def test_of_hidden_rules_nothing_is_to_be_seen_again() -> None:
    made = result("ann", rule("failed", "Sesame.\n  Again: curl", hidden=True))
    assert feedback(made, MOST).endswith("\n1 hidden rule does not hold.\n")


def test_no_report() -> None:
    made = Result("ann", "", why="there is no command")
    assert feedback(made, MOST) == "0 of 30 points\n\nThis could not be judged: there is no command\n"


@pytest.mark.parametrize("name", ["ann", "-rf", "x" * 255, os.fsdecode(b"caf\xe9"), "\u2028<b>"])
def test_it_has_a_folder_of_its_own(tmp_path: Path, name: str) -> None:
    for why in ("none", "caf\udce9"):  # what is there is written anew
        write_feedback(tmp_path / "feedback", [Result(name, "", why=why)], MOST)
    [file] = tmp_path.glob("feedback/*/*")
    assert (file.parent.name, file.name) == (name, "feedback.txt")
    assert file.read_text().endswith("judged: caf?\n")


def test_who_has_left_the_class_has_none(tmp_path: Path) -> None:
    write_feedback(tmp_path, [Result(name, "") for name in ("ann", "bob", "noted")], MOST)
    (tmp_path / "noted" / "notes").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("bob")
    write_feedback(tmp_path, [Result("bob", "")], MOST)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bob", "empty", "file", "link", "noted"]
    assert (tmp_path / "noted" / "feedback.txt").exists()
