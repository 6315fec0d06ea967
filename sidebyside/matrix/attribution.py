"""Which framework or server a failure belongs to: deduced from the pairs on which the same rule passes and fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from http_contract.rules.model import Rule
from sidebyside.matrix.known_failures import FRAMEWORK, known_failure
from sidebyside.matrix.run import DEVELOPMENT_SERVERS, FRAMEWORKS, TITLES, Pair, PairReport

APPLICATION = "The application"
BY_HAND = "by hand"
ON_RAW_ROUTER = "the rule passes with the same application on raw_router"
ORDER = (APPLICATION, *FRAMEWORKS.values(), *TITLES.values())  # of owners; any other comes last


@dataclass(frozen=True, slots=True)
class Attribution:
    """The owner of a failure, the evidence for that, and the reason of the failure, if it is known."""

    owner: str
    evidence: str
    reason: str = ""


@dataclass(frozen=True)
class Matrix:
    """The reports about all pairs that were judged, the versions judged, and the servers that were left out."""

    reports: Sequence[PairReport]
    versions: Mapping[str, str] = field(default_factory=dict)  # by name
    missing: Mapping[str, str] = field(default_factory=dict)  # what is not installed and how to install it, by server

    @cached_property
    def by_pair(self) -> Mapping[Pair, PairReport]:
        return {each.pair: each for each in self.reports}

    @property
    def ours_pass(self) -> bool:
        """Return whether all MUST rules pass on raw_router with the default drivers; a skipped rule does not."""
        others = (rule for each in self.baselines for verdict in ("failed", "skipped") for rule in each.rules(verdict))
        return all(rule.level != "MUST" for rule in others)

    @property
    def baselines(self) -> list[PairReport]:
        return [each for each in self.reports if each.pair == each.pair.baseline]

    def attribute(self, pair: Pair, rule: Rule) -> Attribution:
        """Return the owner of a rule's failure on a pair."""
        known = known_failure(pair.implementation, pair.server, rule.id)
        found = self._deduced(pair, rule.id)
        if known is None:
            return found
        if known.owner == FRAMEWORK:
            return Attribution(FRAMEWORKS[pair.implementation], BY_HAND, known.reason)
        return Attribution(found.owner, found.evidence, known.reason)

    def _deduced(self, pair: Pair, rule: str) -> Attribution:
        if pair.on_ours or not self.by_pair[pair.baseline].passes(rule):
            return self._on_ours(pair, rule)
        if pair.server == "nginx":
            return Attribution("nginx", "the rule passes on raw_router without nginx")
        if others := self._passing_on_same_server(pair, rule):
            evidence = f"the rule passes on the same server with {listed(others)}"
            return Attribution(FRAMEWORKS[pair.implementation], evidence)
        if pair.server == "dev":
            return self._on_development_server(pair, rule)
        return Attribution(TITLES[pair.server], ON_RAW_ROUTER)

    def _on_ours(self, pair: Pair, rule: str) -> Attribution:
        """Attribute a failure on raw_router: to a driver, the implementation, or the application that all share."""
        if pair.on_ours and self.by_pair[pair.baseline].passes(rule):
            return Attribution(TITLES[pair.server], "the rule passes with the default driver")
        passing = [each.pair.implementation for each in self.baselines if each.passes(rule)]
        if passing:
            evidence = f"the rule also fails on raw_router, where it passes with {listed(passing)}"
            return Attribution(FRAMEWORKS[pair.implementation], evidence)
        return Attribution(APPLICATION, "the rule fails on raw_router with each implementation that was judged")

    def _on_development_server(self, pair: Pair, rule: str) -> Attribution:
        """Attribute a failure on a development server: to the framework, if it is the framework's on another server."""
        for other in self.reports:
            fails = other.pair.implementation == pair.implementation and other.verdicts[rule] == "failed"
            if fails and (others := self._passing_on_same_server(other.pair, rule)):
                evidence = f"the same failure on {other.pair.server} is: there, the rule passes with {listed(others)}"
                return Attribution(FRAMEWORKS[pair.implementation], evidence)
        return Attribution(DEVELOPMENT_SERVERS[pair.implementation], ON_RAW_ROUTER)

    def _passing_on_same_server(self, pair: Pair, rule: str) -> list[str]:
        """Return the other implementations that pass a rule on the same server."""
        if pair.server == "dev":  # each framework has its own
            return []
        return [
            each.pair.implementation
            for each in self.reports
            if each.pair.server == pair.server and each.pair != pair and each.passes(rule)
        ]


def listed(names: Sequence[str]) -> str:
    return " and ".join(names)


@dataclass(frozen=True, slots=True)
class AttributedFailure:
    """One rule that failed for one reason, and the pairs on which it did."""

    rule: Rule
    attribution: Attribution
    reports: tuple[PairReport, ...]

    @property
    def text(self) -> str:
        """The failure on the first of the pairs."""
        return self.reports[0].failures[self.rule.id]

    @property
    def skipped(self) -> int:
        """How many rules were skipped because of it."""
        return max(len(each.skipped_because_of(self.rule)) for each in self.reports)


def attributed_failures(matrix: Matrix) -> list[AttributedFailure]:
    """Return all failures, by owner, those of each owner in the order of the contract."""
    found: dict[tuple[Rule, Attribution], list[PairReport]] = {}
    for report in matrix.reports:
        for rule in report.rules("failed"):
            found.setdefault((rule, matrix.attribute(report.pair, rule)), []).append(report)
    failures = [AttributedFailure(rule, attribution, tuple(reports)) for (rule, attribution), reports in found.items()]
    return sorted(failures, key=lambda each: (rank(each.attribution.owner), each.rule.stage, each.rule.id))


def rank(owner: str) -> tuple[int, str]:
    return (ORDER.index(owner) if owner in ORDER else len(ORDER), owner)


def by_owner(failures: Sequence[AttributedFailure]) -> Iterator[tuple[str, list[AttributedFailure]]]:
    for owner, those in groupby(failures, key=lambda failure: failure.attribution.owner):
        yield owner, list(those)


def count(failures: Sequence[AttributedFailure]) -> str:
    """Return how many rules of each level failed: "2 MUST rules failed, 1 SHOULD rule failed"."""
    ids = {level: {each.rule.id for each in failures if each.rule.level == level} for level in ("MUST", "SHOULD")}
    return ", ".join(f"{number_of_rules(len(found), level)} failed" for level, found in ids.items() if found)


def number_of_rules(count: int, level: str = "") -> str:
    return f"{count} {level} rule".replace("  ", " ") + ("" if count == 1 else "s")
