"""The contract over the page: what is asked for, what is refused, and what a reader is told."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from http_contract.rules.registry import RULES
from raw_router.messages import plain_text
from sidebyside.page.application import create_app
from sidebyside.page.safety import TOKEN_FIELD
from sidebyside.page.settings import Settings, Target
from tests.serving import HANDLERS, HOST, serving

PORT = 8000  # the page's own, where nobody needs to listen
OURS = {"Host": f"localhost:{PORT}"}
STAGE = 3  # quick to judge
RULES_OF_STAGE = sum(rule.stage == STAGE for rule in RULES)
ENDS = ("done", "stopped", "failed")


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with ExitStack() as stack:
        ports = {name: stack.enter_context(serving(handler)) for name, handler in HANDLERS.items()}
        yield Settings(tuple(Target(name, "cyan", f"http://{HOST}:{port}/") for name, port in ports.items()), PORT)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def tiny() -> Iterator[str]:
    """The URL of a server of 200 for everything."""
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


def follow(get: Any, id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ask until the run is over; return how it stands then, and all the news."""
    news: list[dict[str, Any]] = []
    state: dict[str, Any] = {"state": "", "next": 0}
    while state["state"] not in ENDS:
        state = get(f"/judge/{id}?from={state['next']}").get_json()
        news += state["news"]
        assert state["next"] == len(news)
    return state, news


def test_the_three_are_judged_by_a_stage(get: Any, post: Any) -> None:
    begun = post("/judge", {"stage": STAGE}).get_json()
    assert begun["targets"] == list(HANDLERS)
    assert begun["rules"] == {str(STAGE): RULES_OF_STAGE}
    state, news = follow(get, begun["id"])
    assert state["state"] == "done"
    assert [(each["name"], each["points"], each["most"], each["done"]) for each in state["targets"]] == [
        (name, 10, 10, True) for name in HANDLERS
    ]
    finals = [each["target"] for each in news if each["final"]]
    assert finals == [name for name in HANDLERS for _ in range(RULES_OF_STAGE)]


def test_a_server_at_a_url_is_judged(get: Any, post: Any, tiny: str) -> None:
    begun = post("/judge", {"stage": STAGE, "url": tiny}).get_json()
    state, news = follow(get, begun["id"])
    [target] = state["targets"]
    assert target["name"] == begun["targets"][0] == tiny.removeprefix("http://")
    assert target["points"] < target["most"] == 10
    [score] = target["stages"]
    assert (score["stage"], score["worth"]) == (STAGE, 10)
    [unknown] = [each for each in news if each["rule"] == "route-unknown" and each["final"]]
    assert (unknown["verdict"], unknown["level"]) == ("failed", "MUST")
    assert unknown["url"].startswith("https://www.rfc-editor.org/rfc/rfc9110#section-")


def test_a_failure_is_told_as_the_judge_tells_it(get: Any, post: Any, tiny: str) -> None:
    _, news = follow(get, post("/judge", {"stage": STAGE, "url": tiny}).get_json()["id"])
    told = next(each["told"] for each in news if each["rule"] == "route-unknown" and each["final"])
    kinds = [part["kind"] for part in told]
    assert kinds[:2] == ["rule", "failure"]
    assert {"bytes", "caret", "hint", "section", "reproduce"} <= set(kinds)
    caret = kinds.index("caret")
    under = told[caret - 1]["text"][told[caret]["text"].index("^") :]
    assert under.startswith("HTTP/1.1 200")


def test_all_stages_are_judged_where_none_is_named(post: Any, tiny: str) -> None:
    begun = post("/judge", {"url": tiny}).get_json()
    assert [int(stage) for stage in begun["rules"]] == list(range(1, 11))
    assert sum(begun["rules"].values()) == len(RULES)
    assert post(f"/judge/{begun['id']}/stop").get_json() == {"state": "stopped"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "an object is wanted"),
        ([], "an object is wanted"),
        ({"stage": 0}, "an object is wanted"),
        ({"stage": 11}, "an object is wanted"),
        ({"stage": "3"}, "an object is wanted"),
        ({"stage": True}, "an object is wanted"),
        ({"url": 5}, "an object is wanted"),
        ({"url": ""}, "name a URL on this machine"),
        ({"url": "http://127.0.0.1:x"}, "a URL like http://127.0.0.1:8001 is wanted"),
        ({"url": "http://example.com"}, "on this machine alone"),
        ({"url": "http://10.0.0.1:80"}, "on this machine alone"),
        ({"url": "http://127.0.0.1.example.com"}, "on this machine alone"),
        ({"url": "https://localhost"}, "on this machine alone"),
        ({"url": f"http://localhost:{PORT}"}, "the page itself"),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused_in_a_line(post: Any, data: object, why: str) -> None:
    response = post("/judge", data)
    assert response.status_code == 422
    assert response.mimetype == "text/plain"
    assert why in response.text
    assert len(response.text.splitlines()) == 1


def test_an_unknown_run_is_404(get: Any, post: Any) -> None:
    assert get("/judge/0").status_code == post("/judge/0/stop").status_code == 404


@pytest.mark.parametrize("since", ["-1", "x", ""])
def test_an_odd_place_is_the_beginning(get: Any, post: Any, tiny: str, since: str) -> None:
    id = post("/judge", {"stage": STAGE, "url": tiny}).get_json()["id"]
    _, news = follow(get, id)
    assert get(f"/judge/{id}?from={since}").get_json()["news"] == news


def test_too_many_runs_are_refused(post: Any, tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.page.runs.ALIVE", 0)
    assert post("/judge", {"url": tiny}).status_code == 429


@pytest.mark.parametrize("path", ["/judge", "/judge/0/stop"])
def test_nobody_acts_without_the_token(client: FlaskClient, path: str) -> None:
    assert client.post(path, json={}, headers=OURS).status_code == 403
