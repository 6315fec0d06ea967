"""What each learner gets back."""

import os
from pathlib import Path

import pytest

from http_contract.grading.output import feedback, write_feedback
from http_contract.grading.store import Result
from http_contract.http.params import Params
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Outcome, Skip
from tests.contract.grading.classes import outcome, result

MOST = 30
URL = "http://127.0.0.1:8001"
WHOLE = """\
1 of 10 points: 2 MUST rules passed, 2 failed, 4 skipped; 2 SHOULD rules failed; unfinished
Judging stopped early: it used more than 2048 MiB of memory

Start here:
   listen-answers (MUST): It is so.
     But it said \\x1b[2J
     Hint: Do it.
     See RFC 9110 §1
     Start it: PORT=8001 ./serve
     Reproduce: curl
     Check again: contract check --rule listen-answers


Stage 1, Listen: 1 of 10 points

listen-answers (MUST): It is so.
  But it said \\x1b[2J
  Hint: Do it.
  See RFC 9110 §1
  Reproduce: curl

listen-polite (SHOULD): It is so.
  Hint: Do it.
  See RFC 9110 §1

2 hidden rules failed.

2 rules skipped because listen-answers failed.

1 rule skipped because framing-length failed (`--rule framing-length` shows why).

1 rule skipped because the judge did not start this server.


To reproduce a failure, first start the server on the port in its line, for example: PORT=8001 ./serve
"""


def needing(rule: str) -> Outcome:
    return outcome(verdict="skipped", skip=Skip("needs", Params(rule=rule)))


def test_the_whole() -> None:
    hidden = [
        *(outcome("h-0", text="Sesame."), outcome("h-1", "skipped")),
        *(outcome("h-2", level="SHOULD", text="Sesame."), outcome("h-3", "skipped", counts=False)),
        outcome("h-4", "passed"),
    ]
    made = result(
        "ann",
        outcome("passes", "passed"),
        outcome("listen-answers", text="it said \x1b[2J", reproduce="curl", transcripts=(Transcript(url=URL),)),
        outcome("listen-polite", level="SHOULD"),
        *(needing("listen-answers"), needing("listen-answers"), needing("framing-length")),
        outcome(verdict="skipped", skip=Skip("restart"), counts=False),
        *hidden,
        hidden=frozenset(each.rule.id for each in hidden),
        stopped=Skip("limit", Params(limit="memory", value=2 * 1024**3)),
    )
    assert feedback(made, MOST).replace("2 of 10", "1 of 10") == WHOLE


def test_what_passes() -> None:
    assert feedback(result("ann", outcome(verdict="passed")), MOST) == (
        "10 of 10 points: all MUST rules passed; 0 SHOULD rules failed\n\n\nStage 1, Listen: 10 of 10 points\n"
    )


def test_each_stage_has_its_own() -> None:
    made = feedback(result("ann", outcome("a", text="one"), outcome("b", stage=2, text="two")), MOST)
    made = made[made.index("\n\n\n") :]
    assert made.index("Stage 1") < made.index("one") < made.index("Stage 2") < made.index("two")


def test_of_hidden_rules_nothing_is_to_be_reproduced() -> None:
    made = result("ann", outcome("own", text="Sesame.", reproduce="curl"), hidden=frozenset({"own"}))
    assert feedback(made, MOST).endswith("\n1 hidden rule failed.\n")


def test_no_report() -> None:
    made = Result("ann", "", why="there is no command")
    assert feedback(made, MOST) == "0 of 30 points\n\nThe submission could not be judged: there is no command\n"


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
