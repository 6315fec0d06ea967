"""The trace of a request through raw_router: its steps are what raw_router does, and its excerpts are the source."""

import logging
import sys
from threading import Thread

import pytest

from raw_router.application import generate_response
from raw_router.responder import Responder
from raw_router.urls import URLS
from sidebyside.page.trace import Recording, read_request, trace
from tests.page.sources import CONCRETE, HOST, get, is_source


def titles(data: bytes) -> list[str]:
    return [step.title for step in trace(data)]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (get("/time"), []),
        (get("/nope"), ["turns"]),
        (get("/time", "PUT"), ["turns"]),
        (get("/time", "OPTIONS"), ["turns"]),
        (get("*", "OPTIONS"), ["turns"]),
        (get("/error"), ["turns"]),
        (b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n", ["turns"]),
        (get("/%ff"), ["turns"]),
        (b"GET / HTTP/1.1\r\n\r\n", ["refused"]),
        (b"GET / HT", ["waits"]),
        (b"POST /form HTTP/1.1\r\nContent-Length: 5\r\n" + HOST + b"a=", ["waits"]),
        (b"POST /form HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"x\r\n", ["refused"]),
        (b"POST /test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"1\r\na\r\n0\r\n\r\n", ["turns"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value.partition(b"\r\n")[0].decode(),
)
def test_where_a_request_stops_or_turns(data: bytes, kinds: list[str]) -> None:
    steps = list(trace(data))
    assert [step.kind for step in steps if step.kind != "continues"] == kinds
    assert all(is_source(step.excerpt) for step in steps)
    assert steps[0].title == "The socket is readable"
    assert steps[-1].title == "Bytes leave"


@pytest.mark.parametrize("path", [CONCRETE.get(path, path) for path in URLS])
def test_the_trace_shows_the_response_of_the_connection(path: str) -> None:
    """The head in the last but one step is the head that the connection sends."""
    *_, head, sent = trace(get(path))
    assert sent.octets.splitlines()[0] == head.octets.splitlines()[0]
    answer = Responder(generate_response).receive(get(path))
    assert head.octets.splitlines()[0].encode() == answer.splitlines()[0] + b"\\r\\n"


def test_a_trace_logs_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    list(trace(get("/error")))
    assert caplog.text == ""
    Responder(generate_response).receive(get("/error"))
    assert "GET /error failed" in caplog.text


def test_titles() -> None:
    assert titles(get("/hello/you")) == [
        "The socket is readable",
        "The bytes enter the core",
        "A head is complete",
        "The router finds a view",
        "The view is called",
        "The page becomes a response",
        "The response becomes bytes",
        "Bytes leave",
    ]


def test_reading_stops_at_an_incomplete_body() -> None:
    result = read_request(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n" + HOST + b"a")
    assert (result.head is not None, result.request, result.refusal) == (True, None, None)


def test_a_trace_shows_the_exception_of_a_view() -> None:
    [step] = [step for step in trace(get("/error")) if step.kind == "turns"]
    assert (step.title, step.excerpt.name) == ("The view is called", "error")
    assert "raises on purpose" in step.data


@pytest.mark.parametrize(
    ("path", "function"), [("/test", "constant_response"), ("/time", "answer"), ("/files/hello.txt", "answer")]
)
def test_a_trace_names_the_function_that_made_the_response(path: str, function: str) -> None:
    [step] = [step for step in trace(get(path)) if step.title == "The page becomes a response"]
    assert step.excerpt.name == function


def test_only_the_first_request_is_traced() -> None:
    assert titles(get("/test") + get("/nope")) == titles(get("/test"))


def test_a_trace_restores_the_profile_function() -> None:
    before = sys.getprofile()
    list(trace(get("/test")))
    assert sys.getprofile() is before


def test_other_threads_still_log_during_a_recording(caplog: pytest.LogCaptureFixture) -> None:
    thread = Thread(target=logging.getLogger("raw_router").error, args=["from another thread"])
    with Recording().active():
        thread.start()
        thread.join()
    assert "from another thread" in caplog.text


def test_a_message_without_an_exception_has_no_error(caplog: pytest.LogCaptureFixture) -> None:
    recording = Recording()
    with recording.active():
        logging.getLogger("raw_router").error("from this thread")
    assert (recording.error, caplog.text) == (None, "")
