"""What is kept of a report: a thousand of them lie in a folder, and are read more than once."""

from typing import Any

REPORT = ("points", "most", "stopped")
STAGE = ("stage", "points", "worth")
RULE = ("id", "stage", "level", "hidden", "counts", "verdict", "reason", "told")
LONGEST = 4000  # characters of what is told of a failure


def brief(report: dict[str, Any]) -> dict[str, Any]:
    """Return what grades are made of, from what reports.json tells: all but the conversations, the longest part."""
    return {
        **_picked(report, REPORT),
        "stages": [_picked(stage, STAGE) for stage in report["stages"]],
        "rules": [{**_picked(rule, RULE), "told": rule["told"][:LONGEST]} for rule in report["rules"]],
    }


def _picked(table: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: table[key] for key in keys}
