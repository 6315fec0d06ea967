"""The rules of stage 2: what they accept besides what the service sends."""

import pytest

from http_contract import BY_ID, run
from tests.contract.scripted import says, scripted


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("200 OK", "failed"), ("404 Not Found", "failed"), ("500 Internal Server Error", "passed")],
)
@pytest.mark.parametrize("id", ["respond-date", "respond-date-form", "respond-date-now"])
def test_only_an_error_of_the_server_may_lack_its_date(id: str, status: str, verdict: str) -> None:
    with scripted(says(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nhi".encode())) as server:
        assert run(BY_ID[id], server).verdict == verdict
