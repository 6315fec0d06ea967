"""Many rules at a time, one at a time: whichever it is, no rule fails because of another."""

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import repeat
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from http_contract import RULES, Exchange, Outcome, Rule, Server, Skip, fail, judge
from http_contract.client.connection import Connection
from http_contract.client.findings import ENOUGH, Findings
from http_contract.client.server import Crash
from http_contract.client.transport import ConnectionFailed
from http_contract.http.params import Params
from http_contract.http.request import get, head
from http_contract.http.response import CloseReason
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import skip_text
from http_contract.rules.expectations import Silent, Status
from http_contract.runner.probes import PROBE_COUNT, is_responding
from http_contract.runner.rule_runner import OUTPUT_WAIT, RuleRunner, added
from http_contract.runner.scheduler import MIN_TIMEOUT, WORKERS, Scheduler
from http_contract.runner.target import RemoteTarget
from tests.contract.sample_rules import BROKEN, KEPT, asks, rule
from tests.contract.scripted import OK, Script, says, says_nothing, scripted
from tests.contract.worded import texts
from tests.mutants.serving import running
from tests.mutants.table import UNBROKEN


class Dies(Exception):
    """What a script raises to end its server."""


GONE = Skip("gone")
TOO_MUCH = ConnectionFailed("limit", Params(limit="tasks", value=10))


class Hangs(Exception):
    """What a script raises to have its server answer this client, and nobody any more."""


@dataclass
class Mortal:
    """A server in a thread that ends where its script raises Dies, and can be started some times."""

    script: Script
    several: bool = False  # whether it serves several clients at a time
    lives: int = 100
    violation: ConnectionFailed | None = None
    output: str = ""
    child_faults: dict[int, int] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    server: Server | None = None
    findings: Findings = field(default_factory=Findings)
    dead: bool = False
    deaf: bool = False

    def running(self) -> Server:
        if self.server is None or self.dead:
            self.stop()
            if not self.lives:
                raise ConnectionFailed("custom", Params(text="it does not start"))
            self.lives -= 1
            self.dead = self.deaf = False
            server = self.stack.enter_context(scripted(self._played))
            self.server = replace(server, findings=self.findings, restart=self.stop)
        return self.server

    def crash(self) -> Crash | None:
        return Crash("exit", 1, "Dies") if self.dead else None

    def stop(self) -> None:
        self.stack.close()
        self.server = None

    def _played(self, client: socket.socket) -> None:
        if self.several:
            Thread(target=self._play, args=(client.dup(),)).start()
        else:
            self._play(client)

    def _play(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            try:
                (says_nothing if self.dead or self.deaf else self.script)(client)
            except Dies:
                self.dead = True
            except Hangs:
                self.deaf = True
                client.sendall(OK)


def outcomes(target: Mortal, *rules: Rule) -> dict[str, Outcome]:
    told: list[Outcome] = []
    try:
        found = Scheduler(target, rules, (), told.append, timeout=0.3).outcomes()
    finally:
        target.stop()
    assert sorted(outcome.rule.id for outcome in told) == sorted(rule.id for rule in rules)
    assert [outcome.rule for outcome in found] == list(rules)
    return {outcome.rule.id: outcome for outcome in found}


def responses(client: socket.socket) -> bytes:
    """Answer, and return what was asked."""
    asked = client.recv(65536)
    client.sendall(OK)
    return asked


def dies_of_odd(client: socket.socket) -> None:
    if b"/odd" in responses(client):
        raise Dies


def dies_of_nothing(client: socket.socket) -> None:
    if not responses(client):
        raise Dies


def dies_of_all(client: socket.socket) -> None:
    responses(client)
    raise Dies


def hangs_at_odd(client: socket.socket) -> None:
    if b"/odd" in client.recv(65536):
        raise Hangs
    client.sendall(OK)


def drops_odd_and_dies_later(client: socket.socket) -> None:
    """Close the connection, serve others for a moment, and die."""
    if b"/odd" in client.recv(65536):
        client.shutdown(socket.SHUT_RDWR)
        sleep(0.05)
        raise Dies
    client.sendall(OK)


@dataclass
class EndsOnceChecked(Mortal):
    """A server that ends between the check whether it lives and the request of a rule."""

    checks: int = 0

    def crash(self) -> Crash | None:
        crash = super().crash()
        self.checks += 1
        if self.checks == 2:  # of the rules that are judged together
            self.dead = True
        return crash


ODD = rule("odd", exchanges=(Exchange((get("/odd"),), (Status(200),)),))
LAST = rule("last", exchanges=asks(200))
PASSED = {"kept": "passed", "broken": "failed", "odd": "passed", "last": "passed"}
ODD_FAILED = {**PASSED, "odd": "failed"}
ALL_FAILED = dict.fromkeys(PASSED, "failed")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("http_contract.runner.scheduler.FIRST_TIMEOUT", 0.4)
    monkeypatch.setattr("http_contract.runner.probes.CRASH_WAIT", 0.1)


@pytest.mark.parametrize("several", [False, True], ids=["one client", "several clients"])
@pytest.mark.parametrize(
    ("script", "verdicts"),
    [
        (responses, PASSED),
        (dies_of_odd, ODD_FAILED),
        (dies_of_nothing, PASSED),
        (dies_of_all, ALL_FAILED),
        (says_nothing, {**ALL_FAILED, "last": "skipped"}),  # three waits are enough
    ],
)
def test_verdicts(script: Script, verdicts: dict[str, str], several: bool) -> None:
    found = outcomes(Mortal(script, several), KEPT, BROKEN, ODD, LAST)
    assert {id: outcome.verdict for id, outcome in found.items()} == verdicts


@pytest.mark.parametrize(("several", "early"), [(False, []), (True, ["kept", "odd"])])
def test_what_passes_among_others_is_told_early(several: bool, early: list[str]) -> None:
    told: list[Outcome] = []
    target, needy = Mortal(says(OK), several), rule("odd", needs=("last",), exchanges=asks(200))
    try:
        Scheduler(target, [KEPT, BROKEN, needy], [LAST], lambda outcome: None, 0.3, told.append).outcomes()
    finally:
        target.stop()
    assert sorted(outcome.rule.id for outcome in told) == early


def test_no_rule_among_others_restarts_a_server_that_ended() -> None:
    """Which rule would get the new server depends on chance, and another rule could end it."""
    target, told = EndsOnceChecked(says(OK), several=True), list[Outcome]()
    try:
        found = Scheduler(target, [KEPT, ODD, BROKEN], (), lambda outcome: None, 0.3, told.append).outcomes()
    finally:
        target.stop()
    assert "odd" not in {outcome.rule.id for outcome in told}
    assert {outcome.verdict for outcome in found} == {"passed", "failed"}  # BROKEN fails


def test_a_server_that_drops_a_connection_before_it_dies_failed_that_rule() -> None:
    """Go closes connections by `defer` before a panic in a goroutine ends the program."""
    odd = rule("odd", exchanges=(Exchange((get("/odd"),), (Silent(),)),))
    found = outcomes(Mortal(drops_odd_and_dies_later, several=True), KEPT, odd, LAST)
    assert [found[id].verdict for id in ("kept", "odd", "last")] == ["passed", "failed", "passed"]
    assert found["odd"].crash == Crash("exit", 1, "Dies")


def test_a_death_is_told_with_its_rule() -> None:
    found = outcomes(Mortal(dies_of_odd), KEPT, ODD, LAST)
    assert found["odd"].crash == Crash("exit", 1, "Dies")
    assert texts(found["odd"].failures) == ["the server's process ended with exit status 1"]
    assert found["last"].crash is None


def test_what_is_written_while_a_rule_fails_is_kept() -> None:
    def fails_at_odd(client: socket.socket) -> None:
        asked = client.recv(65536)
        if b"/odd" in asked:
            target.output += "ValueError\n"
        client.sendall(OK.replace(b"200", b"500") if b"/odd" in asked else OK)

    target = Mortal(fails_at_odd, output="started\n")
    found = outcomes(target, KEPT, BROKEN, ODD)
    assert {id: outcome.output for id, outcome in found.items()} == {"kept": "", "broken": "", "odd": "ValueError\n"}


@pytest.mark.parametrize(("number", "code"), [(7, "child-ended"), (6, "no-response")], ids=["new", "earlier"])
def test_a_child_process_that_ended_without_a_response_is_named_first(number: int, code: str) -> None:
    def loses_a_child(client: socket.socket) -> None:
        if b"/odd" in client.recv(65536):
            target.child_faults[number] = signal.SIGSEGV
        else:
            client.sendall(OK)

    target = Mortal(loses_a_child, child_faults={6: signal.SIGSEGV})
    failures = outcomes(target, KEPT, ODD)["odd"].failures
    assert failures[0].code == code
    assert failures[-1].code == "no-response"
    assert failures[0].transcript == failures[-1].transcript


NUMBERS = "".join(f"{number:>9}\n" for number in range(40))


@dataclass
class Writing:
    """A server whose output has grown each time that somebody looks at it."""

    outputs: Iterator[str]

    @property
    def output(self) -> str:
        return next(self.outputs)


@pytest.mark.parametrize(
    ("ended", "restart", "written"),
    [("closed", True, "Traceback\nValueError\n"), ("timeout", True, ""), ("closed", False, "")],
    ids=["closed", "hangs", "not ours"],
)
def test_what_is_written_a_little_later_is_waited_for(ended: CloseReason, restart: bool, written: str) -> None:
    """The output is complete once two looks at it have found the same."""
    outputs = ["", "", "Traceback\n", "Traceback\nValueError\n", "Traceback\nValueError\n", "more"]
    runner = RuleRunner(Writing(iter(outputs)), 1.0, True)  # type: ignore[arg-type]
    outcome = Outcome(rule=ODD, verdict="failed", transcripts=(Transcript(ended=ended),))
    server = Server("127.0.0.1", 1, restart=(lambda: None) if restart else None)
    assert runner._new_output("", outcome, server) == written


def test_a_server_that_prints_nothing_is_waited_for_a_few_times() -> None:
    runner = RuleRunner(Writing(repeat("started\n")), 1.0, True, silences=ENOUGH - 1)  # type: ignore[arg-type]
    outcome = Outcome(rule=ODD, verdict="failed", transcripts=(Transcript(ended="closed"),))
    began = monotonic()
    for _ in range(2):
        assert runner._new_output("started\n", outcome, Server("127.0.0.1", 1, restart=lambda: None)) == ""
    assert OUTPUT_WAIT < monotonic() - began < 2 * OUTPUT_WAIT


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        (NUMBERS, NUMBERS + "new", "new"),
        (NUMBERS, NUMBERS[10:] + "new", "new"),
        ("one\n" * 100 + "two\n" * 60, "one\n" * 60 + "two\n" * 60 + "new", "new"),
        (NUMBERS, "new", "new"),
        (NUMBERS, NUMBERS, ""),
    ],
    ids=["grown", "beginning lost", "repeats", "all lost", "nothing"],
)
def test_what_came_to_an_output_is_told_from_what_was_there(before: str, after: str, new: str) -> None:
    assert added(before, after) == new


@pytest.mark.parametrize("several", [False, True], ids=["one client", "several clients"])
def test_who_hangs_is_started_anew(several: bool) -> None:
    found = outcomes(Mortal(hangs_at_odd, several), KEPT, ODD, LAST)
    assert texts(found["odd"].failures) == ["the server stopped responding after this connection"]
    assert found["last"].verdict == "passed"


def test_what_a_server_printed_before_it_stopped_responding_is_kept_with_the_connection() -> None:
    def fails_and_hangs(client: socket.socket) -> None:
        if b"/odd" in client.recv(65536):
            target.output += "ValueError\n"
            target.deaf = True
        else:
            client.sendall(OK)

    target = Mortal(fails_and_hangs)
    odd = outcomes(target, KEPT, ODD)["odd"]
    assert (odd.output, odd.crash) == ("ValueError\n", None)
    assert odd.failures[-1].code == "stopped-responding"
    assert odd.failures[-1].transcript == odd.transcripts[0]


@pytest.mark.parametrize(("lives", "verdicts"), [(0, ["failed", "failed"]), (1, ["passed", "failed"])])
def test_who_cannot_be_started_again_fails(lives: int, verdicts: list[str]) -> None:
    found = outcomes(Mortal(dies_of_odd, lives=lives), KEPT, ODD, LAST)
    assert [found["kept"].verdict, found["last"].verdict] == verdicts
    assert "it does not start" in texts(found["last"].failures)


def test_who_cannot_be_started_again_lacks_no_route() -> None:
    after = rule("after", stage=9, routes=("/form",), needs=("odd",), exchanges=asks(200))
    found = outcomes(Mortal(dies_of_odd, lives=1), ODD, after)
    assert (found["after"].skip, found["after"].counts) == (Skip("needs", Params(rule="odd")), True)


def test_a_broken_limit_ends_it_all() -> None:
    found = outcomes(Mortal(dies_of_odd, violation=TOO_MUCH), KEPT, ODD, LAST)
    assert [failure.code for failure in found["odd"].failures] == ["limit"]
    assert (found["last"].verdict, found["last"].skip) == ("skipped", Skip("limit", TOO_MUCH.params))


def test_who_hangs_and_is_not_ours_to_start_ends_it_all() -> None:
    target = Mortal(hangs_at_odd)
    try:
        remote = RemoteTarget(replace(target.running(), restart=None))
        checked = Scheduler(remote, [KEPT, ODD, LAST], (), lambda outcome: None, timeout=0.3).outcomes()
    finally:
        target.stop()
    assert [outcome.verdict for outcome in checked] == ["passed", "failed", "skipped"]
    assert checked[-1].skip == GONE
    assert remote.violation
    assert remote.violation.code == "gone"


def test_who_hangs_among_others_and_is_not_ours_to_start_is_blamed_for_nothing() -> None:
    """It is not known which rule it was; what has passed by then, has."""
    target = Mortal(hangs_at_odd, several=True)
    try:
        remote = RemoteTarget(replace(target.running(), restart=None))
        rules = [BROKEN, ODD, rule("easy", check=is_content_with_silence)]
        checked = Scheduler(remote, rules, (), lambda outcome: None, timeout=0.3).outcomes()
    finally:
        target.stop()
    assert [(each.verdict, each.skip) for each in checked] == [("skipped", GONE), ("passed", None), ("skipped", GONE)]


def is_content_with_silence(server: Server) -> None:
    """Hold of any server, as a rule may that forbids something."""


def test_who_ends_once_its_speed_is_known_fails() -> None:
    asked: list[bytes] = []

    def dies_of_the_last_plain_request(client: socket.socket) -> None:
        asked.append(responses(client))
        if len(asked) == PROBE_COUNT:
            raise Dies

    found = outcomes(Mortal(dies_of_the_last_plain_request, lives=1), KEPT, LAST)
    assert {text for outcome in found.values() for text in texts(outcome.failures)} == {"it does not start"}


class Impatient(Server):
    """A server whose clients ask once they have been answered."""

    @contextmanager
    def connect(self, *arguments: Any, **named: Any) -> Iterator[Connection]:
        with super().connect(*arguments, **named) as connection:
            connection.transport.wait(monotonic() + 10)
            yield connection


def test_who_answers_before_it_is_asked_has_answered() -> None:
    with scripted(lambda client: client.sendall(OK)) as server:
        assert is_responding(Impatient(server.host, server.port))


def test_time_limits_go_by_the_server() -> None:
    """A server that takes a while for each answer is waited for."""

    def slowly(client: socket.socket) -> None:
        sleep(0.11)
        responses(client)

    target = Mortal(slowly)
    try:
        [outcome] = Scheduler(target, [rule(check=takes_two_seconds_at_least)], (), lambda outcome: None).outcomes()
    finally:
        target.stop()
    assert outcome.verdict == "passed"


def takes_two_seconds_at_least(server: Server) -> None:
    if server.timeout <= MIN_TIMEOUT:
        fail(f"it waits for {server.timeout} seconds alone")


def test_what_no_mutant_breaks_keeps_all_rules() -> None:
    with running(UNBROKEN) as server:
        outcomes = judge(server, RULES)
    assert {outcome.rule.id for outcome in outcomes if outcome.verdict != "passed"} == set()


def dies_of_form(client: socket.socket) -> None:
    if responses(client).startswith(b"GET /form "):
        raise Dies


def test_a_probe_that_ends_the_server_is_blamed_on_no_rule() -> None:
    """The judge requests the route before the rule, and starts the server again."""
    needy = rule("needy", routes=("/form",), exchanges=asks(200))
    found = outcomes(Mortal(dies_of_form), KEPT, needy)
    assert {outcome.verdict for outcome in found.values()} <= {"passed", "skipped"}


def dies_of_test(client: socket.socket) -> None:
    if client.recv(65536).startswith(b"GET /test "):
        raise Dies
    client.sendall(OK)


def test_an_idle_client_of_the_judge_that_stops_the_server_is_blamed_on_no_rule() -> None:
    def hangs_at_nothing(client: socket.socket) -> None:
        if not responses(client):
            target.deaf = True

    def connects(server: Server) -> None:
        with server.connect():
            pass

    target, silence = Mortal(hangs_at_nothing), rule("silence", check=connects)
    found = outcomes(target, KEPT, silence, LAST)
    assert [found[id].verdict for id in ("kept", "silence", "last")] == ["passed", "failed", "passed"]


def test_the_first_rule_gets_a_server_of_its_own_if_the_first_request_ended_one() -> None:
    """A process takes a moment to end after its connections have been closed."""
    servers: list[Server | None] = []

    def dies_in_a_moment(client: socket.socket) -> None:
        servers.append(target.server)
        client.recv(65536)
        client.shutdown(socket.SHUT_RDWR)
        sleep(0.05)
        raise Dies

    target = Mortal(dies_in_a_moment, several=True)
    assert outcomes(target, KEPT)["kept"].crash
    assert servers[0] is not servers[1]


def test_who_hangs_after_the_last_of_several_rules_is_judged_again() -> None:
    assert outcomes(Mortal(hangs_at_odd, several=True), ODD)["odd"].failures[-1].code == "stopped-responding"


def test_rules_judged_together_end_where_the_server_stops_responding() -> None:
    """Or else each of them would wait in vain."""
    begun: list[str] = []

    def asks_slowly(server: Server) -> None:
        begun.append(server.ask(get("/slow")).ended)

    slow = [rule(f"slow-{number}", check=asks_slowly) for number in range(3 * WORKERS)]
    together = Scheduler(Mortal(hangs_at_odd, several=True), [*slow, ODD], (), lambda outcome: None, timeout=0.3)
    runner = RuleRunner(together.target, 0.3, True)
    try:
        assert together._judge_together(runner, together.target.running()) == ()
    finally:
        together.target.stop()
    assert len(begun) < len(slow)


def test_where_the_server_stops_responding_again_and_again_the_judge_waits_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def record(server: Server) -> bool:
        if found := is_responding(server):
            return found
        waits.append(server.timeout)
        return False

    waits: list[float] = []
    monkeypatch.setattr("http_contract.runner.rule_runner.is_responding", record)
    target = Mortal(hangs_at_odd)
    runner = RuleRunner(target, 0.4, True)
    try:
        for number in range(ENOUGH + 1):
            outcome = runner.judge(rule(exchanges=(Exchange((get(f"/odd{number}"),), (Status(200),)),)))
            assert outcome.failures[-1].code == "stopped-responding"
    finally:
        target.stop()
    assert waits == [0.4] * ENOUGH + [0.1]


def test_a_search_for_the_page_that_ends_the_server_is_blamed_on_no_rule() -> None:
    assert outcomes(Mortal(dies_of_test), KEPT)["kept"].verdict == "passed"


class DiesLater:
    """A script that ends its server at the plain request after some others."""

    def __init__(self, lives: int) -> None:
        self.left = lives

    def __call__(self, client: socket.socket) -> None:
        if client.recv(65536).startswith(b"GET / "):
            self.left -= 1
            if self.left < 0:
                raise Dies
        client.sendall(OK)


def test_a_server_that_plain_requests_end_is_judged_without_them() -> None:
    target = Mortal(DiesLater(1), lives=100)
    runner = RuleRunner(target, 0.3, responded=True)
    try:
        assert runner.judge(ODD).verdict == "passed"  # the plain request after it is the first
        assert runner.judge(ODD).verdict == "passed"  # the second one ends the server
        assert not runner.responded
    finally:
        target.stop()


def hangs_at_head(client: socket.socket) -> None:
    if client.recv(65536).startswith(b"HEAD"):
        says_nothing(client)
    else:
        client.sendall(OK)


def test_what_would_wait_in_vain_is_skipped() -> None:
    asking = tuple(rule(f"head-{n}", exchanges=(Exchange((head(f"/{n}"),), (Status(200),)),)) for n in range(5))
    found = outcomes(Mortal(hangs_at_head), *asking)
    assert [outcome.verdict for outcome in found.values()] == [*["failed"] * 3, *["skipped"] * 2]
    assert skip_text(found["head-4"].skip) == "the judge would wait in vain, as for head-0"
