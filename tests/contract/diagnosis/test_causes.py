"""Each cause is found by its signs, and none is found where they are not enough."""

from typing import get_args

import pytest

from http_contract import BY_ID, Outcome
from http_contract.client.server import Crash
from http_contract.diagnosis.causes import DIAGNOSIS_RULES
from http_contract.diagnosis.diagnose import diagnose, diagnosed
from http_contract.http.params import Params
from http_contract.http.response import CloseReason
from http_contract.reports.causes import CAUSES
from http_contract.reports.messages import DETAILS, SILENCE, advice_on, cause_of, cause_text
from http_contract.rules.model import Diagnosis, Failure
from tests.contract.diagnosis.cases import CAUSED, DEATHS, ENDED, ERROR_TOLD, FAULTS, NOTHING, PLAIN, UNKNOWN, failed


def known(outcome: Outcome) -> Diagnosis:
    found = diagnose(outcome)
    assert found
    return found


@pytest.mark.parametrize("case", CAUSED)
def test_the_cause(case: str) -> None:
    assert known(CAUSED[case]).cause == case.partition(" ")[0]


@pytest.mark.parametrize("case", UNKNOWN)
def test_no_cause_is_better_than_a_wrong_one(case: str) -> None:
    assert diagnose(UNKNOWN[case]) is None


def test_every_rule_of_diagnosis_is_tried() -> None:
    found = {(known(outcome).cause, known(outcome).variant) for outcome in CAUSED.values()}
    assert {(rule.cause, rule.variant) for rule in DIAGNOSIS_RULES} == found


def test_every_cause_has_its_text_and_no_text_is_unused() -> None:
    causes = {f"{rule.cause}/{rule.variant}" if rule.variant else rule.cause for rule in DIAGNOSIS_RULES}
    assert causes == CAUSES.keys()
    assert {known(outcome).detail for outcome in CAUSED.values()} == {"", *DETAILS}


def test_texts_are_sentences() -> None:
    assert [name for name, cause in CAUSES.items() if not cause.text.endswith(".")] == []
    assert [name for name, cause in CAUSES.items() if cause.advice and not cause.advice.endswith((".", "}'"))] == []


def test_where_any_rule_can_have_a_cause_its_advice_is_not_the_hint_of_that_rule() -> None:
    """The hint of a rule is about its sentence: a status line without a reason is no matter of decoding."""
    of_any_rule = [each for each in DIAGNOSIS_RULES if not any("rule_is" in str(part) for part in each.predicates)]
    without_advice = {
        each.cause for each in of_any_rule if not cause_of(Diagnosis(each.cause, ENDED, each.variant)).advice
    }
    assert without_advice == {"unchecked-request"}  # whose rules each say what to check


@pytest.mark.parametrize(
    ("case", "last_words"),
    [
        (
            "dies-of-empty-connection",
            f"It ended with exit status 1: {ERROR_TOLD}.",
        ),
        ("dies-of-empty-connection in C", "It ended with SIGSEGV."),
        ("dies-of-empty-connection unseen", "Nothing listens on its port any more."),
    ],
)
def test_how_it_ended_is_told(case: str, last_words: str) -> None:
    assert cause_text(known(DEATHS[case])).endswith(last_words)


def test_the_error_of_a_start() -> None:
    assert cause_text(known(FAULTS["does-not-start"])).endswith(
        "It ended at its start: IndexError: list index out of range (server.py, line 12)."
    )


def test_the_error_that_an_answer_shows() -> None:
    assert cause_text(known(FAULTS["shows-traceback"])).endswith(
        "It raised IndexError: list index out of range (server.py, line 12)."
    )


def test_the_error_that_is_logged() -> None:
    assert cause_text(known(FAULTS["raises"])).endswith(
        "It raised IndexError: list index out of range (server.py, line 12)."
    )


def test_without_advice_of_its_own_the_hint_is_it() -> None:
    assert advice_on(diagnosed(FAULTS["no-date"])) == BY_ID["respond-date"].hint


def test_the_complaint_with_a_cause() -> None:
    first, second = Failure("custom", Params(text="something"), 0, PLAIN), ENDED
    outcome = failed("listen-survives-silence", first, second, crash=Crash("exit", 1, ""), after=(NOTHING,))
    assert known(outcome).failure == second


def test_silences_are_all_told() -> None:
    assert set(SILENCE) == set(get_args(CloseReason))
