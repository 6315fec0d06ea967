"""Every rule of the contract against every implementation, on raw_router and on other servers.

The rules that fail on another server, or because of a framework, are listed in sidebyside/matrix/known_failures.py with
the reason. A listed rule that passes fails the test, too.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from http_contract import BY_ID, RULES, Rule, Server, run
from http_contract.sandbox.launcher import LocalTarget
from raw_router.drivers import TIMEOUTS
from sidebyside.launch.services import HOST, SERVICES
from sidebyside.matrix.known_failures import KNOWN_FAILURES, known_failure
from tests.outcomes import assert_as_listed
from tests.serving import DRIVERS, HANDLERS, serving

OTHER_SERVERS = ("dev", "gunicorn")
QUICK = replace(TIMEOUTS, head=2.0, progress=2.0)  # so that it does not take long to see that they hold
NEEDS_TIME = "timeouts-response-progress"  # the system's buffers hide what a slow reader reads in two seconds
FOR_OTHERS = {1, 2, 3, 4, 5, 6, 10}  # stages for other servers: how a connection persists is theirs to decide
NOT_FOR_SERIAL = 8  # the stage about many clients at a time, for the driver that serves one
# The modules of rules that a driver, and not the connection or the handler, can break.
FOR_DRIVERS = {"listen", "persistence", "concurrency", "timeouts", "respond", "chunks"}
FOR_FRAMEWORKS = {
    "listen",
    "respond",
    "route",
    "bodies",
}  # what a framework's server can break; test_identical has the rest


class InProcess:
    """An implementation on raw_router in a thread, which the contract can stop and start again."""

    def __init__(self, name: str, driver: str, stack: ExitStack) -> None:
        self.name, self.driver, self.stack = name, driver, stack
        self.port = self._start(0)

    def running(self) -> Server:
        return Server(HOST, self.port, patience=2 * QUICK.head, restart=self.restart)

    def restart(self) -> None:
        self.stack.close()
        self._start(self.port)

    def _start(self, port: int) -> int:
        return self.stack.enter_context(serving(HANDLERS[self.name], DRIVERS[self.driver], port, QUICK))


@contextmanager
def judged(name: str, server: str) -> Iterator[InProcess | LocalTarget]:
    """Run an implementation on a server: a driver of raw_router, or another server as a process of its own."""
    with ExitStack() as stack:
        if server in DRIVERS:
            yield InProcess(name, server, stack)
        else:
            [service] = [service for service in SERVICES if service.name == name]
            launched = LocalTarget(f"{sys.executable} -m {service.commands[server]}".replace("{host}", HOST))
            stack.callback(launched.close)
            yield launched


def cases() -> Iterator[Any]:
    """Yield what is judged by which rule."""
    ours = [*product(["raw"], DRIVERS), *product(("flask", "django"), ("pool", "threads", "events"))]
    for name, server in [*ours, *product(("flask", "django"), OTHER_SERVERS)]:
        for rule in RULES:
            if is_for(server, rule):
                marks = () if is_telling(name, server, rule) else pytest.mark.full
                yield pytest.param(name, server, rule, id=f"{name}-{server}-{rule.id}", marks=marks)


def is_for(server: str, rule: Rule) -> bool:
    if rule.id == NEEDS_TIME:
        return False
    if server == "serial":
        return rule.stage != NOT_FOR_SERIAL
    return server in DRIVERS or rule.stage in FOR_OTHERS


def is_telling(name: str, server: str, rule: Rule) -> bool:
    """Return whether the rule can find something here that it does not find in raw_router on events.

    test_identical compares the implementations on events for all that the rules send.
    """
    subject = rule.id.partition("-")[0]
    if known_failure(name, server, rule.id):
        return True
    if server in OTHER_SERVERS:
        return subject in FOR_FRAMEWORKS
    if name == "raw":
        return server == "events" or subject in FOR_DRIVERS
    return server == "pool" and subject in FOR_DRIVERS


@pytest.fixture(scope="module")
def launched() -> Iterator[Callable[[str, str], InProcess | LocalTarget]]:
    """Yield what runs an implementation on a server, each pair once, until the last test is done."""
    with ExitStack() as stack:
        yield cache(lambda name, server: stack.enter_context(judged(name, server)))


@pytest.mark.parametrize(("name", "server", "rule"), list(cases()))
def test_rule(launched: Callable[[str, str], InProcess | LocalTarget], name: str, server: str, rule: Rule) -> None:
    assert_as_listed(run(rule, launched(name, server).running()), name, server)


def test_known_failures_name_rules_that_exist() -> None:
    assert {rule for failure in KNOWN_FAILURES for rule in failure.rules} <= BY_ID.keys()


@pytest.mark.full
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_slow_reader_gets_whole_responses(driver: str) -> None:
    with serving(HANDLERS["raw"], DRIVERS[driver]) as port:
        assert_as_listed(run(BY_ID[NEEDS_TIME], Server(HOST, port, patience=30.0)), "raw", driver)
