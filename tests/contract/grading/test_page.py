"""One page, with everything in it, whatever submissions sent."""

import base64
import gzip
import json
import re
from typing import Any

import pytest

from http_contract.escaping import escape_controls
from http_contract.grading import output as made
from http_contract.grading.output import SHORT_TEXT_SIZE, TEXT_SIZE, page, row_of
from http_contract.grading.store import CUT, Result
from http_contract.rules.model import Diagnosis, Failure, Outcome
from tests.contract.grading.classes import outcome, result

HOSTILE = "</script><script>alert(1)</script><!--\u2028\u2029\udce9\0'\"&{{ 7 * 7 }}"


def failed(text: str, id: str = "listen-answers") -> Outcome:
    return outcome(id, text=text)


def text_about(text: str, id: str = "listen-answers") -> str:
    return f"{id} (MUST): It is so.\n  But {text}\n  Hint: Do it.\n  See RFC 9110 §1"


def text_of(*results: Result, title: str = "class") -> str:
    return page(results, [row_of(each, 10) for each in results], title)


def lines(text: str) -> list[Any]:
    """Return what the page's program reads."""
    [data] = re.findall('<script type="application/gzip" id="data">([^<]*)</script>', text)
    return [json.loads(line) for line in gzip.decompress(base64.b64decode(data)).splitlines()]


def test_a_cell_for_each_rule() -> None:
    passed = outcome("listen-accepts", "passed")
    text = text_of(result("ann", passed, failed("It is late.")), Result("bob", "", why="there is no command"))
    cells = [["listen-accepts", "MUST", "p"], ["listen-answers", "MUST", "f", text_about("It is late.")]]
    assert lines(text) == [
        {"name": "ann", "why": "", "rules": cells, "stages": [1, 1]},
        {"name": "bob", "why": "there is no command", "rules": [], "stages": []},
    ]
    sentence = "The server responds to a GET request for /."
    row = f'<td><code>listen-answers</code></td><td class="sentence">{sentence}</td><td class="number">1 of 2</td>'
    assert row in text
    assert "<td>bob</td>" in text
    assert '<td class="why">there is no command</td>' in text


def test_points_come_first_and_only_of_stages_that_were_judged() -> None:
    text = text_of(result("ann", failed("It is late.")))
    assert re.findall("<h2>(.+)</h2>", text) == ["Points", "Most failed rules", "Rules"]
    assert '<th>submission</th><th class="stage">1 Listen</th><th>points</th><th>reason</th>' in text


def test_common_causes_come_before_rules() -> None:
    failure = Failure("field-missing")
    caused = outcome("respond-date", diagnosis=Diagnosis("no-date", failure))
    text = text_of(result("ann", caused), result("bob", caused), result("cid"))
    assert re.findall("<h2>(.+)</h2>", text) == ["Points", "Most common causes", "Most failed rules", "Rules"]
    row = '<td><code>no-date</code></td><td class="sentence">sends no Date</td><td class="number">2 of 3</td>'
    assert row in text


def test_without_failures_there_are_none_to_name() -> None:
    assert "Most failed rules" not in text_of(result("ann"))


def test_nothing_that_a_submission_says_is_markup() -> None:
    harmless = text_of(result("ann", failed("It is late.")), Result("bob", "", why="none"))
    text = text_of(result(HOSTILE, failed(HOSTILE, HOSTILE)), Result("bob", "", why=HOSTILE), title=HOSTILE)
    tags = "<[a-z/!]+"
    assert re.findall(tags, text) == re.findall(tags, harmless)
    assert "49" not in re.findall("<title>(.*)</title>", text)[0]
    [first, second] = lines(text)
    assert (first["name"], first["rules"][0][3], second["why"]) == (
        HOSTILE,
        escape_controls(text_about(HOSTILE, HOSTILE)),
        HOSTILE,
    )


def test_it_needs_nothing_from_elsewhere() -> None:
    text = text_of(result("ann"))
    assert not re.findall(r"\b(?:src|href|action)=|url\(|@import|//[a-z0-9-]+\.", text)
    assert "default-src 'none'" in text


def test_what_is_alike_is_given_once() -> None:
    first, second, other = (
        failed(told) for told in ("127.0.0.1:5000 at 12:00:01", "127.0.0.1:5001 at 13:10:59", "other")
    )
    text = text_of(result("ann", first, other), result("bob", other, second))
    cells = [[cell[3] for cell in line["rules"]] for line in lines(text)]
    assert cells == [[text_about("127.0.0.1:… at …"), text_about("other")], [1, 0]]


@pytest.mark.parametrize(("budget", "shown"), [(1, TEXT_SIZE), (0, SHORT_TEXT_SIZE)], ids=["first", "budget-spent"])
def test_what_is_long_is_shortened(monkeypatch: pytest.MonkeyPatch, budget: int, shown: int) -> None:
    monkeypatch.setattr(made, "BUDGET", budget * made.BUDGET)
    [line] = lines(text_of(result("ann", failed("a" * 9999 + "z" * 9999))))
    text = text_about("a" * 9999 + "z" * 9999)
    assert line["rules"][0][3] == text[: shown // 2] + CUT + text[-shown // 2 :]
