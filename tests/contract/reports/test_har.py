"""HAR 1.2: all that the format obliges to, whatever was said."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from http_contract.http.request import read_request
from http_contract.reports import har
from http_contract.reports.har import MAX_SIZE, render
from http_contract.runner.report import Report
from tests.contract.reports.made import ANSWER, EVERY_BYTE, HEARD, PUBLIC, REPORTS, SILENT, outcome, report
from tests.contract.reports.shapes import NUMBER, misfits

PAIRS = [{"name": str, "value": str}]


def instant(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


SHAPE = {
    "log": {
        "version": {"1.2"},
        "creator": {"name": str, "version": str},
        "comment": str,
        "pages": [{"startedDateTime": instant, "id": str, "title": str, "pageTimings": dict}],
        "entries": [
            {
                "pageref": str,
                "startedDateTime": instant,
                "time": NUMBER,
                "request": {
                    "method": str,
                    "url": lambda url: url.startswith(("http://", "https://")) and url.isascii(),
                    "httpVersion": str,
                    "cookies": list,
                    "headers": PAIRS,
                    "queryString": PAIRS,
                    "postData?": {"mimeType": str, "text": str, "encoding?": {"base64"}},
                    "headersSize": int,
                    "bodySize": int,
                },
                "response": {
                    "status": int,
                    "statusText": str,
                    "httpVersion": str,
                    "cookies": list,
                    "headers": PAIRS,
                    "content": {"size": int, "mimeType": str, "text": str, "encoding?": {"base64"}},
                    "redirectURL": str,
                    "headersSize": int,
                    "bodySize": int,
                },
                "cache": dict,
                "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
                "comment": str,
                "_sent": str,
                "_sentSize": int,
                "_received": str,
                "_receivedSize": int,
                "_ended": str,
                "_failures": [str],
                "_cause": (str, type(None)),
            }
        ],
    }
}


def log(report: Report) -> Any:
    return json.loads(render(report))["log"]


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_shape(made: Report) -> None:
    assert list(misfits(json.loads(render(made)), SHAPE)) == []


def test_entries_are_in_the_order_of_time_and_name_their_rules() -> None:
    found = log(PUBLIC)
    assert [entry["pageref"] for entry in found["entries"]] == ["also-kept", "kept", "broken"]
    assert [page["id"] for page in found["pages"]] == ["kept", "broken", "also-kept"]
    assert found["pages"][1]["title"] == "broken (failed): It is broken."


def test_an_entry() -> None:
    entry = log(PUBLIC)["entries"][1]
    assert entry["startedDateTime"] == "2027-01-15T08:00:01.250+00:00"
    assert (entry["time"], entry["comment"], entry["_ended"]) == (500.0, "kept: passed", "closed")
    assert entry["_received"].encode("latin-1") == EVERY_BYTE
    assert entry["_sent"].encode("latin-1") == b"".join(HEARD.sent)


def test_its_request() -> None:
    request = log(PUBLIC)["entries"][1]["request"]
    assert (request["method"], request["httpVersion"]) == ("POST", "HTTP/1.1")
    assert request["url"] == "http://127.0.0.1:8001/a?x=1&y=&x=%20"
    assert [tuple(pair.values()) for pair in request["queryString"]] == [("x", "1"), ("y", ""), ("x", " ")]
    assert request["headers"][1] == {"name": "Content-Length", "value": "3"}
    assert b64decode(request["postData"]["text"]) == b"\xffhi"
    assert (request["headersSize"], request["bodySize"]) == (len(b"".join(HEARD.sent)) - 3, 3)


def test_its_response() -> None:
    response = log(PUBLIC)["entries"][1]["response"]
    assert (response["status"], response["statusText"], response["httpVersion"]) == (302, "Found", "HTTP/1.1")
    assert response["redirectURL"] == "/b"
    assert response["content"] == {"size": 11, "mimeType": "text/html; charset=utf-8", "text": "<h1>é</h1>"}
    assert (response["headersSize"], response["bodySize"]) == (80, 11)


def test_no_answer() -> None:
    entry = log(PUBLIC)["entries"][0]
    assert (entry["response"]["status"], entry["response"]["content"]["size"]) == (0, 0)
    assert entry["request"]["headersSize"] == -1


def test_what_is_long_is_cut_and_its_size_told() -> None:
    body = b"x" * (MAX_SIZE + 1)
    transcript = replace(HEARD, sent=(body,), received=body, responses=(replace(ANSWER, body=body),))
    [entry] = log(report(outcome("long", 1, "passed", transcripts=(transcript,))))["entries"]
    shown = (entry["_sent"], entry["_received"], entry["response"]["content"]["text"])
    assert {len(text) for text in shown} == {MAX_SIZE}
    assert (entry["_sentSize"], entry["_receivedSize"], entry["response"]["content"]["size"]) == (MAX_SIZE + 1,) * 3


def test_a_clock_that_was_set_back_takes_no_time() -> None:
    transcript = replace(SILENT, finished=SILENT.began - 1)
    [entry] = log(report(outcome("a", 1, "passed", transcripts=(transcript,))))["entries"]
    assert entry["time"] == 0


def test_over_tls() -> None:
    made = replace(PUBLIC, target="https://127.0.0.1:8001")
    assert log(made)["entries"][1]["request"]["url"].startswith("https://127.0.0.1:8001/")


def test_who_made_it_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(har, "version", version)
    assert log(PUBLIC)["creator"] == {"name": "contract", "version": "unknown"}


@pytest.mark.parametrize(
    ("sent", "method", "url", "version", "body"),
    [
        pytest.param(b"", "", "http://localhost/", "", b"", id="nothing"),
        pytest.param(b"GET /\r\n", "GET", "http://localhost/", "", b"", id="HTTP/0.9"),
        pytest.param(b"\x16\x03\x01\x00", "\x16\x03\x01\x00", "http://localhost/", "", b"", id="TLS"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\n\r\n", "OPTIONS", "http://localhost/*", "HTTP/1.1", b"", id="asterisk"),
        pytest.param(b"GET http://a/b HTTP/1.1\r\n\r\n", "GET", "http://a/b", "HTTP/1.1", b"", id="absolute"),
        pytest.param(b"GET /a b HTTP/1.1\r\n\r\n", "GET", "http://localhost/a%20b", "HTTP/1.1", b"", id="space"),
        pytest.param(b"GET /\xff%zz HTTP/1.1\r\n\r\n", "GET", "http://localhost/%FF%zz", "HTTP/1.1", b"", id="no-URL"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a:1\r\n\r\n", "GET", "http://a:1/", "HTTP/1.1", b"", id="host"),
        pytest.param(b"GET / HTTP/1.1\r\nhost: a/b\r\n\r\n", "GET", "http://localhost/", "HTTP/1.1", b"", id="no-host"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET", "http://[::1]:80/", "HTTP/1.1", b"", id="IPv6"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", "GET", "http://localhost/", "HTTP/1.1", b"", id="two"
        ),
        pytest.param(
            b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "PUT",
            "http://localhost/",
            "HTTP/1.1",
            b"0\r\n\r\n",
            id="chunked",
        ),
    ],
)
def test_any_request_can_be_read(sent: bytes, method: str, url: str, version: str, body: bytes) -> None:
    asked = read_request(sent)
    assert (asked.method, asked.url("http"), asked.version, asked.body) == (method, url, version, body)
