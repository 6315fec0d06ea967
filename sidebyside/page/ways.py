"""The way of a request through each service: stations, each with what it passes on and with its source.

raw_router's stations are those of its trace. Flask and Django are asked for what they show of themselves: the rule that
matched, its converters, the view, and the response.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any

from markupsafe import Markup

from raw_router.messages import Request, Response
from raw_router.router import PARAMETER
from sidebyside.loading import loading_error
from sidebyside.page.reasons import Reason, asker_of
from sidebyside.page.settings import RunningService
from sidebyside.page.source import Excerpt, highlight_value
from sidebyside.page.trace import Step, StepKind, format_value, read_request, trace

CALLED = re.compile(r"\w+(?=\()")  # the class of a value, as repr writes it


@dataclass(frozen=True, slots=True)
class Station:
    """One place on the way: what happens there, its source, and the data that leaves it."""

    title: str
    note: str
    excerpt: Excerpt | None = None
    data: str = ""  # as Python writes it
    octets: str = ""  # lines of bytes
    kind: StepKind = "continues"

    @property
    def html(self) -> Markup:
        return highlight_value(self.data)

    @property
    def carries(self) -> str:
        """What leaves the station, in one word."""
        called = CALLED.match(self.data)
        return called[0] if called else "bytes" if self.octets else self.data.partition("\n")[0][:20] or "..."


@dataclass(frozen=True, slots=True)
class Way:
    """The way through one service."""

    name: str
    title: str
    colour: str
    stations: tuple[Station, ...]


def ways(data: bytes, services: Sequence[RunningService]) -> list[Way]:
    """Return the way of the first request in the bytes through each service that can be asked."""
    request = read_request(data).request
    routed = request if request and request.path != "*" else None
    return [way for each in services if (way := _way(each, data, routed))]


def _way(service: RunningService, data: bytes, request: Request | None) -> Way | None:
    if service.name == "raw":
        return Way("raw", "raw_router", service.colour, tuple(map(_from_step, trace(data))))
    if service.name not in FRAMEWORKS or request is None:
        return None
    try:
        framework: Framework = import_module(FRAMEWORKS[service.name]).FRAMEWORK
        stations = tuple(_stations(framework, asker_of(service.name)(request), request))
    except Exception as error:  # the sources may be edited
        return Way(service.name, service.name, service.colour, (_lost(error),))
    return Way(service.name, framework.title, service.colour, stations)


def _lost(error: Exception) -> Station:
    return Station("The application cannot be asked", loading_error(error), kind="refused")


def _from_step(step: Step) -> Station:
    return Station(step.title, step.note, step.excerpt, step.data, step.octets, step.kind)


# -- frameworks


@dataclass(frozen=True, slots=True)
class Match:
    """The rule of a route table that matched, and the values that it took from the path."""

    rule: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Framework:
    """What a framework can be asked: the rule for a request, its converters by name, and the response."""

    title: str
    table: str  # the name of its route table
    match: Callable[[Request], Match | None]
    converters: Callable[[], Mapping[str, Any]]
    default: str  # the name of the converter of a parameter without one
    handler: Callable[[Request], Response]


FRAMEWORKS: Mapping[str, str] = {"flask": "sidebyside.page.flask_way", "django": "sidebyside.page.django_way"}
"""The modules of the frameworks that can be asked, each with its FRAMEWORK. They import the implementations."""


def _stations(framework: Framework, reason: Reason, request: Request) -> Iterator[Station]:
    asked = f"The server calls the application with the method {request.method} and the path {request.path!r}."
    yield Station("The server calls the application", asked, data=f"environ({request.method} {request.path})")
    match = framework.match(request)
    table, *functions = reason.excerpts
    kind: StepKind = "continues" if match else "turns"
    yield Station(f"{framework.table} is asked", reason.text, table, match.rule if match else "no rule", kind=kind)
    if match and match.values:
        yield _converters(framework, match)
    for function in functions or [table]:
        if function.name:
            yield Station(f"{function.name} is called", "It makes the response.", function, "response")
    yield _response(framework.handler(request))


def _converters(framework: Framework, match: Match) -> Station:
    """Return the station at which parts of the path become arguments."""
    known = framework.converters()
    found = ((each["name"], known[each["converter"] or framework.default]) for each in PARAMETER.finditer(match.rule))
    note = " ".join(f"{name}: {_class_name(converter)} accepts {converter.regex}." for name, converter in found)
    return Station("The path becomes arguments", note, data=format_value(dict(match.values)))


def _class_name(converter: object) -> str:
    """Return the name of a converter: Flask has classes of them, Django objects."""
    return (converter if isinstance(converter, type) else type(converter)).__name__


def _response(response: Response) -> Station:
    status = f"{int(response.status)} {response.reason or HTTPStatus(response.status).phrase}"
    fields = "".join(f"\n{name}: {value}" for name, value in response.headers)
    return Station("The application responds", f"The server turns {status} into bytes.", octets=status + fields)
