"""Whose a failure is: deduced from where the same rule holds, and from where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from http_contract.rules.model import Rule
from sidebyside.matrix.breaches import FRAMEWORK, breach_of
from sidebyside.matrix.judging import Judged
from sidebyside.matrix.pairs import BASELINES, FRAMEWORKS, OWN_SERVERS, TITLES, Pair

APPLICATION = "The application"
KNOWN = "known"
WITHOUT = "it holds with the same application on raw_router"


@dataclass(frozen=True, slots=True)
class Blame:
    """Whose a failure is, what shows that, and what is behind it, where that is known."""

    whose: str
    evidence: str
    reason: str = ""


@dataclass(frozen=True)
class Matrix:
    """All pairs that were judged, in which versions, and what there was not to judge."""

    judged: Sequence[Judged]
    versions: Mapping[str, str] = field(default_factory=dict)  # by name
    missing: Mapping[str, str] = field(default_factory=dict)  # what it lacks, and how to get that, by server

    @cached_property
    def by_pair(self) -> Mapping[Pair, Judged]:
        return {each.pair: each for each in self.judged}

    @property
    def ours_hold(self) -> bool:
        """Tell whether all MUST rules hold on raw_router, with the default drivers; one not judged does not."""
        ours = [each for each in self.judged if each.pair == baseline(each.pair)]
        broken = (rule for each in ours for verdict in ("failed", "skipped") for rule in each.rules(verdict))
        return all(rule.level != "MUST" for rule in broken)

    def blame(self, pair: Pair, rule: Rule) -> Blame:
        """Say whose it is that a rule does not hold there."""
        breach = breach_of(pair.implementation, pair.server, rule.id)
        found = self._deduced(pair, rule.id)
        if breach is None:
            return found
        if breach.whose == FRAMEWORK:
            return Blame(FRAMEWORKS[pair.implementation], KNOWN, breach.reason)
        return Blame(found.whose, found.evidence, breach.reason)

    def _deduced(self, pair: Pair, rule: str) -> Blame:
        if pair.on_ours or not self.by_pair[baseline(pair)].holds(rule):
            return self._on_ours(pair, rule)
        if pair.server == "nginx":
            return Blame("nginx", "it holds on raw_router without nginx")
        if others := self._frameworks_that_keep(pair, rule):
            return Blame(FRAMEWORKS[pair.implementation], f"on the same server it holds with {listed(others)}")
        if pair.server == "dev":
            return self._on_dev(pair, rule)
        return Blame(TITLES[pair.server], WITHOUT)

    def _on_ours(self, pair: Pair, rule: str) -> Blame:
        """Say whose a failure is that raw_router does not mend: a driver's, the framework's, or all that they share."""
        if pair.on_ours and self.by_pair[baseline(pair)].holds(rule):
            return Blame(TITLES[pair.server], "it holds with the default driver")
        compared = [each for each in self.judged if each.pair == baseline(each.pair)]
        keeping = [each.pair.implementation for each in compared if each.holds(rule)]
        if keeping:
            return Blame(FRAMEWORKS[pair.implementation], f"on raw_router, too, where it holds with {listed(keeping)}")
        return Blame(APPLICATION, "it holds on raw_router with none that was judged")

    def _on_dev(self, pair: Pair, rule: str) -> Blame:
        """Say whose a failure is on a development server: the framework's if it is that on another server."""
        for other in self.judged:
            fails = other.pair.implementation == pair.implementation and other.verdicts[rule] == "failed"
            if fails and (others := self._frameworks_that_keep(other.pair, rule)):
                evidence = f"so it is on {other.pair.server}, where it holds with {listed(others)}"
                return Blame(FRAMEWORKS[pair.implementation], evidence)
        owner = f"{OWN_SERVERS[pair.implementation]}'s development server"
        return Blame(owner, WITHOUT)

    def _frameworks_that_keep(self, pair: Pair, rule: str) -> list[str]:
        """Return the other implementations that keep a rule on the very same server."""
        if pair.server == "dev":  # each has one of its own
            return []
        return [
            each.pair.implementation
            for each in self.judged
            if each.pair.server == pair.server and each.pair != pair and each.holds(rule)
        ]


def baseline(pair: Pair) -> Pair:
    return Pair(pair.implementation, BASELINES[pair.implementation])


def listed(names: Sequence[str]) -> str:
    return " and ".join(names)
