"""What does not hold, put together by whose it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from http_contract.reports.text import rules_failed
from http_contract.rules.model import Rule
from sidebyside.matrix.blaming import APPLICATION, Blame, Matrix
from sidebyside.matrix.judging import Judged
from sidebyside.matrix.pairs import FRAMEWORKS, TITLES

ORDER = (APPLICATION, *FRAMEWORKS.values(), *TITLES.values())  # of owners; any other comes last


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does not hold for one reason, and where."""

    rule: Rule
    blame: Blame
    where: tuple[Judged, ...]

    @property
    def complaint(self) -> str:
        """What was wrong, in the first place where it was."""
        return self.where[0].failures[self.rule.id]

    @property
    def unjudged(self) -> int:
        """How many rules could not be judged for this one."""
        return max(len(each.skipped_for(self.rule)) for each in self.where)


def findings(matrix: Matrix) -> list[Finding]:
    """Return all, by owner, the rules of each in the order of the contract."""
    found: dict[tuple[Rule, Blame], list[Judged]] = {}
    for judged in matrix.judged:
        for rule in judged.rules("failed"):
            found.setdefault((rule, matrix.blame(judged.pair, rule)), []).append(judged)
    all_found = [Finding(rule, blame, tuple(where)) for (rule, blame), where in found.items()]
    return sorted(all_found, key=lambda finding: (place(finding.blame.whose), finding.rule.stage, finding.rule.id))


def place(owner: str) -> tuple[int, str]:
    return (ORDER.index(owner) if owner in ORDER else len(ORDER), owner)


def by_owner(found: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    for owner, those in groupby(found, key=lambda finding: finding.blame.whose):
        yield owner, list(those)


def count(found: Sequence[Finding]) -> str:
    """Say how many rules of each level do not hold."""
    numbers = {level: len({each.rule.id for each in found if each.rule.level == level}) for level in ("MUST", "SHOULD")}
    return ", ".join(rules_failed(number, level) for level, number in numbers.items() if number)
