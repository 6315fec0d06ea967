"""Each listed failure of a learner's server is named by its true cause, and by no other."""

import pytest

from http_contract.diagnosis.diagnose import diagnose
from tests.contract.worded import noise
from tests.naive.judging import outcomes

PAGES = ("unchecked-request", "ignores-method", "query-in-path")  # of who looks only at the path, and at all of it
CAUSES: dict[str, tuple[str, ...]] = {
    "tutorial": (
        *PAGES,
        "bare-lf",
        "blocks-on-idle",
        "body-on-head",
        "closes-unread",
        "decodes-as-utf8",
        "dies-of-empty-connection",
        "dies-of-lost-client",
        "dies-of-short-request-line",
        "no-content-type",
        "no-date",
        "no-length",
        "single-recv",
    ),
    "threaded": (
        "body-on-head",
        "closes-unread",
        "head-not-like-get",
        "length-in-characters",
        "no-allow",
        "raises",
        "single-recv",
        "unchecked-request",
    ),
    "no_reason": (
        "blocks-on-idle",
        "body-on-head",
        "dies-of-lost-client",
        "dies-of-short-request-line",
        "ends-by-itself",
        "ignores-method",
        "no-reason",
        "query-in-path",
        "single-recv",
        "unchecked-request",
    ),
    "handler": (
        *PAGES,
        "blocks-on-idle",
        "head-not-like-get",
        "http-0.9",
        "no-content-type",
        "no-length",
    ),
    "generous": (
        "blocks-on-idle",
        "body-on-head",
        "dies-of-lost-client",
        "ignores-method",
        "no-404",
        "no-empty-line",
        "single-recv",
        "unchecked-request",
    ),
    "never_closes": ("never-closes",),
    "page_alone": ("dies-of-lost-client", "http-0.9", "no-reuse-address"),
    "patient": ("blocks-on-idle", "body-on-head", "unchecked-request", "closes-always", "shows-traceback"),
}
ONLY = {"never_closes": ("respond-length",)}  # each rule takes a time limit of the judge


@pytest.mark.parametrize("name", CAUSES)
def test_each_failure_has_its_true_cause_whatever_the_sentences_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = [outcome for outcome in outcomes(name, ONLY.get(name, ())) if outcome.verdict == "failed"]
    found = {outcome.rule.id: diagnosis.cause for outcome in failed if (diagnosis := diagnose(outcome))}
    assert set(found.values()) == set(CAUSES[name]), found
    first = [outcome.rule for outcome in failed if outcome.rule.stage <= 2 and outcome.rule.level == "MUST"]
    assert {rule.id for rule in first} <= found.keys()
    diagnoses = list(map(diagnose, failed))
    noise(monkeypatch)
    assert list(map(diagnose, failed)) == diagnoses
