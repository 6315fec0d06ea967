"""A line to see it again: run for real, it sends the bytes that were sent."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from http_contract import BY_ID
from http_contract.client.server import Server
from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.reproduce import reproduce
from http_contract.http.params import NO_PARAMS, Params
from http_contract.http.parser import read_response
from http_contract.http.request import get, last, post, request
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Failure, Outcome
from http_contract.rules.stage02_respond import BYTE_BY_BYTE, SIX_KIB
from tests.contract.diagnosis.cases import died

BASH = shutil.which("bash") or ""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
EVERY = bytes(range(256))
LIMIT = 20.0  # seconds for anything
Shell = Callable[[str], str]


@dataclass
class Recorder:
    """Answers one client once it has said so many bytes; keeps what it said, in which packets, and how it ended."""

    listener: socket.socket
    packets: list[bytes] = field(default_factory=list)
    reset: bool = False

    @property
    def server(self) -> Server:
        host, port = self.listener.getsockname()
        return Server(host, port)

    def hear(self, size: int) -> None:
        client, _ = self.listener.accept()
        client.settimeout(LIMIT)
        with client, suppress(OSError):
            self._listen(client, size)
            client.sendall(ANSWER)
            client.shutdown(socket.SHUT_WR)
            client.recv(1)

    def _listen(self, client: socket.socket, size: int) -> None:
        try:
            while sum(map(len, self.packets)) < size and (data := client.recv(65536)):
                self.packets.append(data)
        except ConnectionResetError:
            self.reset = True

    def meanwhile(self, size: int, action: Callable[[], str]) -> str:
        """Hear while something is done, and return what that returns."""
        thread = threading.Thread(target=self.hear, args=(size,))
        thread.start()
        done = action()
        thread.join(LIMIT)
        assert not thread.is_alive()
        return done


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Recorder(listener)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return what runs a line and returns what it prints."""

    def run(line: str) -> str:
        done = subprocess.run([BASH, "-c", line], capture_output=True, timeout=LIMIT, cwd=tmp_path)
        return done.stdout.decode("latin-1")

    return run


@contextmanager
def running(shell: Shell, line: str) -> Iterator[list[str]]:
    """Run a line meanwhile; at the end of the block, the list has what it printed."""
    printed: list[str] = []
    thread = threading.Thread(target=lambda: printed.append(shell(line)))
    thread.start()
    yield printed
    thread.join(LIMIT)


def transcript_of(recorder: Recorder, pieces: Sequence[bytes]) -> Transcript:
    authority = recorder.server.authority.encode()
    sent = tuple(piece.replace(b"{authority}", authority) for piece in pieces)
    return answered(Transcript(sent=sent, url=recorder.server.address.url))


def answered(transcript: Transcript, received: bytes = ANSWER) -> Transcript:
    """Return a transcript with a response, after which the server closed the connection."""
    response = read_response(received, 0, "GET", "closed")
    return replace(transcript, received=received, responses=(response,), ended="closed")


@pytest.mark.parametrize(
    ("tool", "data"),
    [
        pytest.param("curl", get("/"), id="get"),
        pytest.param("curl", request("GET", "/test?a=1&b=%2F'x'"), id="query"),
        pytest.param("curl", request("GET", "/../[a]{b}/./$HOME/`~!"), id="odd-target"),
        pytest.param("curl", request("GET", "//test"), id="slashes"),
        pytest.param("python3", request("HEAD", "/"), id="head"),
        pytest.param("curl", last("DELETE", "/", "X-Name: it's  100% `right` \\n $HOME"), id="method"),
        pytest.param("curl", request("BREW", "/"), id="odd-method"),
        pytest.param("python3", last("GET", "/", "Accept: text/html"), id="accept"),
        pytest.param("python3", last("GET", "/#part"), id="fragment"),
        pytest.param("python3", last("OPTIONS", "*"), id="asterisk"),
        pytest.param("python3", get("/").replace(b"{authority}", b"elsewhere.example"), id="another-host"),
        pytest.param("python3", get("/").replace(b"1.1", b"1.0"), id="old"),
        pytest.param("python3", get("/").replace(b"\r\n", b"\n"), id="bare-lf"),
        pytest.param("python3", post("/form", b"name=Ada%20\\ & 'co'", "text/plain"), id="post"),
        pytest.param("python3", b"-e GET\r\n\r\n", id="hyphen"),
        pytest.param("python3", EVERY, id="every-byte"),
        pytest.param("python3", b"\x001\x002%s%%\\x41", id="digits-after-escapes"),
        pytest.param("python3", SIX_KIB, id="six-kib"),
        pytest.param("python3", EVERY + b"'\"" * 90 + bytes(3000), id="quotes"),
    ],
)
def test_the_same_bytes_are_sent(tool: str, data: bytes, recorder: Recorder, shell: Shell) -> None:
    transcript = transcript_of(recorder, [data])
    line = reproduce(transcript)
    assert line.startswith(tool)
    printed = recorder.meanwhile(len(transcript.sent[0]), lambda: shell(line))
    assert b"".join(recorder.packets) == transcript.sent[0]
    assert "200 OK" in printed


def test_pieces_come_in_packets_of_their_own(recorder: Recorder, shell: Shell) -> None:
    transcript = transcript_of(recorder, [b"GE", b"", b"T / HTTP/1.1\r\nHost: {authority}\r\n", b"\r\n"])
    assert "200 OK" in recorder.meanwhile(len(b"".join(transcript.sent)), lambda: shell(reproduce(transcript)))
    assert b"".join(recorder.packets) == b"".join(transcript.sent)
    assert len(recorder.packets) > 1


def test_many_pieces_come_byte_by_byte(recorder: Recorder, shell: Shell) -> None:
    transcript = transcript_of(recorder, BYTE_BY_BYTE)
    recorder.meanwhile(len(b"".join(transcript.sent)), lambda: shell(reproduce(transcript).replace("0.05", "0.005")))
    assert b"".join(recorder.packets) == b"".join(transcript.sent)
    assert len(recorder.packets) > 2


@pytest.mark.parametrize("sent", [(), (b"GET / HTTP/1.1\r\nHost: loc",)], ids=["nothing", "half"])
def test_a_client_that_breaks_off(sent: tuple[bytes, ...], recorder: Recorder, shell: Shell) -> None:
    transcript = replace(transcript_of(recorder, sent), ended="aborted")
    recorder.meanwhile(1000, lambda: shell(reproduce(transcript)))
    assert recorder.reset
    assert recorder.packets in ([], list(sent))


@pytest.mark.parametrize("sent", [(), (b"",)], ids=["no-piece", "empty-piece"])
def test_a_client_that_says_nothing(sent: tuple[bytes, ...], recorder: Recorder, shell: Shell) -> None:
    """It is not a client of its own meanwhile, if another one's failure came while it was connected."""
    transcript = replace(transcript_of(recorder, sent), responses=(), ended="open")
    line = reproduce(transcript, [transcript])
    recorder.meanwhile(1, lambda: shell(line))
    connection = f'socket.create_connection(("127.0.0.1", {recorder.server.port}), 5)'
    assert line == f"python3 -c 'import socket; s = {connection}; s.close()'"
    assert recorder.packets == []


@pytest.mark.parametrize("said", [b"", b"GE'T"], ids=["idle", "slow"])
def test_a_client_that_waits_meanwhile_is_connected_first(said: bytes, shell: Shell) -> None:
    """The server serves the first client until it leaves, and prints what it got from each."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        waiting = Transcript(sent=(said,), url=url, finished=2)
        line = reproduce(Transcript(sent=(b"GET\r\n\r\n",), url=url, began=1), [waiting])
        with running(shell, line) as printed, listener.accept()[0] as first, listener.accept()[0] as second:
            assert second.recv(100) == b"GET\r\n\r\n"
            assert (first.recv(100) if said else b"") == said
            second.sendall(ANSWER)
    assert "200 OK" in printed[0]


@pytest.mark.parametrize("ended", ["open", "aborted"])
def test_clients_that_left_before_have_left_in_the_line_too(ended: CloseReason, shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        left = Transcript(sent=(b"GE",), url=url, finished=1, ended=ended)
        line = reproduce(answered(Transcript(sent=(b"GET\r\n\r\n",), url=url, began=1)), [left])
        with running(shell, line) as printed, listener.accept()[0] as first, listener.accept()[0] as second:
            assert second.recv(100) == b"GET\r\n\r\n"
            assert end_of(first) == ended
            second.sendall(ANSWER)
    assert "200 OK" in printed[0]


HALF = Transcript(sent=(b"GET / HT",), finished=1)
WAITING = Transcript(sent=(b"GET\r\n\r\n",), ended="timeout", began=2, finished=4)
NO_RESPONSE = Failure("no-response", Params(ended="timeout", when="half-request"), transcript=WAITING)
OPEN = Transcript(began=1, finished=5)
LATER = Transcript(began=3, finished=4)


@pytest.mark.parametrize(
    ("failure", "transcripts", "others"),
    [
        pytest.param(NO_RESPONSE, (HALF, WAITING), (HALF,), id="stopped"),
        pytest.param(NO_RESPONSE, (HALF, replace(HALF, received=ANSWER), WAITING), (), id="answered-since"),
        pytest.param(replace(NO_RESPONSE, params=NO_PARAMS), (HALF, WAITING), (), id="of-its-own"),
        pytest.param(replace(NO_RESPONSE, code="wrong-status"), (HALF, WAITING), (), id="another-failure"),
        pytest.param(replace(NO_RESPONSE, transcript=None), (HALF, WAITING), (), id="of-no-connection"),
        pytest.param(NO_RESPONSE, (OPEN, WAITING, LATER), (OPEN, LATER), id="together"),
        pytest.param(NO_RESPONSE, (WAITING, replace(LATER, began=4)), (), id="later"),
    ],
)
def test_which_other_connections_mattered(
    failure: Failure, transcripts: tuple[Transcript, ...], others: tuple[Transcript, ...]
) -> None:
    rule = BY_ID["listen-survives-silence"]
    outcome = Outcome(rule=rule, verdict="failed", failures=(failure,), transcripts=transcripts)
    assert Evidence(outcome, failure).concurrent_transcripts == others


def test_a_client_that_ended_the_program_is_not_connected_twice() -> None:
    reset = replace(WAITING, ended="reset")
    outcome = replace(died("listen-survives-silence", ""), transcripts=(HALF, reset))
    assert Evidence(outcome, replace(NO_RESPONSE, transcript=reset)).concurrent_transcripts == ()


def end_of(client: socket.socket) -> CloseReason:
    """Return how a client has left that says nothing more."""
    try:
        while client.recv(100):
            pass
    except ConnectionResetError:
        return "aborted"
    return "open"


def test_clients_between_the_pieces_get_their_answers_there(shell: Shell) -> None:
    """The server waits for each piece and each client in their order, so that in another order the line would stop."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        slow = Transcript(sent=(b"GE", b"", b"T\r\n", b"\r\n"), url=url, began=1)
        others = [Transcript(sent=(b"%d" % number,), url=url, began=number) for number in (2, 3)]
        with running(shell, reproduce(slow, [*others, slow])) as printed, listener.accept()[0] as first:
            for _ in others:
                came.append(first.recv(100))
                other, _ = listener.accept()
                with other:
                    came.append(other.recv(100))
                    other.sendall(ANSWER)
                    assert other.recv(100) == b""
            came.append(first.recv(100))
            first.sendall(ANSWER)
    assert came == [b"GE", b"2", b"T\r\n", b"3", b"\r\n"]
    assert printed[0].count("200 OK") == 1


@pytest.mark.parametrize("sent", [(b"GET\r\n\r\n",), (b"GE", b"T\r\n", b"\r\n")], ids=["whole", "three-pieces"])
def test_there_is_no_line_if_others_began_at_an_unknown_moment(sent: tuple[bytes, ...]) -> None:
    transcript = Transcript(sent=sent, url="http://127.0.0.1:8000", began=1)
    assert reproduce(transcript)
    assert reproduce(transcript, [replace(transcript, sent=(b"GET",), began=2)]) == ""


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        pytest.param(
            (get("/").replace(b"{authority}", b"a.example:8443"),),
            "curl -i -A '' -H 'Accept:' -k -H 'Connection: close' https://a.example:8443/",
            id="curl",
        ),
        pytest.param(
            (b"GET\r\n\r\n",),
            "python3 -c 'import socket, ssl; s = ssl._create_unverified_context().wrap_socket("
            'socket.create_connection(("a.example", 8443), 5)); '
            r's.sendall(b"GET\r\n\r\n"); '
            '[print(b) for b in iter(lambda: s.recv(65536), b"")]\'',
            id="python3",
        ),
    ],
)
def test_over_tls(sent: tuple[bytes, ...], line: str) -> None:
    assert reproduce(answered(Transcript(sent=sent, url="https://a.example:8443"))) == line


@pytest.mark.parametrize(("port", "tool"), [(80, "python3"), (8000, "curl")])
def test_a_default_port_is_left_out_by_curl(port: int, tool: str) -> None:
    sent = get("/").replace(b"{authority}", b"127.0.0.1:%d" % port)
    assert reproduce(answered(Transcript(sent=(sent,), url=f"http://127.0.0.1:{port}"))).startswith(tool)


@pytest.mark.parametrize(
    ("sent", "url"),
    [
        pytest.param((b"GET\r\n\r\n",), "", id="no-address"),
        pytest.param((EVERY * 20,), "http://127.0.0.1:8000", id="too-long"),
        pytest.param((b"GE", EVERY * 20), "http://127.0.0.1:8000", id="too-long-pieces"),
    ],
)
def test_there_is_no_such_line(sent: tuple[bytes, ...], url: str) -> None:
    assert reproduce(Transcript(sent=sent, url=url)) == ""


def test_not_every_meanwhile_has_a_line() -> None:
    transcript = Transcript(sent=(b"GET\r\n\r\n",), url="http://127.0.0.1:8000")
    assert reproduce(transcript, [replace(transcript, sent=(EVERY * 20,), began=-1)]) == ""


PLAIN = Transcript(sent=(get("/").replace(b"{authority}", b"127.0.0.1:8000"),), url="http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("transcript", "tool"),
    [
        (answered(PLAIN), "curl"),
        (PLAIN, "python3"),
        (replace(answered(PLAIN), ended="timeout"), "python3"),
        (answered(PLAIN, ANSWER + b"more"), "python3"),
        (answered(PLAIN, ANSWER.replace(b"\r\n", b"\n")), "python3"),
        (answered(PLAIN, ANSWER[:-1]), "python3"),
    ],
    ids=["plain", "no-response", "not-closed", "bytes-after", "bare-lf", "cut-short"],
)
def test_curl_is_used_where_it_shows_everything(transcript: Transcript, tool: str) -> None:
    assert reproduce(transcript).startswith(tool)
