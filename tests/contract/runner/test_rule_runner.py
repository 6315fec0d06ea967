"""Outcomes: what passes, fails and is skipped, and what is counted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from http_contract import BY_ID, Outcome, ResultCache, Rule, Server, fail, judge, run
from http_contract.http.response import Response
from http_contract.reports.messages import skip_text
from http_contract.runner.probes import ROUTES, serves
from tests.contract.sample_rules import BROKEN, KEPT, asks, rule
from tests.contract.scripted import OK, says, scripted
from tests.contract.worded import texts

REFUSED = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def complains(server: Server) -> None:
    fail("it is not so")


def is_content(server: Server) -> None:
    """Say nothing against it."""


@pytest.mark.parametrize(
    ("judged", "failures"),
    [
        (KEPT, []),
        (BROKEN, ["the status is 200, not 404"]),
        (rule(check=is_content), []),
        (rule(check=complains), ["it is not so"]),
        (rule(exchanges=asks(404), check=complains), ["the status is 200, not 404", "it is not so"]),
    ],
)
def test_run(judged: Rule, failures: list[str]) -> None:
    with scripted(says(OK)) as server:
        outcome = run(judged, server)
    assert texts(outcome.failures) == failures
    assert outcome.verdict == ("failed" if failures else "passed")
    assert outcome.counts
    assert len(outcome.transcripts) == len(judged.exchanges)
    assert server.transcripts == ()


def gone() -> Server:
    """A server that is no longer there."""
    with scripted(says(OK)) as server:
        return server


def test_no_connection_is_a_failure() -> None:
    outcome = run(KEPT, gone())
    assert (outcome.verdict, outcome.transcripts) == ("failed", ())


@pytest.mark.parametrize(
    ("stage", "verdict", "counts"),
    [(1, "skipped", False), (4, "skipped", False), (5, "failed", True), (7, "skipped", False)],
)
def test_a_missing_route(stage: int, verdict: str, counts: bool) -> None:
    with scripted(says(MISSING)) as server:
        outcome = run(rule(stage=stage, routes=("/form",), check=is_content), server)
    told = skip_text(outcome.skip) or texts(outcome.failures)[0]
    assert (outcome.verdict, outcome.counts, told) == (verdict, counts, "there is no /form")


@pytest.mark.parametrize(("response", "there"), [(OK, False), (REFUSED, False), (MISSING, False), (b"", True)])
def test_a_route_has_a_response_of_its_own(response: bytes, there: bool) -> None:
    with scripted(says(response)) as server:
        assert all(serves(server, route) is there for route in ROUTES)
        assert serves(server, "/form") is there
    assert server.transcripts == ()


def test_a_server_that_is_gone_lacks_no_route() -> None:
    assert serves(gone(), "/form")


@pytest.mark.parametrize(("responses", "there"), [((b"", MISSING, MISSING), False), ((b"", b"", MISSING), True)])
def test_a_route_without_a_response_is_requested_once_more(responses: Sequence[bytes], there: bool) -> None:
    """The server may have been ending because of an earlier request."""
    coming = iter(responses)
    with scripted(lambda client: says(next(coming))(client)) as server:
        server.findings.unknown = Response()
        assert serves(server, "/form")
        assert serves(server, "/form") is there
        server.findings.forget_silences()
        assert not serves(server, "/form")


def test_a_rule_that_restarts_needs_one_who_can() -> None:
    restarts = rule(restarts=True, check=is_content)
    skipped = run(restarts, Server("127.0.0.1", 1))
    assert (skipped.verdict, skipped.counts) == ("skipped", False)
    assert run(restarts, Server("127.0.0.1", 1, restart=lambda: None)).verdict == "passed"


def test_501_owes_no_allow() -> None:
    with scripted(says(b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n")) as server:
        assert run(BY_ID["methods-allow-exact"], server).verdict == "passed"


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, str, str, bool]]:
    return [(outcome.rule.id, outcome.verdict, skip_text(outcome.skip), outcome.counts) for outcome in outcomes]


def test_what_needs_a_broken_rule_is_skipped_and_names_it() -> None:
    needing = rule("needing", needs=("kept", "broken"), check=complains)
    later = rule("later", needs=("needing",), check=complains)
    absent = rule("absent", routes=("/form",), check=complains)
    needing_absent = rule("needing-absent", needs=("absent",), check=complains)
    with scripted(says(MISSING)) as server:
        outcomes = judge(
            server, [later, needing, needing_absent], among=[BROKEN, rule("kept", check=complains), absent]
        )
    assert told(outcomes) == [
        ("later", "skipped", "kept failed", True),
        ("needing", "skipped", "kept failed", True),
        ("needing-absent", "skipped", "there is no /form", False),
    ]


@pytest.mark.parametrize(
    ("stage", "reason", "counts"),
    [(4, "there is no /form", False), (5, "broken failed", True), (9, "there is no /form", False)],
)
def test_a_missing_route_is_not_counted_though_what_the_rule_needs_does_not_hold_either(
    stage: int, reason: str, counts: bool
) -> None:
    judged = rule("judged", stage=stage, routes=("/form",), needs=("broken",), check=is_content)
    there = rule("there", stage=stage, needs=("broken",), check=is_content)
    with scripted(says(MISSING)) as server:
        outcomes = judge(server, [judged, there], among=[rule("broken", check=complains)])
    assert told(outcomes) == [
        ("judged", "skipped", reason, counts),
        ("there", "skipped", "broken failed", True),
    ]


def test_a_route_that_cannot_be_asked_for_is_not_taken_for_missing() -> None:
    judged = rule("judged", stage=9, routes=("/form",), needs=("broken",), check=is_content)
    outcomes = judge(gone(), [judged], among=[rule("broken", check=complains)])
    assert told(outcomes) == [("judged", "skipped", "broken failed", True)]


def test_each_rule_is_judged_once() -> None:
    times: list[str] = []
    counted = rule("counted", check=lambda server: times.append("once"))
    needing = [rule(f"needing-{number}", needs=("counted",), check=is_content) for number in range(20)]
    with scripted(says(OK)) as server:
        outcomes = judge(server, [*needing, counted])
    assert ({outcome.verdict for outcome in outcomes}, times) == ({"passed"}, ["once"])


def test_what_restarts_comes_last() -> None:
    order: list[str] = []
    restarting = rule("restarting", restarts=True, check=lambda server: order.append("restarting"))
    others = [rule(f"other-{number}", check=lambda server: order.append("other")) for number in range(9)]
    with scripted(says(OK)) as server:
        outcomes = judge(replace(server, restart=lambda: None), [restarting, *others])
    assert [outcome.rule for outcome in outcomes] == [restarting, *others]
    assert order[-1] == "restarting"


def test_what_is_known_is_not_judged() -> None:
    known = Outcome(rule=KEPT, verdict="failed")
    needing = rule("needing", needs=("kept",), check=complains)
    judgement = ResultCache(lambda judged: Outcome(rule=judged, verdict="passed"), [KEPT, BROKEN, needing], [known])
    assert judgement.outcome(KEPT) is known
    assert [judgement.outcome(each).verdict for each in (BROKEN, needing)] == ["passed", "skipped"]
