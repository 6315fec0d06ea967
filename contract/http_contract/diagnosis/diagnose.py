"""From symptom to cause: what is wrong in a learner's program, where the evidence is enough to say so."""

from dataclasses import dataclass

from http_contract.diagnosis.causes import CASES, DiagnosisRule
from http_contract.diagnosis.evidence import Evidence
from http_contract.http.transcript import Failure
from http_contract.rules.model import Outcome


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause: its stable name, what is wrong in the program, what to do about it; and the complaint it explains."""

    cause: str
    text: str
    advice: str
    failure: Failure


def diagnose(outcome: Outcome) -> Diagnosis | None:
    """Return the cause of the first complaint that has one; no cause is better than a wrong one."""
    if outcome.verdict != "failed":
        return None
    failures = outcome.failures or ((Failure(""),) if outcome.crash else ())
    for failure in failures:
        evidence = Evidence(outcome, failure)
        for case in CASES:
            if all(sign(evidence) for sign in case.signs):
                return _diagnosis(case, evidence)
    return None


def _diagnosis(case: DiagnosisRule, evidence: Evidence) -> Diagnosis:
    text = " ".join(filter(None, (case.text, case.detail(evidence))))
    return Diagnosis(case.cause, text, case.advice or evidence.outcome.rule.hint, evidence.failure)
