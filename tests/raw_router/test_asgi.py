"""ASGI applications over real sockets: the forms of their responses, what they raise, and how they end."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from raw_router.asgi import AsgiApplication, AsgiResponder, ClientDisconnected
from raw_router.drivers import MANY, TIMEOUTS, Timeouts, coroutines
from raw_router.lifespan import StartupFailed
from raw_router.messages import Request, Response
from raw_router.responder import Responder
from raw_router.workers import NOT_STARTED
from tests.serving import becomes_true, dial, driving, exchange, reset, serving

ROOT = Path(__file__).parents[2]
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
PIECE = bytes(65536)

Message = dict[str, Any]
Application = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]


def start(status: Any = 200, headers: Any = ()) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(octets: Any = b"", more: bool = False) -> Message:
    return {"type": "http.response.body", "body": octets, "more_body": more}


def length(octets: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(octets).encode())]


def sends(*messages: Message, error: BaseException | None = None) -> Application:
    """Return an application that has no lifespan and sends these messages."""

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    return application


@contextmanager
def serving_asgi(application: Any, timeouts: Timeouts = TIMEOUTS, **options: Any) -> Iterator[int]:
    connect: Any = AsgiApplication(application, **options)
    serve: Any = coroutines.serve_application
    with driving(connect, serve, timeouts=timeouts) as port:
        yield port


def ask(application: Any, data: bytes = GET) -> tuple[bytes, bytes]:
    """Return head and content of what a client gets that half-closes after its request."""
    with serving_asgi(application) as port:
        head, _, content = exchange(port, data).partition(b"\r\n\r\n")
    return head, content


RESPONSES = {
    "whole": ([start(), body(b"abc")], GET, b"Content-Length: 3", b"abc"),
    "whole, with its length": ([start(headers=length(3)), body(b"abc")], GET, b"Content-Length: 3", b"abc"),
    "empty": ([start(), {"type": "http.response.body"}], GET, b"Content-Length: 0", b""),
    "a memoryview": ([start(), body(memoryview(b"abc"))], GET, b"Content-Length: 3", b"abc"),
    "a bytearray": ([start(), body(bytearray(b"abc"))], GET, b"Content-Length: 3", b"abc"),
    "no fields": ([{"type": "http.response.start", "status": 404}, body(b"a")], GET, b"404 Not Found", b"a"),
    "fields as lists": ([start(headers=[[b"x-a", b"b"]]), body(b"a")], GET, b"x-a: b", b"a"),
    "pieces": ([start(), body(b"ab", True), body(b"c")], GET, b"chunked", b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
    "an empty end": ([start(), body(b"ab", True), body()], GET, b"chunked", b"2\r\nab\r\n0\r\n\r\n"),
    "an empty piece": ([start(), body(b"", True), body(b"a")], GET, b"chunked", b"1\r\na\r\n0\r\n\r\n"),
    "pieces with a length": ([start(headers=length(3)), body(b"ab", True), body(b"c")], GET, b"content-length", b"abc"),
    "pieces in HTTP/1.0": ([start(), body(b"ab", True), body(b"c")], OLD, b"Connection: close", b"abc"),
    "longer, in one message": ([start(headers=length(2)), body(b"abc")], GET, b"content-length: 2", b"ab"),
    "longer, by a piece": ([start(headers=length(2)), body(b"ab", True), body(b"c")], GET, b"content-length: 2", b"ab"),
    "to HEAD": ([start(headers=length(3)), body(b"abc")], HEAD, b"content-length: 3", b""),
    "to HEAD, in pieces": ([start(), body(b"ab", True), body(b"c")], HEAD, b"200 OK", b""),
    "204": ([start(204, length(0)), body()], GET, b"204 No Content", b""),
    "204 with a body": ([start(204), body(b"ab", True), body(b"c")], GET, b"204 No Content", b""),
    "205": ([start(205), body(b"abc")], GET, b"Content-Length: 0", b""),
    "304": ([start(304, length(3)), body()], GET, b"content-length: 3", b""),
}


@pytest.mark.parametrize(("messages", "data", "field", "content"), RESPONSES.values(), ids=RESPONSES)
def test_response(messages: list[Message], data: bytes, field: bytes, content: bytes) -> None:
    head, received = ask(sends(*messages), data)
    assert field.lower() in head.lower()
    assert received == content


@pytest.mark.parametrize("name", [name for name in RESPONSES if RESPONSES[name][1] != OLD])
def test_the_connection_persists_after_a_response(name: str) -> None:
    messages, data, *_ = RESPONSES[name]
    with serving_asgi(sends(*messages)) as port:
        assert exchange(port, data * 2).count(b"HTTP/1.1 ") == 2


def test_a_body_that_is_cut_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    ask(sends(start(headers=length(2)), body(b"abc")))
    ask(sends(start(headers=length(2)), body(b"ab", True), body(b"c")))
    assert caplog.text.count("longer than its Content-Length") == 2


FAILURES = {
    "a body before the start": ([body(b"a")], None, "before http.response.start"),
    "two starts": ([start(), start(), body(b"a")], None, "sent twice"),
    "an unknown message": ([{"type": "websocket.accept"}], None, "not a message of a response"),
    "no type": ([{}], None, "KeyError"),
    "no status": ([{"type": "http.response.start"}], None, "KeyError"),
    "a status of text": ([start("200"), body()], None, "str, not int"),
    "an invalid status": ([start(42), body()], None, "not a valid status"),
    "text": ([start(), body("abc")], None, "a body is str, not bytes"),
    "a field of text": ([start(headers=[("a", "b")]), body()], None, "is not bytes"),
    "a field alone": ([start(headers=[b"a"]), body()], None, "not pairs"),
    "no fields": ([start(headers=None), body()], None, "not pairs"),
    "a field that splits the head": ([start(headers=[(b"a", b"b\r\nc: d")]), body()], None, "header field"),
    "two lengths": ([start(headers=length(1) + length(2)), body(b"a")], None, "Content-Length"),
    "no response": ([], None, "returned before the end"),
    "a start alone": ([start()], None, "returned before the end"),
    "an error": ([], ValueError("boom"), "boom"),
    "an error after the start": ([start()], ValueError("boom"), "boom"),
    "an exit": ([], SystemExit("boom"), "boom"),
    "Ctrl-C": ([], KeyboardInterrupt("boom"), "boom"),
    "a cancelled call": ([], asyncio.CancelledError("boom"), "boom"),
}


@pytest.mark.parametrize(("messages", "error", "reason"), FAILURES.values(), ids=FAILURES)
def test_an_error_before_the_response_is_a_500(
    messages: list[Message], error: BaseException | None, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with serving_asgi(sends(*messages, error=error)) as port:
        answers = exchange(port, GET * 2)
    assert answers.count(b"HTTP/1.1 500 Internal Server Error\r\n") == 2
    assert reason in caplog.text


TORN = {
    "an error": ([start(), body(b"ab", True)], ValueError("boom"), b"2\r\nab\r\n"),
    "an early return": ([start(), body(b"ab", True)], None, b"2\r\nab\r\n"),
    "too short": ([start(headers=length(4)), body(b"ab", True), body(b"c")], None, b"abc"),
    "too short, in one message": ([start(headers=length(4)), body(b"ab")], None, b"ab"),
    "text": ([start(), body(b"ab", True), body("c")], None, b"2\r\nab\r\n"),
    "another start": ([start(), body(b"ab", True), start()], None, b"2\r\nab\r\n"),
}


@pytest.mark.parametrize(("messages", "error", "content"), TORN.values(), ids=TORN)
def test_an_error_in_the_middle_ends_the_connection(
    messages: list[Message], error: BaseException | None, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(sends(*messages, error=error), GET * 2)[1] == content
    assert "failed after its response had begun" in caplog.text


def test_a_body_that_ends_with_the_connection_is_reset_after_an_error() -> None:
    with serving_asgi(sends(start(), body(b"ab", True))) as port, dial(port) as client:
        client.sendall(OLD)
        with pytest.raises(ConnectionResetError):
            b"".join(iter(partial(client.recv, 65536), b""))


@pytest.mark.parametrize("after", [[body(b"c")], [start()], [{"type": "other"}], []])
def test_an_error_after_the_response_costs_nothing(after: list[Message], caplog: pytest.LogCaptureFixture) -> None:
    with serving_asgi(sends(start(), body(b"ab"), *after, error=ValueError("boom"))) as port:
        assert exchange(port, GET * 2).count(b"\r\n\r\nab") == 2
    assert caplog.text.count("failed after its response\n") == 2


def test_an_application_may_return_once_the_client_has_its_response(caplog: pytest.LogCaptureFixture) -> None:
    """Quart stops sending to HEAD when receive returns http.disconnect, which comes with the first piece."""

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await sends(start(), body(b"a", True))(scope, receive, send)
        await receive()

    assert ask(application, HEAD)[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert "failed" not in caplog.text


def test_the_scope() -> None:
    scopes: list[Message] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scopes.append(scope)
            await sends(start(), body())(scope, receive, send)

    data = b"PUT /caf%C3%A9/a%2Fb?q=%20 HTTP/1.1\r\nX-A: 1\r\nHOST: b:80\r\nx-a: \xe9 \r\nContent-Length: 1\r\n\r\nx"
    with serving_asgi(application) as port, dial(port) as client:
        client.sendall(data)
        client.recv(65536)
        ours = client.getsockname()
        scopes[0]["headers"].clear()
        scopes[0]["asgi"].clear()
        client.sendall(data.replace(b"/caf", b"http://c/caf").replace(b"HTTP/1.1", b"HTTP/1.0"))
        client.recv(65536)
    first, second = scopes
    assert (first.pop("headers"), first.pop("asgi")) == ([], {})
    assert first == {
        "type": "http",
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": "/café/a/b",
        "raw_path": b"/caf%C3%A9/a%2Fb",
        "query_string": b"q=%20",
        "root_path": "",
        "client": ours,
        "server": ("127.0.0.1", port),
        "state": {},
    }
    assert second["headers"] == [(b"host", b"c"), (b"x-a", b"1"), (b"x-a", b"\xe9"), (b"content-length", b"1")]
    assert second["asgi"] == {"version": "3.0", "spec_version": "2.4"}
    assert (second["http_version"], second["raw_path"]) == ("1.0", b"/caf%C3%A9/a%2Fb")


def test_header_fields_are_passed_in_their_order() -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await sends(start(), body(repr(scope["headers"]).encode()))(scope, receive, send)

    data = b"GET / HTTP/1.1\r\nX-B:  1\t\r\nHost: a\r\nx-b: 2\r\nX-A:\r\n\r\n"
    fields = [(b"x-b", b"1"), (b"host", b"a"), (b"x-b", b"2"), (b"x-a", b"")]
    assert ask(application, data * 2)[1].startswith(repr(fields).encode())


def test_the_server_answers_options_about_itself() -> None:
    assert b"Allow: " in ask(sends(), b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")[0]


def test_an_upgrade_is_a_plain_request() -> None:
    data = GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
    assert ask(sends(start(), body(b"plain")), data)[1] == b"plain"


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
LONG = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + b"x" * 500_000


@pytest.mark.parametrize(("data", "octets"), [(GET, b""), (CHUNKED, b"abc"), (LONG, LONG[-500_000:])])
def test_the_body_of_a_request_is_whole(data: bytes, octets: bytes) -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        message = await receive()
        assert (message["type"], message["more_body"]) == ("http.request", False)
        await sends(start(), body(message["body"]))(scope, receive, send)

    assert ask(application, data)[1] == octets


def test_after_the_response_the_client_is_disconnected() -> None:
    received: list[Message] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await sends(start(), body(b"a"))(scope, receive, send)
        received.extend([await receive(), await receive(), await receive()])

    ask(application)
    assert [message["type"] for message in received] == ["http.request", "http.disconnect", "http.disconnect"]


def test_an_application_that_waits_for_the_end_of_its_response_sees_it() -> None:
    received: list[Message] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        waiting = [asyncio.create_task(receive()) for _ in range(2)]
        await asyncio.sleep(0)
        await sends(start(), body(b"a"))(scope, receive, send)
        received.extend(await asyncio.gather(*waiting))

    ask(application)
    assert received == [{"type": "http.disconnect"}] * 2


def test_a_client_that_leaves_is_seen_by_receive_and_the_call_goes_on() -> None:
    calls: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await receive()
        calls.append("asked")
        calls.append((await receive())["type"])
        with pytest.raises(ClientDisconnected):
            await send(start())
        await asyncio.sleep(0)
        calls.append("went on")

    with serving_asgi(application) as port:
        client = dial(port)
        client.sendall(GET)
        assert becomes_true(lambda: calls == ["asked"])
        reset(client)
        assert becomes_true(lambda: calls == ["asked", "http.disconnect", "went on"])


@pytest.mark.parametrize("leave", [socket.socket.close, reset], ids=["close", "reset"])
@pytest.mark.parametrize("more", [b"", b"GET /next"], ids=["", "after more bytes"])
def test_a_client_that_leaves_is_seen_by_an_application_that_sends_nothing(
    more: bytes, leave: Callable[[socket.socket], None]
) -> None:
    calls: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await receive()
        calls.append("asked")
        calls.append((await receive())["type"])

    with serving_asgi(application, replace(TIMEOUTS, progress=0.2)) as port:
        client = dial(port)
        client.sendall(GET)
        assert becomes_true(lambda: calls == ["asked"])
        client.sendall(more)
        leave(client)
        assert becomes_true(lambda: calls == ["asked", "http.disconnect"])


def test_a_client_that_half_closes_has_time_as_long_as_octets_come() -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        end = asyncio.create_task(receive())
        await send(start())
        for _ in range(10):
            await asyncio.sleep(0.1)
            await send(body(b"a", True))
        await send(body())
        await end

    with serving_asgi(application, replace(TIMEOUTS, progress=0.4)) as port:
        assert exchange(port, GET).endswith(LAST_CHUNK)


def test_a_client_that_sends_its_next_request_early_has_not_left() -> None:
    asked: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await receive()
        asked.append(scope["path"])
        await asyncio.wait({asyncio.create_task(receive())}, timeout=0.3)
        await sends(start(), body(b"late"))(scope, receive, send)

    with serving_asgi(application, replace(TIMEOUTS, progress=0.1)) as port, dial(port) as client:
        client.sendall(GET)
        assert becomes_true(lambda: asked == ["/"])
        client.sendall(b"GET /next HTTP/1.0\r\n\r\n")
        assert b"".join(iter(partial(client.recv, 65536), b"")).count(b"\r\n\r\nlate") == 2


def test_a_client_that_sends_on_while_it_gets_a_response_is_not_read() -> None:
    received: list[int] = []

    class Recorder(AsgiResponder):
        def receive(self, data: bytes) -> bytes:
            received.append(len(data))
            return super().receive(data)

    class Recorded(AsgiApplication):
        def connect(self, address: str, client: Any) -> AsgiResponder:
            return Recorder(self, address, client)

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send(start())
        while True:
            await send(body(b"a", True))
            await asyncio.sleep(0.001)

    recorded: Any = Recorded
    connect: Any = recorded(application)
    serve: Any = coroutines.serve_application
    with driving(connect, serve) as port, dial(port) as client:
        client.sendall(GET)
        for _ in range(50):
            assert client.recv(65536)
            client.sendall(bytes(4096))
    assert len(received) == 2


def test_a_client_that_half_closes_gets_its_response() -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.05)
        await sends(start(), body(b"late"))(scope, receive, send)

    assert ask(application)[1] == b"late"


@pytest.mark.parametrize("data", [GET, OLD])
def test_an_endless_response_ends_with_its_client(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    pieces, ended = [0], Event()

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await send(start())
        try:
            while True:
                await send(body(PIECE, True))
                pieces[0] += 1
        finally:
            ended.set()

    lines: list[Any] = []
    with serving_asgi(application, log=lambda *line: lines.append(line)) as port:
        caplog.clear()
        client = dial(port)
        client.sendall(data)
        client.recv(65536)
        assert exchange_meanwhile(port)
        assert not ended.is_set()
        reset(client)
        assert ended.wait(30)
    [(*_, octets, end)] = [line for line in lines if line[1] is not None]
    assert 0 < octets <= pieces[0] * len(PIECE) + len(PIECE)
    assert end == "cut"
    assert caplog.text == ""


def exchange_meanwhile(port: int) -> bool:
    """Whether another client is served."""
    with dial(port) as other:
        other.sendall(b"nonsense\r\n\r\n")
        return other.recv(12) == b"HTTP/1.1 400"


def test_an_application_waits_until_its_client_reads() -> None:
    sent = [0]

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await send(start())
        for _ in range(400):
            await send(body(PIECE, True))
            sent[0] += 1
        await send(body())

    with serving_asgi(application) as port, dial(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.sendall(GET)
        assert client.recv(12) == b"HTTP/1.1 200"
        for _ in range(20):
            assert exchange_meanwhile(port)
        assert 0 < sent[0] < 400
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(partial(client.recv, 1 << 20), b""))
    assert received.count(b"\0" * 65536) == 400
    assert received.endswith(LAST_CHUNK)


@pytest.mark.parametrize("headers", [(), length(3)])
def test_an_endless_response_without_content_ends(headers: Any, caplog: pytest.LogCaptureFixture) -> None:
    ended = Event()

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await send(start(headers=headers))
        try:
            while True:
                await send(body(b"abc", True))
        finally:
            ended.set()

    with serving_asgi(application) as port:
        assert b"200 OK" in exchange(port, HEAD if headers == () else GET)
        assert ended.wait(30)


def test_the_next_request_begins_while_the_application_goes_on_after_its_response() -> None:
    begun: list[str] = []
    gone_on: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        begun.append(scope["path"])
        await sends(start(), body(scope["path"].encode()))(scope, receive, send)
        while len(begun) < 2:
            await asyncio.sleep(0.001)
        gone_on.append(scope["path"])

    with serving_asgi(application) as port, dial(port) as client:
        for path in (b"/first", b"/second"):
            client.sendall(GET.replace(b"/", path, 1))
            assert client.recv(65536).endswith(path)
    assert (begun, gone_on) == (["/first", "/second"], ["/second", "/first"]) or gone_on == ["/first", "/second"]


def test_pipelined_requests_are_answered_in_their_order() -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01 if scope["path"] == "/slow" else 0)
        await sends(start(), body(scope["path"].encode()))(scope, receive, send)

    with serving_asgi(application) as port, dial(port) as client:
        client.sendall(GET.replace(b"/", b"/slow", 1))
        client.sendall(GET.replace(b"/", b"/quick", 1))
        client.sendall(GET.replace(b"/", b"/last", 1))
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(partial(client.recv, 65536), b""))
    assert received.index(b"/slow") < received.index(b"/quick") < received.index(b"/last")


def test_refused_requests_and_responses_are_logged() -> None:
    lines: list[tuple[str, Request | None, Response, int, str]] = []
    with serving_asgi(sends(start(), body(b"abc")), log=lambda *line: lines.append(line)) as port:
        exchange(port, GET + HEAD + b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" + b"nonsense\r\n\r\n")
    assert [(line[1] and line[1].method, int(line[2].status), line[3]) for line in lines[:3]] == [
        ("GET", 200, 3),
        ("HEAD", 200, 0),
        ("OPTIONS", 204, 0),
    ]
    assert (lines[3][1], int(lines[3][2].status)) == (None, 400)
    assert {line[-1] for line in lines} == {"complete"}


def test_an_error_of_the_log_costs_no_response(caplog: pytest.LogCaptureFixture) -> None:
    def log(*line: object) -> None:
        raise ValueError

    with serving_asgi(sends(start(), body(b"abc")), log=log) as port:
        assert exchange(port, GET).endswith(b"abc")
    assert "cannot be logged" in caplog.text


def test_a_request_that_does_not_come_in_time() -> None:
    with serving_asgi(sends(), replace(TIMEOUTS, head=0.2)) as port, dial(port) as client:
        client.sendall(b"GET / HT")
        assert client.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_slow_application_has_no_time_limit() -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.3)
        await sends(start(), body(b"late"))(scope, receive, send)

    short = replace(TIMEOUTS, idle=0.1, head=0.1, progress=0.1)
    with serving_asgi(application, short) as port:
        assert exchange(port, GET).endswith(b"late")


def test_fields_that_only_the_server_may_set_are_dropped_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    fields = [(b"connection", b"keep-alive"), (b"x-a", b"b")]
    with serving_asgi(sends(start(headers=fields), body(b"a"))) as port:
        answers = exchange(port, GET * 2)
    assert answers.count(b"x-a: b") == 2
    assert b"keep-alive" not in answers
    assert caplog.text.count("only the server may set") == 1


def test_a_response_in_pieces_is_logged() -> None:
    lines: list[Any] = []
    with serving_asgi(sends(start(), body(b"ab", True), body(b"c")), log=lambda *line: lines.append(line)) as port:
        exchange(port, GET)
    assert [line[3:] for line in lines] == [(3, "complete")]


def test_a_long_head() -> None:
    long = GET[:-2] + b"A: " + b"x" * 5000 + b"\r\n\r\n"
    assert ask(sends(start(), body(b"abc")), long)[1] == b"abc"


def test_what_comes_during_a_response_waits_for_its_end() -> None:
    begun, goes_on = Event(), Event()

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        begun.set()
        while not goes_on.is_set():
            await asyncio.sleep(0.001)
        await sends(start(), body(scope["path"].encode()))(scope, receive, send)

    with serving_asgi(application) as port, dial(port) as client:
        client.sendall(GET)
        assert begun.wait(30)
        client.sendall(GET.replace(b"/", b"/second", 1))
        assert exchange_meanwhile(port)
        client.sendall(GET.replace(b"/", b"/third", 1))
        goes_on.set()
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(partial(client.recv, 65536), b""))
    assert received.count(b"200 OK") == 3
    assert received.endswith(b"/third")


def test_a_client_that_leaves_without_reading_ends_a_send_that_waits() -> None:
    ended = Event()

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send(start())
        try:
            while True:
                await send(body(PIECE, True))
        finally:
            ended.set()

    with serving_asgi(application) as port:
        client = dial(port)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(GET)
        for _ in range(10):
            assert exchange_meanwhile(port)
        reset(client)
        assert ended.wait(30)


@pytest.mark.parametrize("end", ["returns", "raises"])
def test_a_forked_child_that_comes_back_out_of_the_application_ends(end: str, site: Path) -> None:
    (site / "asgi_site.py").write_text(FORKING)
    with started(site) as process:
        assert process.stderr is not None
        announced = re.search(r":(\d+) ", process.stderr.readline())
        assert announced
        answer = exchange(int(announced[1]), GET.replace(b"/", f"/{end}".encode(), 1))
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert answer.endswith(b"status 1" if end == "raises" else b"status 0")
    assert "a process that the application forked" in errors


# -- defects of the server, and its limits


@pytest.mark.parametrize("method", ["receive", "end_of_input"])
def test_a_defect_in_one_connection_costs_the_others_nothing(method: str, caplog: pytest.LogCaptureFixture) -> None:
    class Defective(Responder):
        __slots__ = ()

        def receive(self, data: bytes) -> bytes:
            return defect() if data == b"POST" else super().receive(data)

        def end_of_input(self) -> bytes:
            return defect() if method == "end_of_input" else super().end_of_input()

    def defect() -> bytes:
        raise ZeroDivisionError

    with driving(partial(Defective, whole), coroutines.serve) as port:
        with dial(port) as client:
            client.sendall(b"POST" if method == "receive" else b"GET")
            client.shutdown(socket.SHUT_WR)
            assert client.recv(65536) == b""
        with dial(port) as client:
            client.sendall(GET)
            assert client.recv(65536).endswith(b"abc")
    assert "ZeroDivisionError" in caplog.text


def whole(request: Request) -> Response:
    return Response(200, (("Content-Length", "3"),), b"abc")


def test_more_clients_than_are_accepted_in_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coroutines, "QUEUE", 1)
    with serving_asgi(sends(start(), body(b"abc"))) as port:
        clients = [dial(port) for _ in range(3)]
        for client in clients:
            with client:
                client.sendall(GET)
                assert client.recv(65536).endswith(b"abc")


def test_many_empty_pieces_do_not_keep_the_server_busy() -> None:
    pieces = [b"", *[b""] * (MANY + 1), b"a"]
    with serving(lambda request: Response(200, (), iter(pieces)), coroutines.serve) as port:
        assert exchange(port, GET).endswith(b"1\r\na\r\n0\r\n\r\n")


# -- the lifespan, and the end


class Site:
    """An application with a lifespan that notes what happens."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.events: list[str] = []

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(scope, receive, send)
        else:
            self.events.append(scope["path"])
            scope["state"]["own"] = "request"
            text = f"{scope['state']['count']} {sorted(scope['state'])}"
            await sends(start(), body(text.encode()))(scope, receive, send)

    async def live(self, scope: Message, receive: Any, send: Any) -> None:
        for phase in ("startup", "shutdown"):
            assert await receive() == {"type": f"lifespan.{phase}"}
            self.events.append(phase)
            scope["state"]["count"] = 1
            answer = self.answers.get(phase, "complete")
            await send({"type": f"lifespan.{phase}.{answer}", "message": "no database"})
            if answer == "failed":
                raise ValueError("raised again, as Starlette does")


def test_the_lifespan_surrounds_the_requests() -> None:
    site = Site()
    with serving_asgi(site) as port:
        assert exchange(port, GET * 2).count(b"1 ['count', 'own']") == 2
        assert site.events == ["startup", "/", "/"]
    assert site.events == ["startup", "/", "/", "shutdown"]


def start_only(application: Any) -> None:
    """Serve no listener until the startup fails."""
    stop, wake = socket.socketpair()
    with stop, wake:
        coroutines.serve_application([], AsgiApplication(application), stop, TIMEOUTS)


def test_a_startup_that_fails_ends_the_server() -> None:
    with pytest.raises(StartupFailed, match="no database"):
        start_only(Site(startup="failed"))


async def returns(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await sends(start(), body(b"served"))(scope, receive, send)


async def ignores_the_type(scope: Message, receive: Any, send: Any) -> None:
    await receive()
    await sends(start(), body(b"served"))(scope | {"type": "http"}, receive, send)


async def raises_at_startup(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        raise ValueError("boom")
    await sends(start(), body(b"served"))(scope, receive, send)


async def completes_twice(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.startup.complete"})
    await sends(start(), body(b"served"))(scope, receive, send)


async def fails_while_it_serves(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        raise ValueError("boom")
    await sends(start(), body(b"served"))(scope, receive, send)


LIFESPANS = {
    "it is not supported": (sends(start(), body(b"served")), ""),
    "it returns": (returns, ""),
    "it ignores the type": (ignores_the_type, "served without a lifespan, because it raised ApplicationError"),
    "it raises": (raises_at_startup, "served without a lifespan, because it raised ValueError('boom')"),
    "two startups": (completes_twice, "is not a message of the lifespan while it is in the phase running"),
    "it fails later": (fails_while_it_serves, "the application's lifespan failed"),
}


@pytest.mark.parametrize(("application", "logged"), LIFESPANS.values(), ids=LIFESPANS)
def test_an_application_is_served_without_a_whole_lifespan(
    application: Any, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(application)[1] == b"served"
    assert logged in caplog.text if logged else caplog.text == ""


def test_a_shutdown_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with serving_asgi(Site(shutdown="failed")):
        pass
    assert "the application's shutdown failed: no database" in caplog.text


def test_a_shutdown_that_takes_longer_than_the_grace_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    cancelled: list[bool] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        try:
            await receive()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    with serving_asgi(application, replace(TIMEOUTS, grace=0.1)):
        pass
    assert cancelled == [True]
    assert "the application's shutdown is cancelled" in caplog.text


def test_the_server_stops_while_the_application_starts(caplog: pytest.LogCaptureFixture) -> None:
    async def application(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(60)

    with serving_asgi(application):
        pass
    assert caplog.text == ""


@pytest.mark.parametrize("is_sent", [True, False], ids=["after its response", "before its response"])
def test_a_call_that_has_begun_goes_on_when_the_server_stops(is_sent: bool) -> None:
    events: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        if is_sent:
            await sends(start(), body(b"done"))(scope, receive, send)
        events.append("begun")
        await asyncio.sleep(0.2)
        if not is_sent:
            await sends(start(), body(b"done"))(scope, receive, send)
        events.append("ended")

    with serving_asgi(application, replace(TIMEOUTS, closed=0.1)) as port:
        client = dial(port)
        client.sendall(GET)
        assert becomes_true(lambda: events == ["begun"])
    with client:
        assert b"".join(iter(partial(client.recv, 65536), b"")).endswith(b"done")
    assert events == ["begun", "ended"]


def test_calls_are_cancelled_when_the_grace_is_over(caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        events.append("begun")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            events.append("cancelled")
            raise

    with serving_asgi(application, replace(TIMEOUTS, grace=0.1)) as port:
        client = dial(port)
        client.sendall(GET)
        assert becomes_true(lambda: events == ["begun"])
    with client:
        assert client.recv(65536) == b""
    assert events == ["begun", "cancelled"]
    assert caplog.text == ""


def test_a_thread_of_the_application_does_not_delay_the_end() -> None:
    tasks: list[Any] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        tasks.append(asyncio.get_running_loop().run_in_executor(None, released.wait))
        await sends(start(), body(b"done"))(scope, receive, send)
        await asyncio.sleep(60)

    released = Event()
    before = monotonic()
    with serving_asgi(application, replace(TIMEOUTS, grace=0.1)) as port:
        assert exchange(port, GET).endswith(b"done")
    assert monotonic() - before < 5
    released.set()


# -- the command, and an application of a framework

MODULE = """
import os

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        kind = "failed" if os.path.exists(os.environ["FAILS"]) else "complete"
        await send({"type": f"lifespan.startup.{kind}", "message": "no database"})
        os.write(1, b"started\\n")
        await receive()
        os.write(1, b"shut down\\n")
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
"""


FORKING = """
import os

async def app(scope, receive, send):
    assert scope["type"] == "http"
    child = os.fork()
    if child == 0 and scope["path"] == "/raises":
        raise ValueError
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"status %d" % status})
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "asgi_site.py").write_text(MODULE)
    return tmp_path


@contextmanager
def started(site: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "raw_router", "--port", "0", "--asgi", "asgi_site:app", *options]
    environment = {**os.environ, "PYTHONPATH": f"{site}:{ROOT}", "FAILS": str(site / "fails")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_serves_until_a_signal_comes(site: Path, workers: str) -> None:
    with started(site, "--workers", workers) as process:
        assert process.stderr is not None
        announced = re.search(r":(\d+) \(coroutines", process.stderr.readline())
        assert announced
        assert exchange(int(announced[1]), GET).startswith(b"HTTP/1.1 200 OK\r\n")
        process.terminate()
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    assert output.count("shut down") == int(workers)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_ends_if_the_application_does_not_start(site: Path, workers: str) -> None:
    (site / "fails").touch()
    with started(site, "--workers", workers) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == NOT_STARTED
    assert "raw_router: the application's startup failed: no database\n" in errors
    assert "Traceback" not in errors


def test_a_later_worker_that_does_not_start_is_replaced(site: Path) -> None:
    with started(site, "--workers", "2") as process:
        assert process.stderr is not None
        announced = re.search(r":(\d+) ", process.stderr.readline())
        assert announced
        port = int(announced[1])
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["started\n"] * 2
        (site / "fails").touch()
        os.kill(int(exchange(port, GET).rpartition(b"\r\n")[2]), signal.SIGKILL)
        lines = [process.stderr.readline() for _ in range(3)]
        (site / "fails").unlink()
        assert exchange(port, GET).startswith(b"HTTP/1.1 200 OK\r\n")
        process.terminate()
        process.communicate(timeout=20)
    assert "by SIGKILL; another takes its place" in lines[0]
    assert "startup failed" in lines[1]
    assert f"with status {NOT_STARTED}; another takes its place" in lines[2]
    assert process.returncode == 0


def starlette_site(events: list[str]) -> Any:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
        events.append("startup")
        yield {"count": 1}
        events.append("shutdown")

    async def form(request: StarletteRequest) -> PlainTextResponse:
        task = BackgroundTask(events.append, "background")
        return PlainTextResponse(f"{request.state.count} {await request.json()}", background=task)

    async def ticks(request: StarletteRequest) -> StreamingResponse:
        async def pieces() -> AsyncIterator[str]:
            try:
                for number in count():
                    yield f"data: {number}\n\n"
                    await asyncio.sleep(0.01)
            finally:
                events.append("closed")

        return StreamingResponse(pieces(), media_type="text/event-stream")

    def fails(request: StarletteRequest) -> PlainTextResponse:
        raise ValueError("boom")

    routes = [Route("/form", form, methods=["POST"]), Route("/ticks", ticks), Route("/fails", fails)]
    return Starlette(routes=routes, lifespan=lifespan)


def test_starlette(caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []
    with serving_asgi(starlette_site(events)) as port:
        data = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n[1,2,3]"
        assert exchange(port, data * 2).count(b"1 [1, 2, 3]") == 2
        assert exchange(port, GET).startswith(b"HTTP/1.1 404 ")
        assert caplog.text == ""
        assert exchange(port, GET.replace(b"/", b"/fails", 1)).startswith(b"HTTP/1.1 500 ")
        assert "boom" in caplog.text
    assert events == ["startup", "background", "background", "shutdown"]


def test_server_sent_events_of_starlette_end_with_their_client(caplog: pytest.LogCaptureFixture) -> None:
    events: list[str] = []
    with serving_asgi(starlette_site(events)) as port:
        with dial(port) as client:
            client.sendall(GET.replace(b"/", b"/ticks", 1))
            received = b""
            while b"data: 3\n\n" not in received:
                received += client.recv(65536)
            assert events == ["startup"]
        assert becomes_true(lambda: events == ["startup", "closed"])
    assert caplog.text == ""
