"""What has been measured, as data that JSON holds whole: a table and a figure are made of it, now or later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

SCHEMA = "three-routers/bench/1"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One peer under one workload in one round; a fault says why there is no rate."""

    round: int
    workload: str
    peer: str
    rate: float | None = None  # answers a second
    p50: int | None = None  # microseconds
    p99: int | None = None
    idle_memory: float | None = None  # octets an idle connection
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """What one router takes to resolve one path among so many routes, round by round."""

    router: str
    path: str
    routes: int
    microseconds: list[float]


@dataclass(frozen=True, slots=True)
class About:
    """Where, when and how it was measured."""

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
    left_out: dict[str, str]  # peers, and how they are got


@dataclass(frozen=True, slots=True)
class Results:
    """All of one run."""

    about: About
    measurements: Sequence[Measurement] = field(default_factory=list)
    growth: Sequence[Growth] = field(default_factory=list)


def write(results: Results, file: Path) -> None:
    file.write_text(json.dumps({"schema": SCHEMA, **asdict(results)}, indent=1) + "\n")


def read(file: Path) -> Results:
    """Return what was written. Raises ValueError where a file is of another kind."""
    try:
        held = json.loads(file.read_text())
        if held["schema"] != SCHEMA:
            raise ValueError(f"its schema is {held['schema']}, not {SCHEMA}")
        return Results(
            About(**held["about"]),
            [Measurement(**row) for row in held["measurements"]],
            [Growth(**row) for row in held["growth"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} holds no results of sidebyside bench: {error}") from error
