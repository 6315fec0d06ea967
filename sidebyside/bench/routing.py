"""The time to resolve a path among more and more routes, in the three routers, and in those of other frameworks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from timeit import Timer
from typing import Any, NamedTuple, TypeAlias

from django.urls import path as django_path
from django.urls.resolvers import RegexPattern, URLResolver
from werkzeug.routing import Map, Rule

from raw_router.router import Router
from sidebyside.bench.results import Growth

SIZES = (10, 1_000, 100_000)
MIN_TIME = 0.02  # seconds that one figure is computed from

Resolve: TypeAlias = Callable[[str], object]


def view(*_: object, **__: object) -> Any:
    """The view of all routes, which is never called."""


def raw_router(paths: Sequence[str]) -> Resolve:
    return partial(Router(dict.fromkeys(paths, view)).match, "GET")


def werkzeug(paths: Sequence[str]) -> Resolve:
    """Flask's router."""
    return Map([Rule(path, endpoint=path) for path in paths]).bind("localhost").match


def django(paths: Sequence[str]) -> Resolve:
    return URLResolver(RegexPattern(r"^/"), [django_path(path[1:], view) for path in paths]).resolve


class Maker(NamedTuple):
    """What makes a router of paths, the distribution that it requires, and how many routes it takes within a minute."""

    make: Callable[[Sequence[str]], Resolve]
    distribution: str = ""
    most: int = SIZES[-1]
    most_parameters: int = SIZES[-1]  # of routes with a parameter

    def sizes(self, sizes: Sequence[int], route: str) -> list[int]:
        """Return the numbers of such routes that the router can take."""
        most = self.most_parameters if "<" in route else self.most
        return [size for size in sizes if size <= most]


ROUTERS: Mapping[str, Maker] = {
    "raw_router": Maker(raw_router),
    "werkzeug": Maker(werkzeug),
    "django": Maker(django),
}


def static(number: int) -> str:
    return f"/route-{number}"


def parameter(number: int) -> str:
    return f"/route-{number}/<name>"


class Case(NamedTuple):
    """One path to resolve."""

    name: str
    route: Callable[[int], str]  # the route with a number
    path: Callable[[int], str]  # the path to resolve among n routes


CASES = (
    Case("first static path", static, lambda size: static(0)),
    Case("last static path", static, lambda size: static(size - 1)),
    Case("last path with a parameter", parameter, lambda size: f"/route-{size - 1}/you"),
)


def measure(
    routers: Mapping[str, Maker], sizes: Sequence[int], rounds: int, show_progress: Callable[[str], None]
) -> Iterator[Growth]:
    """Yield the times of each router for each case among each number of routes that it can take."""
    for router, maker in routers.items():
        for route in (static, parameter):
            taken = maker.sizes(sizes, route(0))
            show_progress(f"routing: {router}, {' and '.join(f'{size:,}' for size in taken)} routes like {route(0)}")
            resolvers = {size: maker.make([route(number) for number in range(size)]) for size in taken}
            for case in CASES:
                if case.route is route:
                    yield from measure_case(router, case, resolvers, rounds)


def measure_case(router: str, case: Case, resolvers: Mapping[int, Resolve], rounds: int) -> Iterator[Growth]:
    """Measure all sizes, one after the other, in each round."""
    figures = [
        {size: microseconds(resolve, case.path(size)) for size, resolve in resolvers.items()} for _ in range(rounds)
    ]
    for size in resolvers:
        yield Growth(router, case.name, size, [figure[size] for figure in figures])


def microseconds(resolve: Resolve, path: str) -> float:
    """Return the microseconds of one look-up."""
    resolve(path)  # Django compiles its patterns at their first use
    timer = Timer("resolve(path)", globals={"resolve": resolve, "path": path})
    count = 1
    while (seconds := timer.timeit(count)) < MIN_TIME:
        count *= 4
    return seconds / count * 1e6
