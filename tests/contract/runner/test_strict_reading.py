"""Strict reading: a malformed response, or one before the end of its request, fails any rule."""

import socket

import pytest

from http_contract import BY_ID, Exchange, Outcome, Rule, Server, Status, get, run
from http_contract.runner.probes import find_page
from tests.contract.sample_rules import rule
from tests.contract.scripted import OK, Script, says, scripted

BARE = b"HTTP/1.1 400 Bad Request\r\n"
LF = OK.replace(b"\r\n", b"\n")
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"
REFUSED = b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"
ANY = Status(200, 204, 400)
WITH_LENGTH = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"  # wrong, and yet any client reads it
ODD = rule("odd", exchanges=(Exchange((get("/odd"),), (ANY,)),))
SPLIT = rule("split", exchanges=(Exchange((b"GE", b"T /odd HTTP/1.1\r\nHost: x\r\n\r\n"), (ANY,)),))
NOT_HTTP = rule("not-http", exchanges=(Exchange((b"\x16\x03\r\n\r\n",), ()),))


def by_path(odd: bytes, page: bytes = OK) -> Script:
    """Return a script with one response to /odd, and another one to other paths."""

    def script(client: socket.socket) -> None:
        data = client.recv(65536)
        client.sendall(odd if b"odd" in data or data == b"GE" or data[:1] == b"\x16" else page)
        if data == b"GE":
            client.recv(65536)

    return script


def judged(judged_rule: Rule, script: Script) -> Outcome:
    with scripted(script) as server:
        return run(judged_rule, server)


@pytest.mark.parametrize(
    ("odd", "codes"),
    [(OK, []), (WITH_LENGTH, []), (BARE, ["no-empty-line"]), (LF, ["bare-lf"]), (SHORT, ["body-short"])],
    ids=["right", "with-length", "no-empty-line", "bare-lf", "cut-short"],
)
def test_a_malformed_response_fails_any_rule(odd: bytes, codes: list[str]) -> None:
    outcome = judged(ODD, by_path(odd))
    assert list(dict.fromkeys(failure.code for failure in outcome.failures)) == codes


def test_a_defect_of_all_pages_fails_in_its_own_rules_only() -> None:
    assert judged(ODD, says(LF)).verdict == "passed"


@pytest.mark.parametrize(
    ("odd", "verdict"), [(OK, "failed"), (b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", "passed")]
)
def test_a_success_before_the_end_of_the_request_fails(odd: bytes, verdict: str) -> None:
    outcome = judged(SPLIT, by_path(odd))
    assert outcome.verdict == verdict
    assert [failure.code for failure in outcome.failures] == ["early-response"] * (verdict == "failed")


def test_another_protocol_may_get_a_response_of_its_own() -> None:
    assert judged(NOT_HTTP, by_path(b"\x15\x03")).verdict == "passed"


def page_of(pages: dict[bytes, bytes]) -> Server:
    """Return a server after its page was searched; other paths are 404."""

    def script(client: socket.socket) -> None:
        target = client.recv(65536).split(b" ")[1]
        client.sendall(pages.get(target, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    with scripted(script) as server:
        find_page(server)
        return server


@pytest.mark.parametrize("path", ["/", "/test", "/time", "/time.html"])
def test_the_page_is_the_first_that_responds_200(path: str) -> None:
    pages = {name.encode(): OK for name in ("/", "/test", "/time", "/time.html") if name >= path}
    assert page_of(pages).findings.page == path


def test_without_a_page_the_page_is_the_root() -> None:
    assert page_of({}).findings.page == "/"
    assert page_of({b"/": b"", b"/test": b""}).findings.page == "/"
    assert BY_ID["respond-page"].needs == ("listen-answers",)
