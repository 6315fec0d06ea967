"""Concludes from a thousand results of all rules; says how much memory it took at the most, in KiB."""

import sys
from pathlib import Path

from http_contract.cli.grade import conclude
from http_contract.grading.store import Result, Store
from http_contract.rules.registry import RULES

NAMES = [f"student {number}" for number in range(1000)]
EVERY = 3  # rules, of which one is broken


def made(number: int, name: str) -> Result:
    told = "GET / HTTP/1.1\\r\\n and so on, as far as it goes. " * 3 + f" {number}"
    known = {"hidden": False, "counts": True, "reason": ""}
    rules = [
        {
            **known,
            "id": rule.id,
            "stage": rule.stage,
            "level": rule.level,
            "verdict": "failed",
            "told": f"{told} {place}",
        }
        if (number + place) % EVERY == 0
        else {**known, "id": rule.id, "stage": rule.stage, "level": rule.level, "verdict": "passed", "told": ""}
        for place, rule in enumerate(RULES)
    ]
    stages = [{"stage": stage, "points": stage, "worth": 10} for stage in range(1, 11)]
    return Result(
        name,
        "digest",
        {"target": "./serve", "points": 55, "most": 100, "stopped": "", "stages": stages, "rules": rules},
    )


def main(out: Path) -> None:
    store = Store(out / "results")
    for number, name in enumerate(NAMES):
        store.put(made(number, name))
    conclude(out, store, NAMES, "class", 100)
    # Not ru_maxrss, which begins with that of the process that started this one.
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    print(line.split()[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
