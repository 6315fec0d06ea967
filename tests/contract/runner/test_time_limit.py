"""The time limit for all rules: judging ends with what there is, and no rule fails because of it."""

import json
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from http_contract import Outcome, Rule, Server, Skip, get
from http_contract.__main__ import main
from http_contract.client.findings import Findings
from http_contract.client.transport import ConnectionFailed
from http_contract.runner.rule_runner import RuleRunner
from http_contract.runner.scheduler import TIME_IS_UP, Scheduler, ignore_outcome
from http_contract.runner.session import why_stopped
from http_contract.runner.target import RemoteTarget
from tests.contract.runner.test_scheduler import Mortal
from tests.contract.sample_rules import KEPT, asks, rule
from tests.contract.scripted import OK, says, says_nothing, scripted


def takes_all_the_time(server: Server) -> None:
    server.findings.ends = monotonic()
    server.ask(get("/"))


LATE = rule("late", needs=("kept",), check=takes_all_the_time)
LAST = rule("last", needs=("late",), stage=9, routes=("/form",), exchanges=asks(200))


def verdicts(target: Mortal, *rules: Rule, ends: float = monotonic() + 3600) -> dict[str, str]:
    """Return the verdicts; each rule that is skipped is skipped because the time is up."""
    target.findings.ends = ends
    try:
        outcomes = Scheduler(target, rules, (), ignore_outcome, timeout=0.3, findings=target.findings).outcomes()
    finally:
        target.stop()
    assert {outcome.skip for outcome in outcomes if outcome.verdict == "skipped"} == {TIME_IS_UP}
    assert why_stopped(target, outcomes) == TIME_IS_UP
    return {outcome.rule.id: outcome.verdict for outcome in outcomes}


@pytest.mark.parametrize("several", [False, True], ids=["one client", "several clients"])
def test_what_was_judged_counts_and_the_rest_is_skipped(several: bool) -> None:
    found = verdicts(Mortal(says(OK), several), KEPT, LATE, LAST)
    assert found == {"kept": "passed", "late": "skipped", "last": "skipped"}


def test_without_time_nothing_is_judged() -> None:
    assert verdicts(Mortal(says(OK)), KEPT, ends=0.0) == {"kept": "skipped"}


def test_after_the_time_no_route_is_requested() -> None:
    with scripted(says(OK)) as server:
        server.findings.ends = 0.0
        assert RuleRunner(RemoteTarget(server), 0.3, responded=True).missing_route(LAST) == ""


def test_without_a_time_limit_judging_is_finished() -> None:
    assert Findings().ends > monotonic() + 3600
    assert why_stopped(RemoteTarget(Server("127.0.0.1", 1)), []) is None


def test_a_server_that_is_lost_is_the_first_reason() -> None:
    lost = RemoteTarget(Server("127.0.0.1", 1), violation=ConnectionFailed("gone"))
    assert why_stopped(lost, [Outcome(rule=KEPT, verdict="skipped", skip=TIME_IS_UP)]) == Skip("gone")


def test_every_report_is_marked_as_unfinished(tmp_path: Path) -> None:
    files = {format: tmp_path / f"report.{format}" for format in ("json", "junit", "gradescope")}
    reports = [word for format, file in files.items() for word in ("--report", f"{format}={file}")]
    with scripted(says_nothing) as server:
        url = f"http://127.0.0.1:{server.port}"
        result = CliRunner().invoke(main, ["check", url, "--time-limit", "0.1", "--timeout", "60", *reports])
    assert result.exit_code == 1
    sentence = "Judging stopped early: the time limit for judging has passed\n"
    assert sentence in result.output
    assert "; unfinished (" in result.output
    assert json.loads(files["json"].read_text())["stopped"]["code"] == "time-limit"
    assert ElementTree.parse(files["junit"]).find(".//property[@name='stopped']") is not None
    assert sentence in json.loads(files["gradescope"].read_text())["output"]
