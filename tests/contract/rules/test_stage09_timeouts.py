"""Stage 9, timeouts: the ways in which a server may end a request that never ends."""

from dataclasses import replace

import pytest

from http_contract import BY_ID, run
from tests.contract.scripted import OK, Script, says, scripted
from tests.mutants.serving import running
from tests.mutants.table import UNBROKEN

TOLD = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("id", ["timeouts-head", "timeouts-head-drip"])
@pytest.mark.parametrize(
    ("script", "verdict"),
    [(says(), "passed"), (says(TOLD), "passed"), (says(OK), "failed")],
    ids=["closes", "tells", "answers"],
)
def test_how_a_head_is_given_up(id: str, script: Script, verdict: str) -> None:
    with scripted(script) as server:
        assert run(BY_ID[id], server).verdict == verdict


def test_a_body_that_moves_must_be_accepted() -> None:
    with running(UNBROKEN) as server:
        assert run(BY_ID["timeouts-body-progress"], replace(server, patience=0.7)).verdict == "passed"
