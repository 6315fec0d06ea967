"""Who reads no more of what is printed changes no exit status."""

from http import HTTPStatus

import pytest

from raw_router.messages import plain_text
from tests.serving import HANDLERS, HOST, serving
from tests.unread import status_unread


@pytest.mark.parametrize("arguments", ["rules", "rules --markdown", "explain route-test"])
def test_lists(arguments: str) -> None:
    assert status_unread("http_contract", *arguments.split()) == 0


@pytest.mark.parametrize(("name", "status"), [("raw", 0), ("mine", 1)])
def test_a_verdict(name: str, status: int) -> None:
    handlers = {**HANDLERS, "mine": lambda request: plain_text(HTTPStatus.OK, "all is well")}
    with serving(handlers[name]) as port:
        assert status_unread("http_contract", "check", f"http://{HOST}:{port}", "--rule", "route-unknown") == status
