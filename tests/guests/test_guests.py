"""Each guest starts, and fails those rules of the contract that guests/known_failures/ lists, and no other."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from guests import GUESTS, Guest
from guests.known_failures import KNOWN_FAILURES, known_failure, known_on_own_server
from guests.known_failures.model import KnownFailure
from guests.known_failures.servers import SERVERS
from http_contract import BY_ID, RULES, LocalTarget, Outcome, Rule, Scheduler
from http_contract.reports.messages import failure_text, skip_text

ROOT = Path(__file__).parents[2]
NAMES = [guest.name for guest in GUESTS]
ON_RAW_ROUTER = [guest for guest in GUESTS if guest.interface != "own"]
UNTIL = 5  # the stages that frameworks decide: Listen to Parameters and representations
# Rules that take a second or more, and show nothing that a framework decides.
SLOW = {"listen-restarts", "listen-survives-silence", "respond-byte-by-byte", "time-moves"}
QUICK = [rule for rule in RULES if rule.stage <= UNTIL and rule.id not in SLOW]
ALL = [rule for rule in RULES if not rule.slow]
TIMEOUT = 10.0  # seconds for a response
LINES = range(60, 151)  # a module is read in one sitting
IMPORT = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


def is_installed(guest: Guest) -> bool:
    try:
        return not guest.distribution or bool(version(guest.distribution))
    except PackageNotFoundError:
        return False


def needs(guest: Guest) -> list[pytest.MarkDecorator]:
    reason = f"{guest.distribution} is not installed"
    return [pytest.mark.skipif(not is_installed(guest) and "CI" not in os.environ, reason=reason)]


def parameters(guests: list[Guest]) -> list[object]:
    return [pytest.param(guest, id=guest.name, marks=needs(guest)) for guest in guests]


def outcomes(command: str, rules: list[Rule]) -> tuple[Outcome, ...]:
    """Judge a server that a command starts as `contract check` does."""
    with LocalTarget(f"{sys.executable} -W ignore {command}", folder=ROOT) as target:
        return Scheduler(target, rules, RULES, lambda outcome: None, TIMEOUT).outcomes()


def differences(
    found: Iterable[Outcome], known_failure: Callable[[str], KnownFailure | None]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the failures that are not known, and the reasons that are no longer needed, by rule.

    A rule that was skipped because a known one failed is neither.
    """
    unknown, unneeded = {}, {}
    for outcome in found:
        rule, known = outcome.rule.id, known_failure(outcome.rule.id)
        if known and outcome.verdict == "passed" and not known.depends_on_time:
            unneeded[rule] = known.reason
        elif not known and (text := unexplained(outcome)):
            unknown[rule] = text
    return unknown, unneeded


def unexplained(outcome: Outcome) -> str:
    """Return the first failure, or why the rule was skipped if no failed rule explains it; "" if the rule passed."""
    if outcome.verdict == "failed":
        return next(map(failure_text, outcome.failures), "")
    return skip_text(outcome.skip) if outcome.skip and outcome.skip.code != "needs" else ""


def server_of(guest: Guest) -> str:
    """Return the command that starts a guest on its home server: raw_router if it has an interface for it."""
    if guest.interface == "own":
        return f"-m {guest.module} {{port}}"
    return f"-m raw_router --{guest.interface} {guest.module}:app --port {{port}}"


@pytest.mark.parametrize("guest", parameters(ON_RAW_ROUTER))
def test_it_fails_the_listed_rules_alone(guest: Guest) -> None:
    assert differences(outcomes(server_of(guest), QUICK), partial(known_failure, guest.name)) == ({}, {})


@pytest.mark.full
@pytest.mark.parametrize("guest", parameters(list(GUESTS)))
def test_it_fails_the_listed_rules_alone_in_all_stages(guest: Guest) -> None:
    assert differences(outcomes(server_of(guest), ALL), partial(known_failure, guest.name)) == ({}, {})


@pytest.mark.full
@pytest.mark.parametrize("guest", parameters([guest for guest in GUESTS if guest.interface == "asgi"]))
def test_its_own_server_fails_the_listed_rules_alone(guest: Guest) -> None:
    found = outcomes(f"-m {guest.module} {{port}}", ALL)
    others = [outcome for outcome in found if known_failure(guest.name, outcome.rule.id) is None]
    assert differences(others, partial(known_on_own_server, guest.name)) == ({}, {})


@pytest.mark.full
@pytest.mark.parametrize("guest", parameters(list(GUESTS)))
def test_it_runs_as_its_documentation_runs_it(guest: Guest) -> None:
    [outcome] = outcomes(f"-m {guest.module} {{port}}", [BY_ID["route-test"]])
    assert outcome.verdict == "passed"


def test_every_guest_is_imported() -> None:
    modules = [guest.module for guest in GUESTS if is_installed(guest)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORT, *modules], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_table_lists_every_module() -> None:
    listed = {guest.module for guest in GUESTS} | {"guests"}
    files = (ROOT / "guests").glob("*.py")
    assert {f"guests.{file.stem}".removesuffix(".__init__") for file in files} == listed


def test_the_table_is_in_order() -> None:
    interfaces = ("wsgi", "asgi", "own")
    assert list(GUESTS) == sorted(GUESTS, key=lambda each: (interfaces.index(each.interface), each.name))


@pytest.mark.parametrize("guest", GUESTS, ids=NAMES)
def test_a_module_is_short_and_begins_with_one_sentence(guest: Guest) -> None:
    text = (ROOT / f"{guest.module.replace('.', '/')}.py").read_text()
    assert re.match(r'"""[^."]+(?:\.\w[^."]*)*\."""\n', text)
    assert len(text.splitlines()) in LINES


def test_known_failures_name_guests_and_rules_that_exist() -> None:
    assert {name for each in (*KNOWN_FAILURES, *SERVERS) for name in each.guests} <= set(NAMES)
    assert {rule for each in (*KNOWN_FAILURES, *SERVERS) for rule in each.rules} <= BY_ID.keys()
