"""The comparison of a rule's outcome with the failures that sidebyside/matrix/known_failures.py lists."""

from http_contract import Outcome
from http_contract.reports.messages import failure_text, skip_text
from sidebyside.matrix.known_failures import known_failure


def assert_as_listed(outcome: Outcome, implementation: str, server: str) -> None:
    """Assert that the rule passed, or that it failed and the failure is listed."""
    known = known_failure(implementation, server, outcome.rule.id)
    if known is None:
        assert outcome.verdict == "passed", "\n".join([skip_text(outcome.skip), *map(failure_text, outcome.failures)])
    else:
        assert outcome.verdict == "failed", f"no longer needed: {known.reason}"
