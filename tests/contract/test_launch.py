"""Servers that the judge starts: that listen, that never do, that die, that leave children behind."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import launch
from contract.conversation import Broken
from contract.launch import Launched
from contract.requests import get

ANSWERS = """
import os, socket, sys, time
{before}
with socket.create_server(("127.0.0.1", int({port}))) as listener:
    while True:
        client, _ = listener.accept()
        with client:
            {each}
"""
ANSWER = "client.recv(65536); client.sendall(b'HTTP/1.1 204 No Content\\r\\n\\r\\n')"
ONCE = "started = __file__ + '.started'; os.path.exists(started) and sys.exit('not again'); open(started, 'w').close()"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "server.py"


def command(script: Path, *, before: str = "", each: str = ANSWER, port: str = "sys.argv[1]") -> str:
    script.write_text(ANSWERS.format(before=before, each=each, port=port))
    return shlex.join([sys.executable, str(script)]) + " {port}"


@pytest.fixture
def launched(request: pytest.FixtureRequest, script: Path) -> Iterator[Launched]:
    launched = Launched(command(script, **getattr(request, "param", {})), seed=7)
    yield launched
    launched.close()


def answers(launched: Launched) -> bool:
    return launched.running().ask(get("/")).answers[0].status == 204


@pytest.mark.parametrize("launched", [{}, {"port": 'os.environ["PORT"]'}], indirect=True, ids=["argument", "variable"])
def test_starts_on_a_free_port(launched: Launched) -> None:
    assert answers(launched)
    assert launched.running() is launched.running()
    assert launched.running().seed == 7


def test_restarts_on_the_same_port(launched: Launched) -> None:
    port = launched.running().port
    assert launched.server.restart
    launched.server.restart()
    assert answers(launched)
    assert launched.server.port == port


def test_stops_for_good(launched: Launched) -> None:
    server = launched.running()
    launched.stop()
    launched.stop()
    with pytest.raises(Broken, match="no connection"):
        server.ask(get("/"))


@pytest.mark.parametrize("launched", [{"before": ONCE}], indirect=True)
def test_a_restart_that_fails_says_why(launched: Launched) -> None:
    launched.running()
    with pytest.raises(Broken, match="it has ended\nnot again"):
        launched.restart()


@pytest.mark.parametrize("launched", [{"each": ANSWER + "; client.close(); sys.exit()"}], indirect=True)
def test_what_has_died_is_started_anew(launched: Launched) -> None:
    """Each request kills it, the first of which is how the judge sees that it listens."""
    first = launched.running()
    assert launched._process
    launched._process.wait()
    assert launched.running() is not first


@pytest.mark.parametrize("launched", [{"each": "pass"}], indirect=True)
def test_what_listens_need_not_answer(launched: Launched) -> None:
    assert launched.running().ask(get("/")).answers == ()


@pytest.mark.parametrize("launched", [{"before": "sys.exit('no, thanks')"}], indirect=True)
def test_what_never_starts_says_why_and_is_not_tried_again(launched: Launched) -> None:
    for _ in range(2):
        with pytest.raises(Broken, match=r"did not start on port .*: it has ended\nno, thanks"):
            launched.running()


@pytest.mark.parametrize("launched", [{"before": "time.sleep(60)"}], indirect=True)
def test_what_never_listens_is_given_up(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "START", 0.1)
    with pytest.raises(Broken, match="it runs, but does not listen"):
        launched.running()


def test_a_command_that_is_none() -> None:
    launched = Launched("/no/such/program {port}")
    with pytest.raises(Broken, match="No such file"):
        launched.running()
    launched.close()


def test_a_port_is_waited_for(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    launched.running()
    taken = iter([True, True, False])
    monkeypatch.setattr(launch, "takes_connections", lambda port: next(taken))
    launched.stop()
    assert list(taken) == []


STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork()"


@pytest.mark.parametrize("launched", [{"before": STUBBORN, "port": "sys.argv[1]"}], indirect=True)
def test_children_and_the_stubborn_end_too(launched: Launched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "STOP", 0.1)
    server = launched.running()
    launched.stop()
    with pytest.raises(Broken, match="no connection"):
        server.ask(get("/"))
