"""The goals for raw_router's speed, as data, and whether it reaches them."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Literal

from sidebyside.bench.peers import BASELINE
from sidebyside.bench.results import Results, figures, rates, ratios, spread
from sidebyside.bench.workloads import KIB, MIB


@dataclass(frozen=True, slots=True)
class Goal:
    """A peer under a workload is at least n times as fast as another peer, or as itself under another workload."""

    workload: str
    least: float
    than: str
    peer: str = BASELINE
    under: str = ""  # the workload of the other, if it is not the same


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of a peer under a workload is at most n."""

    workload: str
    peer: str
    figure: Literal["p99", "idle_memory", "peak_memory"]
    most: int
    title: str
    unit: str = "bytes"


POOL = "wsgi on raw_router pool"

GOALS = (
    Goal("same", 1.05, "bjoern"),
    Goal("same", 0.75, "nginx"),
    Goal("same", 2.0, "uvicorn"),
    Goal("same", 0.85, "bare loop"),
    Goal("same", 1.3, "uvicorn", "raw_router coroutines"),
    Goal("browser", 2.0, "uvicorn"),
    Goal("browser", 1.0, "bjoern"),
    Goal("browser", 0.5, "nginx"),
    Goal("pipelined", 1.0, "bjoern"),
    Goal("idle", 0.9, BASELINE, under="same"),
    Goal("connect", 1.0, "uvicorn"),
    Goal("connect", 1.0, "nginx"),
    *(
        Goal("same", least, f"{framework} on {server}", f"{framework} on raw_router pool")
        for framework, server, least in (
            ("flask", "granian", 1.05),
            ("flask", "gunicorn", 2.5),
            ("django", "granian", 1.25),
            ("django", "gunicorn", 2.5),
        )
    ),
    *(
        Goal(workload, least, f"wsgi on {server}", POOL)
        for workload, server, least in (
            ("wsgi", "granian", 1.0),
            ("wsgi", "bjoern", 0.6),
            ("body-100Ki", "granian", 1.0),
            ("body-100Ki", "bjoern", 1.0),
            ("body-100Ki", "gunicorn", 1.0),
            ("body-1Mi", "granian", 1.0),
            ("body-1Mi", "bjoern", 1.0),
            ("body-1Mi", "gunicorn", 1.0),
            ("body-10Mi", "gunicorn", 0.8),
            ("upload-1Ki", "bjoern", 0.6),
            ("upload-100Ki", "bjoern", 0.75),
            ("upload-1Mi", "bjoern", 0.9),
        )
    ),
    Goal("asgi", 1.2, "asgi on uvicorn", "asgi on raw_router"),
    Goal("asgi", 3.0, "asgi on uvicorn with h11", "asgi on raw_router"),
)
BOUNDS = (
    Bound("idle", BASELINE, "idle_memory", KIB, f"memory of {BASELINE} per idle connection"),
    Bound("idle", POOL, "idle_memory", KIB, f"memory of {POOL} per idle connection"),
    Bound("body-10Mi", POOL, "peak_memory", 16 * MIB, f"memory of {POOL} for 8 streams, more than without them"),
    Bound("blocking", POOL, "p99", 10_000, f"p99 of quick requests on {POOL}", "microseconds"),
)
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
    for bound in BOUNDS:
        yield from bound_result(bound, results)
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


def bound_result(bound: Bound, results: Results) -> Iterator[GoalResult]:
    rows = [row for row in results.measurements if (row.workload, row.peer) == (bound.workload, bound.peer)]
    found = figures(rows, bound.figure)
    if found:
        target, measured = f"at most {bound.most:,} {bound.unit}", f"{found.median:,.0f} {bound.unit}"
        yield GoalResult(f"{bound.workload}: {bound.title}", target, measured, found.median <= bound.most)


def growth_results(results: Results) -> Iterator[GoalResult]:
    """Compare the most routes with the fewest, for static paths."""
    rows = [row for row in results.growth if row.router == BASELINE and "static" in row.path]
    for path in dict.fromkeys(row.path for row in rows):
        fewest, *_, most = sorted((row for row in rows if row.path == path), key=lambda row: row.routes)
        grown = median(most.microseconds) / median(fewest.microseconds)
        name = f"routing, {path}: {most.routes:,} routes / {fewest.routes:,} routes"
        yield GoalResult(name, f"at most {MAX_GROWTH:.2f}", f"{grown:.2f}", grown <= MAX_GROWTH)
