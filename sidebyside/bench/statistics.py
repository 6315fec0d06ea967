"""From rounds to figures: medians, how far they spread, and ratios that are taken round by round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from sidebyside.bench.results import Measurement


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures, the least and the greatest of them."""

    median: float
    least: float
    greatest: float


def spread(figures: Iterable[float]) -> Spread | None:
    """Return None where there are no figures."""
    known = list(figures)
    return Spread(median(known), min(known), max(known)) if known else None


@dataclass(frozen=True, slots=True)
class Summary:
    """One peer under one workload, over all rounds."""

    workload: str
    peer: str
    rate: Spread | None
    ratio: Spread | None  # to the baseline of the same round
    idle_memory: Spread | None
    faults: tuple[str, ...]


def rates(measurements: Iterable[Measurement], workload: str, peer: str) -> dict[int, float]:
    """Return the rate of each round that has one."""
    return {
        row.round: row.rate
        for row in measurements
        if row.workload == workload and row.peer == peer and row.rate is not None
    }


def ratios(these: dict[int, float], those: dict[int, float]) -> list[float]:
    """Return one figure over the other for each round that has both: what slows a machine down slows both."""
    return [these[number] / those[number] for number in sorted(these.keys() & those.keys())]


def summarise(measurements: Sequence[Measurement], workload: str, peer: str, baseline: str) -> Summary | None:
    """Return None where that was not measured."""
    rows = [row for row in measurements if row.workload == workload and row.peer == peer]
    if not rows:
        return None
    own = rates(rows, workload, peer)
    return Summary(
        workload,
        peer,
        spread(own.values()),
        spread(ratios(own, rates(measurements, workload, baseline))),
        spread(row.idle_memory for row in rows if row.idle_memory is not None),
        tuple(dict.fromkeys(row.fault for row in rows if row.fault)),
    )
