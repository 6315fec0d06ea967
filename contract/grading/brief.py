"""What is kept of a report: a thousand of them lie in a folder, and are read more than once."""

from typing import Any

REPORT = ("target", "points", "most", "stopped")
STAGE = ("stage", "points", "worth")
RULE = ("id", "stage", "level", "hidden", "counts", "verdict", "reason", "told")
LONGEST = 4000  # characters of what is told of a failure, the mark of the cut not counted
CUT = "\n... and so on, and at the end:\n"


def brief(report: dict[str, Any]) -> dict[str, Any]:
    """Return what grades are made of, from what reports.json tells: all but the conversations, the longest part."""
    return {
        **_picked(report, REPORT),
        "stages": [_picked(stage, STAGE) for stage in report["stages"]],
        "rules": [{**_picked(rule, RULE), "told": shortened(rule["told"], LONGEST)} for rule in report["rules"]],
    }


def shortened(text: str, most: int) -> str:
    """Return the beginning and the end of a text that is too long: what decides may stand in its last line."""
    if len(text) <= most:
        return text
    return f"{text[: most - most // 2]}{CUT}{text[-(most // 2) :]}"


def _picked(table: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: table[key] for key in keys}
