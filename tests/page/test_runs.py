"""Runs of the judge: one at a time, what they tell, and how each of them ends."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Event, Lock

import pytest

from http_contract import Rule, Server, fail
from raw_router.messages import plain_text
from sidebyside.compare.sending import Place
from sidebyside.page.runs import Run, Runs, State, TooMany
from tests.contract.test_judging import BROKEN, KEPT, rule
from tests.serving import HOST, serving

ENDS = ("done", "stopped", "failed")


@contextmanager
def place() -> Iterator[Place]:
    """A server of 200 for everything, to many at a time."""
    with serving(lambda request: plain_text(HTTPStatus.OK, "hi")) as port:
        yield Place("tiny", Server(HOST, port))


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.NEWS", 0.1)
    monkeypatch.setattr("sidebyside.page.runs.MORE", 0.01)


@pytest.fixture
def tiny() -> Iterator[Place]:
    with place() as found:
        yield found


def checks(check: Callable[[Server], None]) -> Rule:
    return rule("checked", check=check)


def end_of(run: Run) -> State:
    """Ask for news until there will be no more."""
    state: State = "waiting"
    while state not in ENDS or run.lives:
        state, _ = run.news(0)
    return state


def fails(server: Server) -> None:
    raise ZeroDivisionError


def test_a_run_tells_of_each_rule_and_is_done(tiny: Place) -> None:
    run = Run([tiny], [KEPT, BROKEN], Lock())
    assert end_of(run) == "done"
    _, news = run.news(0)
    final = {each.outcome.rule.id: each for each in news if each.final}
    assert {id: (each.target, each.outcome.verdict) for id, each in final.items()} == {
        "kept": ("tiny", "passed"),
        "broken": ("tiny", "failed"),
    }
    assert [part.kind for part in final["broken"].told][:3] == ["rule", "failure", "note"]
    assert final["kept"].told == ()
    assert all(not each.outcome.transcripts for each in news)


def test_the_report_is_of_what_is_final(tiny: Place) -> None:
    run = Run([tiny], [KEPT, BROKEN], Lock())
    end_of(run)
    report = run.judged["tiny"].report
    assert [(score.stage, score.passed, score.total) for score in report.scores] == [(1, 1, 2)]
    assert report.seconds > 0


def test_a_question_is_answered_from_where_it_asks(tiny: Place) -> None:
    run = Run([tiny], [KEPT], Lock())
    end_of(run)
    _, news = run.news(0)
    assert run.news(len(news) - 1) == ("done", news[-1:])
    assert run.news(len(news)) == ("done", [])


def test_servers_are_judged_one_after_the_other(tiny: Place) -> None:
    with place() as other:
        run = Run([tiny, Place("other", other.server)], [KEPT], Lock())
        end_of(run)
    assert [each.target for each in run.news(0)[1] if each.final] == ["tiny", "other"]
    first, second = run.judged.values()
    assert first.ended is not None
    assert second.began is not None
    assert first.ended <= second.began


def test_a_run_waits_for_its_turn(tiny: Place) -> None:
    turn = Lock()
    with turn:
        run = Run([tiny], [KEPT], turn)
        assert run.news(0) == ("waiting", [])
    assert end_of(run) == "done"


def test_who_is_stopped_while_waiting_leaves_the_turn_alone(tiny: Place) -> None:
    turn = Lock()
    with turn:
        run = Run([tiny], [KEPT], turn)
        run.stop()
        assert end_of(run) == "stopped"
    assert run.news(0) == ("stopped", [])


def test_a_stop_ends_it_before_the_next_rule(tiny: Place) -> None:
    begun, goes_on = Event(), Event()

    def waits(server: Server) -> None:
        begun.set()
        assert goes_on.wait(10)

    turn = Lock()
    run = Run([tiny], [checks(waits), KEPT], turn)
    assert begun.wait(10)
    run.stop()
    assert run.news(0)[0] == "stopped"
    assert turn.locked()  # until the rule is over
    goes_on.set()
    assert end_of(run) == "stopped"
    assert not turn.locked()
    assert "kept" not in {each.outcome.rule.id for each in run.news(0)[1] if each.final}


def test_a_run_ends_once_its_reader_is_gone(tiny: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.GONE", -1.0)
    assert end_of(Run([tiny], [KEPT], Lock())) == "stopped"


def test_an_error_of_the_judge_itself_is_told(tiny: Place, caplog: pytest.LogCaptureFixture) -> None:
    run = Run([tiny], [checks(fails)], Lock())
    assert end_of(run) == "failed"
    assert "ZeroDivisionError" in caplog.text


def test_a_server_that_is_not_there_fails() -> None:
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    run = Run([Place("gone", Server(HOST, port))], [KEPT], Lock())
    assert end_of(run) == "done"
    assert [each.outcome.verdict for each in run.news(0)[1]] == ["failed"]


# -- the runs of a page


def test_runs_are_bounded(tiny: Place) -> None:
    goes_on = Event()

    def waits(server: Server) -> None:
        if not goes_on.wait(10):
            fail("nobody lets it go on")

    runs = Runs()
    begun = [runs.begin([tiny], [checks(waits)]) for _ in range(4)]
    with pytest.raises(TooMany):
        runs.begin([tiny], [KEPT])
    goes_on.set()
    assert [end_of(run) for run in begun] == ["done"] * 4
    assert end_of(runs.begin([tiny], [KEPT])) == "done"


def test_the_latest_runs_are_remembered(tiny: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.REMEMBERED", 2)
    runs, begun = Runs(), []
    for _ in range(3):
        begun.append(runs.begin([tiny], [KEPT]))
        end_of(begun[-1])
    assert [runs.get(run.id) for run in begun] == [None, *begun[1:]]
