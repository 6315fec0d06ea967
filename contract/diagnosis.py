"""From symptom to cause: what is wrong in a learner's program, where the evidence is enough to say so."""

from dataclasses import dataclass

from contract.cases import Case
from contract.causes import CASES
from contract.conversation import Complaint
from contract.evidence import Evidence
from contract.model import Outcome


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause: its stable name, what is wrong in the program, what to do about it; and the complaint it explains."""

    cause: str
    text: str
    advice: str
    complaint: Complaint


def diagnose(outcome: Outcome) -> Diagnosis | None:
    """Return the cause of the first complaint that has one; no cause is better than a wrong one."""
    if outcome.verdict != "failed":
        return None
    complaints = outcome.complaints or ((Complaint(""),) if outcome.crash else ())
    for complaint in complaints:
        evidence = Evidence(outcome, complaint)
        for case in CASES:
            if all(sign(evidence) for sign in case.signs):
                return _diagnosis(case, evidence)
    return None


def _diagnosis(case: Case, evidence: Evidence) -> Diagnosis:
    text = " ".join(filter(None, (case.text, case.detail(evidence))))
    return Diagnosis(case.cause, text, case.advice or evidence.outcome.rule.hint, evidence.complaint)
