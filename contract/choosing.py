"""Which rules to judge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from contract.errors import CannotJudge
from contract.model import Rule
from contract.rules import RULES, STAGES

LAST_STAGE = max(STAGES)
NEAR = 0.4  # how alike an id must be to be one that may be meant


@dataclass(frozen=True)
class Choice:
    """The rules of some stages, all but the later ones, or the ones named; by default all."""

    stages: Sequence[int] = ()
    until: int | None = None
    ids: Sequence[str] = ()

    def among(self, rules: Iterable[Rule] = RULES) -> list[Rule]:
        """Return the chosen ones, in their order. CannotJudge where one is named that does not exist."""
        by_id = {rule.id: rule for rule in rules}
        for id in self.ids:
            if id not in by_id:
                raise CannotJudge(unknown(id, by_id))
        return [rule for rule in by_id.values() if self._takes(rule)]

    def _takes(self, rule: Rule) -> bool:
        if self.ids:
            return rule.id in self.ids
        return rule.stage <= (self.until or LAST_STAGE) and (not self.stages or rule.stage in self.stages)


def unknown(id: str, known: Iterable[str]) -> str:
    """Say that there is no such rule, and which ones may be meant."""
    near = get_close_matches(id, list(known), n=3, cutoff=NEAR)
    return f"there is no rule {id!r}" + (f"; perhaps {' or '.join(near)}" if near else "; `contract rules` lists them")
