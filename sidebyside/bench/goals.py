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
    """A goal, its target, and what was measured."""

    goal: str
    target: str
    measured: str
    reached: bool


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
        than = f"{goal.than} under {goal.under}" if goal.under else goal.than
        measured = f"{found.median:.2f} ({found.least:.2f} .. {found.greatest:.2f})"
        name = f"{goal.workload}: {goal.peer} / {than}"
        yield GoalResult(name, f"at least {goal.least:.2f}", measured, found.median >= goal.least)


def memory_result(results: Results) -> Iterator[GoalResult]:
    found = spread(
        row.idle_memory for row in results.measurements if row.peer == BASELINE and row.idle_memory is not None
    )
    if found:
        name = f"idle: memory of {BASELINE} per idle connection"
        target, measured = f"at most {MAX_IDLE_MEMORY:,} bytes", f"{found.median:,.0f} bytes"
        yield GoalResult(name, target, measured, found.median <= MAX_IDLE_MEMORY)


def growth_results(results: Results) -> Iterator[GoalResult]:
    """Compare the most routes with the fewest, for static paths."""
    rows = [row for row in results.growth if row.router == BASELINE and "static" in row.path]
    for path in dict.fromkeys(row.path for row in rows):
        fewest, *_, most = sorted((row for row in rows if row.path == path), key=lambda row: row.routes)
        grown = median(most.microseconds) / median(fewest.microseconds)
        name = f"routing, {path}: {most.routes:,} routes / {fewest.routes:,} routes"
        yield GoalResult(name, f"at most {MAX_GROWTH:.2f}", f"{grown:.2f}", grown <= MAX_GROWTH)
