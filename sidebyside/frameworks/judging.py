"""What the judge and the probes find about each guest on its home server, and the reason of each failure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from guests import GUESTS, Guest
from guests.known_failures import known_failure
from http_contract.rules.model import Rule
from sidebyside.frameworks.exchanges import Exchange, command, exchanges
from sidebyside.launch.guests import guest_service
from sidebyside.launch.requirements import missing, package_version
from sidebyside.launch.services import Service
from sidebyside.matrix.run import Pair, PairReport, judge


@dataclass(frozen=True, slots=True)
class HomePair(Pair):
    """A guest on its home server: raw_router, or its own."""

    @property
    def guest(self) -> Guest:
        return next(guest for guest in GUESTS if guest.name == self.implementation)

    @property
    def service(self) -> Service:
        return guest_service(self.guest)

    @property
    def command(self) -> str:
        return command(self.guest, self.server)

    @property
    def missing(self) -> str:
        return missing(self.service.on(self.server, 0))

    def __str__(self) -> str:
        return self.implementation


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that a guest fails, and the part of the framework that causes it, "" if nobody has found it yet."""

    rule: Rule
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class GuestReport:
    """What was found about one guest."""

    guest: Guest
    report: PairReport
    exchanges: tuple[Exchange, ...]

    @property
    def home(self) -> str:
        return self.report.pair.server

    @property
    def version(self) -> str:
        """The version of the framework; "" if it is Python's own."""
        return (self.guest.distribution and package_version(self.guest.distribution)) or ""

    @property
    def failures(self) -> Iterator[Failure]:
        for rule in self.report.rules("failed"):
            known = known_failure(self.guest.name, rule.id)
            yield Failure(rule, known.reason if known else "", self.report.failures[rule.id])


def home_pairs(guests: Sequence[Guest]) -> list[HomePair]:
    return [HomePair(guest.name, guest_service(guest).home) for guest in guests]


def judge_guests(
    pairs: Sequence[HomePair], options: Sequence[str], at_a_time: int, on_done: Callable[[PairReport], None]
) -> list[GuestReport]:
    """Judge guests, some at a time, and send each the probes. Raises CannotJudge if one of them does not start."""
    reports: Mapping[str, PairReport] = {
        each.pair.implementation: each for each in judge(pairs, options, at_a_time, on_done)
    }
    guests = [pair.guest for pair in pairs]
    with ThreadPoolExecutor(at_a_time) as pool:
        found = list(pool.map(exchanges, guests))
    return [GuestReport(guest, reports[guest.name], each) for guest, each in zip(guests, found, strict=True)]
