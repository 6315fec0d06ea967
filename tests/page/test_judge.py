"""Runs of the judge, and the page's requests that start, follow and stop them."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Event, Lock
from typing import Any

import psutil
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from http_contract import Exchange, Rule, Server, fail
from http_contract.http.request import get as get_request
from http_contract.http.transcript import Transcript
from http_contract.rules.expectations import Status
from http_contract.rules.model import Outcome
from http_contract.rules.registry import RULES
from http_contract.runner.scheduler import WORKERS
from raw_router.messages import plain_text
from sidebyside.compare.send import Endpoint
from sidebyside.launch.board import Board
from sidebyside.page.app import TOKEN_FIELD, create_app
from sidebyside.page.editor import parse_raw
from sidebyside.page.runs import MAX_RAW, Run, Runs, State, TooManyRuns, raw_of
from sidebyside.page.settings import RunningService, Settings
from sidebyside.page.targets import Command
from tests.serving import HANDLERS, HOST, becomes_true, serving

PORT = 8000  # the page's own; it does not have to listen
OURS = {"Host": f"localhost:{PORT}"}
STAGE = 3  # quick to judge
RULES_OF_STAGE = sum(rule.stage == STAGE for rule in RULES)
ENDS = ("done", "stopped", "failed")


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(handler)) for name, handler in HANDLERS.items()}
        yield Settings(
            tuple(RunningService(name, "cyan", f"http://{HOST}:{port}/") for name, port in ports.items()), PORT
        )


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def tiny() -> Iterator[str]:
    """The URL of a server that sends 200 to every request."""
    with serving(lambda request: plain_text(HTTPStatus.OK, "hi")) as port:
        yield f"http://{HOST}:{port}"


@pytest.fixture
def get(client: FlaskClient) -> Any:
    return partial(client.get, headers=OURS)


@pytest.fixture
def post(client: FlaskClient, settings: Settings) -> Any:
    def post(path: str, data: object = None) -> TestResponse:
        return client.post(path, json=data, headers={TOKEN_FIELD: settings.token, **OURS})

    return post


def follow_run(get: Any, id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ask for news until the run is over; return the last state, and all the news."""
    news: list[dict[str, Any]] = []
    state: dict[str, Any] = {"state": "", "next": 0}
    while state["state"] not in ENDS:
        state = get(f"/judge/{id}?from={state['next']}").get_json()
        news += state["news"]
        assert state["next"] == len(news)
    return state, news


def test_the_three_are_judged_by_a_stage(get: Any, post: Any) -> None:
    begun = post("/judge", {"stages": [STAGE]}).get_json()
    assert begun["servers"] == list(HANDLERS)
    assert begun["stages"] == [{"stage": STAGE, "title": "Route", "rules": RULES_OF_STAGE}]
    state, news = follow_run(get, begun["id"])
    assert state["state"] == "done"
    assert [(each["name"], each["points"], each["max_points"], each["done"]) for each in state["servers"]] == [
        (name, 10, 10, True) for name in HANDLERS
    ]
    finals = [each["server"] for each in news if each["final"]]
    assert finals == [name for name in HANDLERS for _ in range(RULES_OF_STAGE)]


def test_a_server_at_a_url_is_judged(get: Any, post: Any, tiny: str) -> None:
    begun = post("/judge", {"stages": [STAGE], "url": tiny}).get_json()
    state, news = follow_run(get, begun["id"])
    [server] = state["servers"]
    assert server["name"] == begun["servers"][0] == tiny.removeprefix("http://")
    assert server["points"] < server["max_points"] == 10
    [score] = server["stages"]
    assert (score["stage"], score["max_points"]) == (STAGE, 10)
    [unknown] = [each for each in news if each["rule"] == "route-unknown" and each["final"]]
    assert (unknown["verdict"], unknown["level"]) == ("failed", "MUST")
    assert unknown["url"].startswith("https://www.rfc-editor.org/rfc/rfc9110#section-")


OK_SERVER = """
import os, socket, sys
os.fork()  # neither of the two may survive the run
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), reuse_port=True)
print("\\x1b[1mlistening\\x1b[0m as", os.getpid(), flush=True)
while True:
    client, _ = listener.accept()
    print(client.recv(4096).split(b"\\r")[0], flush=True)
    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nhi")
    client.close()
"""


@pytest.fixture
def with_command(settings: Settings, tmp_path: Path) -> Any:
    """A function that judges a command by a page that has it, and returns the last state and all output."""

    def judge(text: str) -> tuple[dict[str, Any], list[str]]:
        own = replace(settings, command=Command(text, tmp_path))
        fields = {TOKEN_FIELD: own.token, **OURS}
        client = create_app(own).test_client()
        id = client.post("/judge", json={"stages": [1], "command": True}, headers=fields).get_json()["id"]
        printed: list[str] = []
        state: dict[str, Any] = {"state": ""}
        while state["state"] not in ENDS:
            state = client.get(f"/judge/{id}?printed={len(printed)}", headers=OURS).get_json()
            printed += state["printed"]
        return state, printed

    return judge


def test_a_command_is_judged_in_its_folder_and_ended(with_command: Any, tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(OK_SERVER)
    state, printed = with_command(f"{sys.executable} server.py {{port}}")
    [server] = state["servers"]
    assert (state["state"], server["name"]) == ("done", "your command")
    [stage] = server["stages"]
    assert stage["passed"] > 0
    started = [line.split() for line in printed if "listening" in line]
    assert {word for word, *_ in started} == {r"\x1b[1mlistening\x1b[0m"}
    assert any("GET /" in line for line in printed)
    assert not any(psutil.pid_exists(int(words[-1])) for words in started)


def test_a_command_that_does_not_start_is_named(with_command: Any) -> None:
    state, printed = with_command(f"{sys.executable} -c 'raise SystemExit(\"no port\")'")
    assert state["state"] == "done"
    assert printed == ["no port"]
    assert "did not start" in str(state["news"]) + str(state["groups"])


def test_a_page_without_a_command_judges_none(post: Any) -> None:
    answer = post("/judge", {"stages": [1], "command": True})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "started without --command" in answer.get_data(as_text=True)


def test_a_command_never_comes_from_a_browser(with_command: Any, post: Any, tmp_path: Path) -> None:
    command = f"touch {tmp_path}/touched"
    assert post("/judge", {"stages": [1], "command": command}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not (tmp_path / "touched").exists()
    with_command(command)  # the same command does that where the page was started with it
    assert (tmp_path / "touched").exists()


def test_a_failure_has_the_lines_of_the_judge(get: Any, post: Any, tiny: str) -> None:
    _, news = follow_run(get, post("/judge", {"stages": [STAGE], "url": tiny}).get_json()["id"])
    failure = next(each["failure"] for each in news if each["rule"] == "route-unknown" and each["final"])
    kinds = [part["kind"] for part in failure]
    assert kinds[:2] == ["rule", "failure"]
    assert {"bytes", "caret", "hint", "section", "reproduce"} <= set(kinds)
    caret = kinds.index("caret")
    under = failure[caret - 1]["content"][failure[caret]["content"].index("^") :]
    assert under.startswith("HTTP/1.1 200")


def test_failures_are_grouped_by_cause(get: Any, post: Any, tiny: str) -> None:
    state, news = follow_run(get, post("/judge", {"stages": [3, 4], "url": tiny}).get_json()["id"])
    failed = [each["rule"] for each in news if each["final"] and each["verdict"] == "failed"]
    assert sorted(rule for group in state["groups"] for rule in group["failed"]) == sorted(failed)
    group = next(group for group in state["groups"] if group["cause"] == "no-404")
    assert group["title"] == "sends no 404"
    assert "route-unknown" in group["failed"]
    assert group["skipped"]


def test_a_failure_has_its_bytes_for_the_editor(get: Any, post: Any, tiny: str) -> None:
    _, news = follow_run(get, post("/judge", {"stages": [STAGE], "url": tiny}).get_json()["id"])
    raw = next(each["raw"] for each in news if each["rule"] == "route-unknown" and each["final"])
    assert raw.startswith("GET /")
    assert "Host: {authority}" in raw
    assert parse_raw(raw).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "raw"),
    [
        ((b"GET / HTTP/1.1\r\nHost: 127.0.0.1:5000\r\n\r\n",), r"GET / HTTP/1.1\r\n|Host: {authority}\r\n|\r\n"),
        ((b"GET ", b"", b"/"), r"GET \p|/"),
        ((), ""),
        ((b"a" * (MAX_RAW + 1),), ""),
    ],
    ids=["authority", "packets", "nothing", "too much"],
)
def test_the_bytes_of_a_failure(sent: tuple[bytes, ...], raw: str) -> None:
    transcript = Transcript(sent=sent, url="http://127.0.0.1:5000")
    outcome = Outcome(rule=FAILING, verdict="failed", transcripts=(transcript,))
    assert raw_of(outcome).replace("\n", "|") == raw


def test_all_stages_are_judged_by_default(post: Any, tiny: str) -> None:
    begun = post("/judge", {"url": tiny}).get_json()
    assert [each["stage"] for each in begun["stages"]] == list(range(1, 11))
    assert sum(each["rules"] for each in begun["stages"]) == sum(not rule.slow for rule in RULES)
    assert post(f"/judge/{begun['id']}/stop").get_json() == {"state": "stopped"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "an object such as"),
        ([], "an object such as"),
        ({"stages": [0]}, "an object such as"),
        ({"stages": [1, 11]}, "an object such as"),
        ({"stages": ["3"]}, "an object such as"),
        ({"stages": [True]}, "an object such as"),
        ({"stages": 3}, "an object such as"),
        ({"url": 5}, "an object such as"),
        ({"url": ""}, "a URL on this machine is required"),
        ({"url": "http://127.0.0.1:x"}, "is not a valid URL of a server"),
        ({"url": "http://example.com"}, "only asks servers on this machine"),
        ({"url": "http://10.0.0.1:80"}, "only asks servers on this machine"),
        ({"url": "http://127.0.0.1.example.com"}, "only asks servers on this machine"),
        ({"url": "https://localhost"}, "only asks servers on this machine"),
        ({"url": f"http://localhost:{PORT}"}, "the page itself"),
    ],
    ids=str,
)
def test_an_invalid_request_is_one_line(post: Any, data: object, why: str) -> None:
    response = post("/judge", data)
    assert response.status_code == 422
    assert response.mimetype == "text/plain"
    assert why in response.text
    assert len(response.text.splitlines()) == 1


def test_an_unknown_run_is_404(get: Any, post: Any) -> None:
    assert get("/judge/0").status_code == post("/judge/0/stop").status_code == 404


@pytest.mark.parametrize("since", ["-1", "x", ""])
def test_an_invalid_number_of_news_means_all(get: Any, post: Any, tiny: str, since: str) -> None:
    id = post("/judge", {"stages": [STAGE], "url": tiny}).get_json()["id"]
    _, news = follow_run(get, id)
    assert get(f"/judge/{id}?from={since}").get_json()["news"] == news


def test_too_many_runs_are_refused(post: Any, tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.MAX_RUNS", 0)
    assert post("/judge", {"url": tiny}).status_code == 429


@pytest.mark.parametrize("path", ["/judge", "/judge/0/stop"])
def test_the_token_is_required(client: FlaskClient, path: str) -> None:
    assert client.post(path, json={}, headers=OURS).status_code == 403


# -- runs


def make_rule(id: str, **parts: Any) -> Rule:
    return Rule(id=id, stage=1, sentence="It is so.", hint="Do it.", section="RFC 9110 §1", **parts)


def expecting(status: int) -> tuple[Exchange, ...]:
    return (Exchange((get_request("/"),), (Status(status),)),)


PASSING = make_rule("passing", exchanges=expecting(200))
FAILING = make_rule("failing", exchanges=expecting(404))


@pytest.fixture
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.NEWS_TIMEOUT", 0.1)
    monkeypatch.setattr("sidebyside.page.runs.NEWS_DELAY", 0.01)


@contextmanager
def tiny_endpoint() -> Iterator[Endpoint]:
    """A server that sends 200 to every request."""
    with serving(lambda request: plain_text(HTTPStatus.OK, "hi")) as port:
        yield Endpoint("tiny", Server(HOST, port))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with tiny_endpoint() as found:
        yield found


def checks(check: Callable[[Server], None]) -> Rule:
    return make_rule("checked", check=check)


def end_of(run: Run) -> State:
    """Ask for news until the run is over."""
    state: State = "waiting"
    while state not in ENDS or run.is_alive:
        state, _ = run.news(0)
    return state


def fails(server: Server) -> None:
    raise ZeroDivisionError


@pytest.mark.usefixtures("_short_waits")
def test_a_run_has_news_of_each_rule(endpoint: Endpoint) -> None:
    run = Run([endpoint], [PASSING, FAILING], Lock())
    assert end_of(run) == "done"
    _, news = run.news(0)
    final = {each.outcome.rule.id: each for each in news if each.final}
    assert {id: (each.server, each.outcome.verdict) for id, each in final.items()} == {
        "passing": ("tiny", "passed"),
        "failing": ("tiny", "failed"),
    }
    assert [part.kind for part in final["failing"].failure][:3] == ["rule", "failure", "note"]
    assert final["passing"].failure == ()
    assert all(not each.outcome.transcripts for each in news)


@pytest.mark.usefixtures("_short_waits")
def test_the_report_contains_final_outcomes(endpoint: Endpoint) -> None:
    run = Run([endpoint], [PASSING, FAILING], Lock())
    end_of(run)
    report = run.progress["tiny"].report
    assert [(score.stage, score.passed, score.total) for score in report.scores] == [(1, 1, 2)]
    assert report.seconds > 0


@pytest.mark.usefixtures("_short_waits")
def test_news_after_a_number_of_items(endpoint: Endpoint) -> None:
    run = Run([endpoint], [PASSING], Lock())
    end_of(run)
    _, news = run.news(0)
    assert run.news(len(news) - 1) == ("done", news[-1:])
    assert run.news(len(news)) == ("done", [])


@pytest.mark.usefixtures("_short_waits")
def test_servers_are_judged_one_after_the_other(endpoint: Endpoint) -> None:
    with tiny_endpoint() as other:
        run = Run([endpoint, Endpoint("other", other.server)], [PASSING], Lock())
        end_of(run)
    assert [each.server for each in run.news(0)[1] if each.final] == ["tiny", "other"]
    first, second = run.progress.values()
    assert first.ended is not None
    assert second.began is not None
    assert first.ended <= second.began


@pytest.mark.usefixtures("_short_waits")
def test_a_run_waits_for_its_turn(endpoint: Endpoint) -> None:
    turn = Lock()
    with turn:
        run = Run([endpoint], [PASSING], turn)
        assert run.news(0) == ("waiting", [])
    assert end_of(run) == "done"


@pytest.mark.usefixtures("_short_waits")
def test_a_run_can_be_stopped_while_it_waits(endpoint: Endpoint) -> None:
    turn = Lock()
    with turn:
        run = Run([endpoint], [PASSING], turn)
        run.stop()
        assert end_of(run) == "stopped"
    assert run.news(0) == ("stopped", [])


@pytest.mark.usefixtures("_short_waits")
def test_a_stopped_run_ends_before_the_next_rule(endpoint: Endpoint) -> None:
    begun, goes_on = Event(), Event()

    def waits(server: Server) -> None:
        begun.set()
        assert goes_on.wait(10)

    turn = Lock()
    run = Run([endpoint], [checks(waits), PASSING], turn)
    assert begun.wait(10)
    run.stop()
    assert run.news(0)[0] == "stopped"
    assert turn.locked()  # until the rule is over
    goes_on.set()
    assert end_of(run) == "stopped"
    assert not turn.locked()
    assert "passing" not in {each.outcome.rule.id for each in run.news(0)[1] if each.final}


@pytest.mark.usefixtures("_short_waits")
def test_a_stopped_run_begins_none_of_the_rules_judged_together(endpoint: Endpoint) -> None:
    begun, goes_on = list[None](), Event()

    def waits(server: Server) -> None:
        begun.append(None)
        assert goes_on.wait(10)

    rules = [make_rule(f"rule{number}", check=waits) for number in range(2 * WORKERS)]
    run = Run([endpoint], rules, Lock())
    assert becomes_true(lambda: len(begun) == WORKERS)
    run.stop()
    goes_on.set()
    assert end_of(run) == "stopped"
    assert len(begun) == WORKERS


@pytest.mark.usefixtures("_short_waits")
def test_a_run_ends_after_its_reader_has_left(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.ABANDONED_AFTER", -1.0)
    assert end_of(Run([endpoint], [PASSING], Lock())) == "stopped"


@pytest.mark.usefixtures("_short_waits")
def test_a_run_asks_for_silence_in_the_terminal(endpoint: Endpoint, tmp_path: Path) -> None:
    board, silences = Board(tmp_path), []
    run = Run([endpoint], [checks(lambda server: silences.append(board.is_quiet))], Lock(), board.quiet)
    assert end_of(run) == "done"
    assert silences[0]
    assert becomes_true(lambda: not board.is_quiet)


def test_an_error_of_the_judge_is_logged(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    run = Run([endpoint], [checks(fails)], Lock())
    assert end_of(run) == "failed"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.usefixtures("_short_waits")
def test_a_server_that_is_not_there_fails() -> None:
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    run = Run([Endpoint("gone", Server(HOST, port))], [PASSING], Lock())
    assert end_of(run) == "done"
    assert [each.outcome.verdict for each in run.news(0)[1]] == ["failed"]


# -- the runs of a page


@pytest.mark.usefixtures("_short_waits")
def test_runs_are_bounded(endpoint: Endpoint) -> None:
    goes_on = Event()

    def waits(server: Server) -> None:
        if not goes_on.wait(10):
            fail("the test never lets the check continue")

    runs = Runs()
    begun = [runs.start([endpoint], [checks(waits)]) for _ in range(4)]
    with pytest.raises(TooManyRuns):
        runs.start([endpoint], [PASSING])
    goes_on.set()
    assert [end_of(run) for run in begun] == ["done"] * 4
    assert end_of(runs.start([endpoint], [PASSING])) == "done"


@pytest.mark.usefixtures("_short_waits")
def test_the_latest_runs_are_remembered(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.MAX_FINISHED", 2)
    runs, begun = Runs(), []
    for _ in range(3):
        begun.append(runs.start([endpoint], [PASSING]))
        end_of(begun[-1])
    assert [runs.get(run.id) for run in begun] == [None, *begun[1:]]
