"""What raw_router is to reach, as data, and whether it does."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from sidebyside.bench.peers import BASELINE, FRAMEWORKS
from sidebyside.bench.results import Results
from sidebyside.bench.statistics import rates, ratios, spread


@dataclass(frozen=True, slots=True)
class Goal:
    """A peer under a workload is at least so many times as fast as another, or as itself under another."""

    workload: str
    least: float
    than: str
    peer: str = BASELINE
    under: str = ""  # the other's workload, where it is not the same


GOALS = (
    Goal("same", 1.0, "bjoern"),
    Goal("same", 0.75, "nginx"),
    Goal("same", 2.0, "uvicorn"),
    Goal("same", 0.85, "bare loop"),
    Goal("browser", 1.25, "uvicorn"),
    Goal("browser", 0.9, "bjoern"),
    Goal("browser", 0.5, "nginx"),
    Goal("pipelined", 1.0, "bjoern"),
    Goal("idle", 0.9, BASELINE, under="same"),
    Goal("connect", 1.0, "uvicorn"),
    *(
        Goal("same", least, f"{framework} on {server}", f"{framework} on raw_router {driver}")
        for framework in FRAMEWORKS
        for driver in ("events", "threads")
        for server, least in (("granian", 1.0), ("gunicorn", 2.5))
    ),
)
IDLE_MEMORY = 3 * 1024  # octets an idle connection, at most
GROWTH = 1.2  # times what a look-up among the fewest routes takes, at most


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a goal is reached, and by how much."""

    kept: bool
    sentence: str

    @property
    def text(self) -> str:
        return f"{'reached' if self.kept else 'MISSED '}  {self.sentence}"


def verdicts(results: Results) -> Iterator[Verdict]:
    """Judge each goal that has been measured."""
    for goal in GOALS:
        yield from judge(goal, results)
    yield from judge_memory(results)
    yield from judge_growth(results)


def judge(goal: Goal, results: Results) -> Iterator[Verdict]:
    own = rates(results.measurements, goal.workload, goal.peer)
    other = rates(results.measurements, goal.under or goal.workload, goal.than)
    found = spread(ratios(own, other))
    if found:
        than = f"under {goal.under}" if goal.under else goal.than
        how = f"{goal.workload}: {goal.peer} is {found.median:.2f} x {than} ({found.least:.2f} .. {found.greatest:.2f})"
        yield Verdict(found.median >= goal.least, f"{how}, at least {goal.least:.2f}")


def judge_memory(results: Results) -> Iterator[Verdict]:
    found = spread(
        row.idle_memory for row in results.measurements if row.peer == BASELINE and row.idle_memory is not None
    )
    if found:
        yield Verdict(
            found.median <= IDLE_MEMORY,
            f"idle: {BASELINE} holds {found.median:,.0f} bytes an idle connection, at most {IDLE_MEMORY:,}",
        )


def judge_growth(results: Results) -> Iterator[Verdict]:
    """Judge static paths, the most routes against the fewest."""
    rows = [row for row in results.growth if row.router == BASELINE and "static" in row.path]
    for path in dict.fromkeys(row.path for row in rows):
        fewest, *_, most = sorted((row for row in rows if row.path == path), key=lambda row: row.routes)
        grown = median(most.microseconds) / median(fewest.microseconds)
        how = f"routing, {path}: {most.routes:,} routes take {grown:.2f} x the time of {fewest.routes:,}"
        yield Verdict(grown <= GROWTH, f"{how}, at most {GROWTH:.2f}")
