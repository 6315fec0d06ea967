"""Find the cause of a failure: what is wrong in the learner's program, if the evidence is enough to name it."""

from dataclasses import replace

from http_contract.diagnosis.causes import DIAGNOSIS_RULES, DiagnosisRule
from http_contract.diagnosis.evidence import Evidence
from http_contract.diagnosis.reproduce import reproduce
from http_contract.rules.model import Diagnosis, Failure, Outcome


def diagnosed(outcome: Outcome, language: str = "") -> Outcome:
    """Return an outcome with its diagnosis and the line that reproduces it; call it once, before any report."""
    found = diagnose(outcome)
    diagnosis = found and replace(found, language=language)
    return replace(outcome, diagnosis=diagnosis, reproduce=reproduce_line(outcome, diagnosis))


def diagnose(outcome: Outcome) -> Diagnosis | None:
    """Return the diagnosis of the first failure that has one; no diagnosis is better than a wrong one.

    That the server ended or stopped responding comes before what its last responses contained.
    """
    if outcome.verdict != "failed":
        return None
    failures = outcome.failures or ((Failure("ended"),) if outcome.crash else ())
    for evidence in sorted((Evidence(outcome, failure) for failure in failures), key=lambda each: not each.is_end):
        for rule in DIAGNOSIS_RULES:
            if all(predicate(evidence) for predicate in rule.predicates):
                return _diagnosis(rule, evidence)
    return None


def _diagnosis(rule: DiagnosisRule, evidence: Evidence) -> Diagnosis:
    detail, params = rule.detail(evidence)
    return Diagnosis(rule.cause, evidence.failure, rule.variant, detail, params)


def reproduce_line(outcome: Outcome, diagnosis: Diagnosis | None) -> str:
    """Return a line for a shell that sends the request that ended the program, or that of the main failure.

    It is empty if the server must be restarted between the requests.
    """
    failures = [diagnosis.failure] if diagnosis and outcome.failures else outcome.failures[:1]
    if outcome.rule.restarts or not failures:
        return ""
    evidence = Evidence(outcome, failures[0])
    transcript = evidence.fatal_transcript if evidence.died else evidence.failure.transcript
    return reproduce(transcript, evidence.concurrent_transcripts) if transcript else ""
