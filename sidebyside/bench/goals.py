"""The goals for raw_router's speed, as data, and whether it reaches them."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from sidebyside.bench.peers import APPLICATIONS, BASELINE
from sidebyside.bench.results import Results, rates, ratios, spread


@dataclass(frozen=True, slots=True)
class Goal:
    """A peer under a workload is at least n times as fast as another peer, or as itself under another workload."""

    workload: str
    least: float
    than: str
    peer: str = BASELINE
    under: str = ""  # the workload of the other, if it is not the same


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
        for framework in APPLICATIONS
        for driver in ("events", "threads")
        for server, least in (("granian", 1.0), ("gunicorn", 2.5))
    ),
)
MAX_IDLE_MEMORY = 3 * 1024  # octets per idle connection
MAX_GROWTH = 1.2  # time of a look-up among the most routes, divided by the time among the fewest


@dataclass(frozen=True, slots=True)
class GoalResult:
    """Whether a goal is reached, and by how much."""

    reached: bool
    sentence: str

    @property
    def text(self) -> str:
        return f"{'reached' if self.reached else 'MISSED '}  {self.sentence}"


def goal_results(results: Results) -> Iterator[GoalResult]:
    """Compare the results with each goal that they cover."""
    for goal in GOALS:
        yield from speed_result(goal, results)
    yield from memory_result(results)
    yield from growth_results(results)


def speed_result(goal: Goal, results: Results) -> Iterator[GoalResult]:
    own = rates(results.measurements, goal.workload, goal.peer)
    other = rates(results.measurements, goal.under or goal.workload, goal.than)
    found = spread(ratios(own, other))
    if found:
        than = f"under {goal.under}" if goal.under else goal.than
        how_much = f"{found.median:.2f} x {than} ({found.least:.2f} .. {found.greatest:.2f})"
        measured = f"{goal.workload}: {goal.peer} is {how_much}"
        yield GoalResult(found.median >= goal.least, f"{measured}, at least {goal.least:.2f}")


def memory_result(results: Results) -> Iterator[GoalResult]:
    found = spread(
        row.idle_memory for row in results.measurements if row.peer == BASELINE and row.idle_memory is not None
    )
    if found:
        yield GoalResult(
            found.median <= MAX_IDLE_MEMORY,
            f"idle: {BASELINE} uses {found.median:,.0f} bytes per idle connection, at most {MAX_IDLE_MEMORY:,}",
        )


def growth_results(results: Results) -> Iterator[GoalResult]:
    """Compare the most routes with the fewest, for static paths."""
    rows = [row for row in results.growth if row.router == BASELINE and "static" in row.path]
    for path in dict.fromkeys(row.path for row in rows):
        fewest, *_, most = sorted((row for row in rows if row.path == path), key=lambda row: row.routes)
        grown = median(most.microseconds) / median(fewest.microseconds)
        measured = f"routing, {path}: {most.routes:,} routes take {grown:.2f} x the time of {fewest.routes:,}"
        yield GoalResult(grown <= MAX_GROWTH, f"{measured}, at most {MAX_GROWTH:.2f}")
