"""Reports made by hand, with everything in them that a format could stumble over."""

from typing import Any

from http_contract.client.server import Crash
from http_contract.http.params import Params
from http_contract.http.response import FieldLine, Response
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Failure, Level, Outcome, Rule, Skip, Verdict
from http_contract.runner.report import Report
from tests.contract.worded import odd

BEGAN = 1_800_000_000.25  # 2027-01-15T08:00:00.25Z
EVERY_BYTE = bytes(range(256))
SECRET = "sesame"  # in all that a learner must not see
OUTPUT = "listening\x1b[0m\x00\ud800\n"

ANSWER = Response(
    version="1.1",
    status=302,
    reason="Found",
    fields=(FieldLine("Location", "/b", 20), FieldLine("Content-Type", "text/html; charset=utf-8", 34)),
    body="<h1>é</h1>".encode(),
    framing="length",
    complete=True,
    body_start=80,
    end=91,
)
HEARD = Transcript(
    sent=(b"POST /a?x=1&y=&x=%20 HTTP/1.1\r\nHost: 127.0.0.1:8001\r\n", b"Content-Length: 3\r\n\r\n" + b"\xffhi"),
    received=EVERY_BYTE,
    responses=(ANSWER,),
    ended="closed",
    state_before_half_close="open",
    began=BEGAN + 1,
    finished=BEGAN + 1.5,
)
SILENT = Transcript(sent=(b"\xff\x00",), ended="timeout", began=BEGAN + 0.5, finished=BEGAN + 0.5)


def outcome(id: str, stage: int, verdict: Verdict, *failures: Failure, level: Level = "MUST", **others: Any) -> Outcome:
    rule = Rule(id=id, stage=stage, level=level, sentence=f"It is {id}.", hint="Do <it>.", section="RFC 9110 §1")
    return Outcome(rule=rule, verdict=verdict, failures=failures, seconds=0.25, **others)


PASSED = outcome("kept", 1, "passed", transcripts=(HEARD,))
FAILED = outcome(
    "broken",
    3,
    "failed",
    odd("it is <b>not</b> & never\x00 was", 3, HEARD),
    odd("nothing came", None, SILENT),
    odd("it is odd"),
    transcripts=(HEARD,),
    crash=Crash("exit", 1, OUTPUT),
)
WARNED = outcome("wished", 3, "failed", odd("it is a pity"), level="SHOULD")
SKIPPED = outcome("needing", 3, "skipped", skip=Skip("needs", Params(rule="broken")))
ABSENT = outcome("absent", 3, "skipped", skip=Skip("no-route", Params(route="/form")), counts=False)
KEPT = outcome("also-kept", 3, "passed", transcripts=(SILENT,))
OURS = (PASSED, FAILED, WARNED, SKIPPED, ABSENT, KEPT)
HIDDEN = (
    outcome(f"{SECRET}-0", 1, "failed", odd(SECRET, 0, HEARD), crash=Crash("exit", 1, SECRET)),
    outcome(f"{SECRET}-1", 1, "passed"),
    outcome(f"{SECRET}-2", 3, "failed"),
    outcome(f"{SECRET}-3", 3, "skipped", skip=Skip("needs", Params(rule=f"{SECRET}-2"))),
)


def report(*outcomes: Outcome, **others: Any) -> Report:
    given: dict[str, Any] = {
        "target": "http://127.0.0.1:8001",
        "seed": 7,
        "began": BEGAN,
        "seconds": 2.5,
        "output": OUTPUT,
        **others,
    }
    return Report(outcomes=outcomes, **given)


PUBLIC = report(*OURS)
WITH_HIDDEN = report(*OURS, *HIDDEN, hidden=frozenset(each.rule.id for each in HIDDEN), output=SECRET)
PERFECT = report(PASSED, KEPT)
EMPTY = report()
SLOW = report(PASSED, pages={"/": 404, "/test": 404, "/time": 200}, response_time=1.25)
STOPPED = report(FAILED, stopped=Skip("limit", Params(limit="memory", value=2 * 1024**3)))
REPORTS = {
    "public": PUBLIC,
    "hidden": WITH_HIDDEN,
    "perfect": PERFECT,
    "empty": EMPTY,
    "stopped": STOPPED,
    "slow": SLOW,
}
