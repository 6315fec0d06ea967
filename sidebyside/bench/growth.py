"""How the time to resolve a path grows with the number of routes, in the three routers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from timeit import Timer
from typing import TypeAlias

from django.http import HttpResponse
from django.urls import path as django_path
from django.urls.resolvers import RegexPattern, URLResolver
from werkzeug.routing import Map, Rule

from raw_router.router import Router
from sidebyside.bench.results import Growth

SIZES = (10, 1_000, 100_000)
LEAST_TIME = 0.02  # seconds that one figure is taken of

Resolve: TypeAlias = Callable[[str], object]


def view(*arguments: object, **parameters: object) -> HttpResponse:
    """What all routes lead to; nobody calls it."""
    raise NotImplementedError


def raw_router(paths: Sequence[str]) -> Resolve:
    return partial(Router(dict.fromkeys(paths, view)).match, "GET")


def werkzeug(paths: Sequence[str]) -> Resolve:
    """Flask's router."""
    return Map([Rule(path, endpoint=path) for path in paths]).bind("localhost").match


def django(paths: Sequence[str]) -> Resolve:
    return URLResolver(RegexPattern(r"^/"), [django_path(path[1:], view) for path in paths]).resolve


ROUTERS: Mapping[str, Callable[[Sequence[str]], Resolve]] = {
    "raw_router": raw_router,
    "werkzeug": werkzeug,
    "django": django,
}


def static(number: int) -> str:
    return f"/route-{number}"


def parameter(number: int) -> str:
    return f"/route-{number}/<name>"


# What is asked for: its name, how the routes look, which of so many is asked for, and by which path.
QUESTIONS: Sequence[tuple[str, Callable[[int], str], Callable[[int], str]]] = (
    ("first static path", static, lambda size: static(0)),
    ("last static path", static, lambda size: static(size - 1)),
    ("last path with a parameter", parameter, lambda size: f"/route-{size - 1}/you"),
)


def grow(sizes: Sequence[int], rounds: int, tell: Callable[[str], None]) -> Iterator[Growth]:
    """Yield what each router takes for each question among each number of routes."""
    for router, make in ROUTERS.items():
        for route in (static, parameter):
            tell(f"routing: {router}, {' and '.join(f'{size:,}' for size in sizes)} routes like {route(0)}")
            resolvers = {size: make([route(number) for number in range(size)]) for size in sizes}
            for name, kind, path in QUESTIONS:
                if kind is route:
                    yield from measure(router, name, path, resolvers, rounds)


def measure(
    router: str, name: str, path: Callable[[int], str], resolvers: Mapping[int, Resolve], rounds: int
) -> Iterator[Growth]:
    """Time one question, the sizes in turn in each round."""
    questions = {size: (resolve, path(size)) for size, resolve in resolvers.items()}
    figures = [{size: lasts(*question) for size, question in questions.items()} for _ in range(rounds)]
    for size in resolvers:
        yield Growth(router, name, size, [figure[size] for figure in figures])


def lasts(resolve: Resolve, path: str) -> float:
    """Return the microseconds of one look-up."""
    resolve(path)  # Django compiles its patterns when they are first used
    timer = Timer("resolve(path)", globals={"resolve": resolve, "path": path})
    count = 1
    while (seconds := timer.timeit(count)) < LEAST_TIME:
        count *= 4
    return seconds / count * 1e6
