"""The results of a run, as data and as JSON; and what is computed from them: medians, spreads and ratios."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

SCHEMA = "three-routers/bench/1"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One peer under one workload in one round; if there is no rate, the fault says why."""

    round: int
    workload: str
    peer: str
    rate: float | None = None  # responses per second, or per second of CPU time
    p50: int | None = None  # microseconds
    p99: int | None = None
    idle_memory: float | None = None  # octets per idle connection
    fault: str | None = None
    peak_memory: float | None = None  # octets at most while responses are streamed, more than before


@dataclass(frozen=True, slots=True)
class Growth:
    """The time that one router takes to resolve one path among n routes, in each round."""

    router: str
    path: str
    routes: int
    microseconds: list[float]


@dataclass(frozen=True, slots=True)
class About:
    """Where, when and how a run was measured."""

    date: str
    system: str
    python: str
    processor: str
    cores: int
    server_core: int
    load_core: int
    rounds: int
    seconds: int
    connections: int
    versions: dict[str, str]  # of peers, and of wrk
    left_out: dict[str, str]  # peers, and how to install them
    by_cpu: bool = False  # rates are responses per second of the server's CPU time


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run has measured."""

    about: About
    measurements: Sequence[Measurement] = field(default_factory=list)
    growth: Sequence[Growth] = field(default_factory=list)


def write(results: Results, file: Path) -> None:
    file.write_text(json.dumps({"schema": SCHEMA, **asdict(results)}, indent=1) + "\n")


def read(file: Path) -> Results:
    """Return the results in a file. Raises ValueError if the file contains none."""
    try:
        data = json.loads(file.read_text())
        if data["schema"] != SCHEMA:
            raise ValueError(f"its schema is {data['schema']}, not {SCHEMA}")
        return Results(
            About(**data["about"]),
            [Measurement(**row) for row in data["measurements"]],
            [Growth(**row) for row in data["growth"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} does not contain results of sidebyside bench: {error}") from error


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, the least and the greatest of some figures."""

    median: float
    least: float
    greatest: float


@dataclass(frozen=True, slots=True)
class Summary:
    """One peer under one workload, over all rounds."""

    workload: str
    peer: str
    rate: Spread | None
    ratio: Spread | None  # to the baseline of the same round
    p99: Spread | None  # microseconds
    idle_memory: Spread | None
    peak_memory: Spread | None
    faults: tuple[str, ...]


def spread(figures: Iterable[float]) -> Spread | None:
    """Return None if there are no figures."""
    known = list(figures)
    return Spread(median(known), min(known), max(known)) if known else None


def figures(rows: Iterable[Measurement], name: str) -> Spread | None:
    """Return the spread of a figure over some measurements."""
    return spread(figure for row in rows if (figure := getattr(row, name)) is not None)


def rates(measurements: Iterable[Measurement], workload: str, peer: str) -> dict[int, float]:
    """Return the rate of each round that has one."""
    return {
        row.round: row.rate
        for row in measurements
        if row.workload == workload and row.peer == peer and row.rate is not None
    }


def ratios(rates: dict[int, float], baseline: dict[int, float]) -> list[float]:
    """Return the ratio in each round that has both rates: a slow machine slows both down."""
    return [rates[number] / baseline[number] for number in sorted(rates.keys() & baseline.keys())]


def summarise(measurements: Sequence[Measurement], workload: str, peer: str, baseline: str) -> Summary | None:
    """Return None if the peer was not measured under the workload."""
    rows = [row for row in measurements if row.workload == workload and row.peer == peer]
    if not rows:
        return None
    own = rates(rows, workload, peer)
    return Summary(
        workload,
        peer,
        spread(own.values()),
        spread(ratios(own, rates(measurements, workload, baseline))),
        figures(rows, "p99"),
        figures(rows, "idle_memory"),
        figures(rows, "peak_memory"),
        tuple(dict.fromkeys(row.fault for row in rows if row.fault)),
    )
