"""Every code has its sentence, no sentence is unused, and a changed sentence changes nothing but what people read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from http_contract.client.server import Crash
from http_contract.client.transport import ConnectionFailed
from http_contract.diagnosis.diagnose import diagnose, diagnosed
from http_contract.http.params import Params
from http_contract.http.parser import END_REASONS
from http_contract.http.response import CloseReason, Defect
from http_contract.reports import json as format
from http_contract.reports import messages
from http_contract.reports.messages import (
    ENDED,
    ENDINGS,
    FAILURES,
    FORMS,
    LIMITS,
    PLACEHOLDER,
    SILENCE,
    SKIPS,
    WHEN,
    connection_text,
    crash_text,
    defect_text,
    failure_text,
    skip_text,
)
from http_contract.reports.text import format_failure
from http_contract.rules.model import Failure, Skip, custom
from tests.contract.diagnosis.cases import CAUSED
from tests.contract.reports.made import report
from tests.contract.worded import noise

CODE = Path(messages.__file__).parents[1]
STARTED = Params(command="./serve", port=8001, kind="exit", number=1)
SENTENCES = [
    (Failure("wrong-status", Params(status=0, allowed=("4xx", "501"))), "the status is missing, not any 4xx or 501"),
    (
        Failure("body-short", Params(length=12, received=10, ended="closed")),
        "Content-Length is 12, but the body has 10 bytes: the server closed the connection",
    ),
    (Failure("unwanted-content", Params(count=1)), "the response has 1 byte of content, but must have none"),
    (
        Failure("file-differs", Params(file="a", place=1, byte=74, wanted=72)),
        "the content differs from a: byte 1 is 0x4a, not 0x48",
    ),
    (Failure("wrong-member", Params(member="a", value="x" * 99, wanted="1")), f"`a` is {'x' * 60}..., not 1"),
    (Failure("wrong-field", Params(name="A", value="x" * 99, shape="b")), f"A is '{'x' * 59}..., not b"),
    (Failure("policy-allows", Params(name="a", sources=["*", "b"])), "Content-Security-Policy: a allows *, b"),
    (
        Failure("still-waits", Params(seconds=5.0)),
        "the server neither responded nor closed the connection within 5 seconds",
    ),
    (Failure("head-status", Params(path="/", get=200, head=501)), "/: the status is 200 for GET, but 501 for HEAD"),
    (
        Failure("status-late", Params(when="other-idle")),
        "while another client sends nothing: no status line came in time",
    ),
    (
        Failure("no-response", Params(when="now", ended="timeout")),
        "now: no response came: the server sent nothing in time",
    ),
    (Failure("start-ended", STARTED), "'./serve' did not start: it ended with exit status 1"),
    (
        Failure("start-other-port", STARTED.with_(ports=[1, 2])),
        "'./serve' did not start: it listens on port 1 or 2, not on 8001, "
        "the port that the command gets for {port} and in $PORT",
    ),
    (Failure("limit", Params(limit="memory", value=2 * 1024**3)), "it used more than 2048 MiB of memory"),
    (Failure("limit", Params(limit="cpu", value=0.5)), "it used more than 0.5 seconds of CPU time"),
    (Failure("ended", Params(kind="signal", number=11)), "the server's process ended with SIGSEGV"),
    (custom("it is odd"), "it is odd"),
    (custom("{{ odd }} {text} {port}"), "{{ odd }} {text} {port}"),
    (custom("it is odd", code="own-code"), "it is odd"),
    (Failure("own-code"), "own-code"),
]


@pytest.mark.parametrize(("failure", "text"), SENTENCES, ids=lambda value: getattr(value, "code", ""))
def test_sentences(failure: Failure, text: str) -> None:
    assert failure_text(failure) == text


@pytest.mark.parametrize(
    ("crash", "text"),
    [
        (Crash("exit", 0, ""), "exit status 0"),
        (Crash("exit", 137, ""), "exit status 137, as after SIGKILL"),
        (Crash("exit", 255, ""), "exit status 255"),
        (Crash("signal", 9, ""), "SIGKILL"),
        (Crash("signal", 99, ""), "signal 99"),
    ],
)
def test_exits(crash: Crash, text: str) -> None:
    assert crash_text(crash) == text


def test_others() -> None:
    assert skip_text(Skip("needs", Params(rule="route-test"))) == "route-test failed"
    assert skip_text(None) == ""
    assert defect_text(Defect("length-repeated", Params(count=2), 0)) == "Content-Length occurs 2 times"
    assert connection_text(ConnectionFailed("judging-ended")) == "judging has ended"


def literals() -> Iterator[str]:
    """Yield the texts in quotation marks in all code of the judge but that of the sentences."""
    for file in CODE.rglob("*.py"):
        if file.name != "messages.py":
            yield from re.findall(r'"([a-z0-9][a-z0-9-]*)"', file.read_text())


FOUND = set(literals())
RAISED = re.compile(
    r'(?:Failure|ConnectionFailed|NotStarted|Incomplete|NoJSON|Skip|note|_lose|scanner\.line|_take)\(\s*"([a-z-]+)"'
)


@pytest.mark.parametrize("table", [FAILURES, SKIPS, WHEN, LIMITS], ids=["failures", "skips", "when", "limits"])
def test_no_sentence_is_unused(table: dict[str, str]) -> None:
    assert table.keys() - FOUND - {"file"} == set()


def test_every_code_has_its_sentence() -> None:
    code = "\n".join(file.read_text() for file in CODE.rglob("*.py"))
    raised = set(RAISED.findall(code)) | set(
        re.findall(r'(?:yield|return|raise NoJSON\() ?"([a-z]+(?:-[a-z]+)+)", ', code)
    )
    assert len(raised) > 60
    assert raised - FAILURES.keys() - SKIPS.keys() - messages.DETAILS.keys() == set()
    assert set(re.findall(r'still_responds\(server, "([a-z0-9-]+)"\)', code)) == WHEN.keys()


def test_every_end_of_a_connection_has_its_words() -> None:
    assert SILENCE.keys() == set(get_args(CloseReason))
    assert ENDED.keys() == END_REASONS == ENDINGS.keys()


def test_templates_name_forms_that_exist() -> None:
    templates = [*FAILURES.values(), *SKIPS.values(), *LIMITS.values(), *messages.DETAILS.values()]
    forms = {match["form"] for template in templates for match in PLACEHOLDER.finditer(template)}
    assert forms - {None} <= FORMS.keys()
    assert not any(text.endswith(".") for text in (*FAILURES.values(), *SKIPS.values()))


@pytest.mark.parametrize("case", CAUSED)
def test_no_sentence_is_read_back(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = diagnose(CAUSED[case])
    noise(monkeypatch)
    outcome = diagnosed(CAUSED[case])
    assert outcome.diagnosis == before
    assert "Cause: xyzzy" in format_failure(outcome)
    [read] = format.load(format.render(report(outcome))).outcomes
    assert read.diagnosis
    assert (read.diagnosis.cause, read.diagnosis.variant) == (
        case.partition(" ")[0],
        outcome.diagnosis and outcome.diagnosis.variant,
    )


def test_params_are_values() -> None:
    params = Params(a=[1, [2]], b="c")
    assert params == Params(b="c", a=(1, (2,))) == {"a": (1, (2,)), "b": "c"}
    assert hash(params) == hash(Params(b="c", a=(1, (2,))))
    assert (len(params), list(params), params["b"]) == (2, ["a", "b"], "c")
    assert repr(params) == "Params(a=(1, (2,)), b='c')"
