"""From symptom to cause: what is wrong in a learner's program, where the evidence is enough to name it."""

from dataclasses import replace

from http_contract.diagnosis.causes import DIAGNOSIS_RULES, DiagnosisRule
from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.reproduce import reproduce
from http_contract.rules.model import Diagnosis, Failure, Outcome


def diagnosed(outcome: Outcome) -> Outcome:
    """Return an outcome with its diagnosis and the line that reproduces it; to be done once, before any report."""
    diagnosis = diagnose(outcome)
    return replace(outcome, diagnosis=diagnosis, reproduce=reproduced(outcome, diagnosis))


def diagnose(outcome: Outcome) -> Diagnosis | None:
    """Return the cause of the first failure that has one; no cause is better than a wrong one."""
    if outcome.verdict != "failed":
        return None
    failures = outcome.failures or ((Failure("ended"),) if outcome.crash else ())
    for failure in failures:
        evidence = Evidence(outcome, failure)
        for rule in DIAGNOSIS_RULES:
            if all(predicate(evidence) for predicate in rule.predicates):
                return _diagnosis(rule, evidence)
    return None


def _diagnosis(rule: DiagnosisRule, evidence: Evidence) -> Diagnosis:
    detail, params = rule.detail(evidence)
    return Diagnosis(rule.cause, evidence.failure, rule.variant, detail, params)


def reproduced(outcome: Outcome, diagnosis: Diagnosis | None) -> str:
    """Return a line for a shell: with what the program did not survive, or with what the main failure is about.

    There is none where the server must be started again in between.
    """
    failures = [diagnosis.failure] if diagnosis and outcome.failures else outcome.failures[:1]
    if outcome.rule.restarts or not failures:
        return ""
    evidence = Evidence(outcome, failures[0])
    transcript = evidence.fatal if evidence.gone else evidence.failure.transcript
    return reproduce(transcript, evidence.meanwhile) if transcript else ""
