"""Broken servers for stage 10, Files and caching: preconditions and their order."""

from collections.abc import Callable

from raw_router.messages import Handler, Request, Response
from shared_views.conditional import parse_date
from tests.mutants.serving import Mutant, answering, asking, handling
from tests.mutants.stage10_caching import conditioned, dropped, with_condition

DATE, TAGS = "If-Modified-Since", "If-None-Match"
CONDITIONS = (DATE, TAGS)


def refusing(name: str, refuses: Callable[[str], object]) -> Callable[[Request, Response], Response]:
    """Respond 412 instead of the file if a field has this value."""

    def changed(request: Request, response: Response) -> Response:
        value = request.field(name)
        refused = value is not None and response.status == 200 and refuses(value)
        return response._replace(status=412) if refused else response

    return changed


def without(name: str, where: str) -> Callable[[Request], Request]:
    """Ignore one condition if there is another."""
    return lambda request: request if request.field(where) is None else with_condition(request, name, None)


def either(handler: Handler) -> Handler:
    """Respond 304 if one condition leads to 304."""
    return lambda request: min((handler(alone) for alone in each(request)), key=is_sent)


def both(handler: Handler) -> Handler:
    """Respond 304 only if all conditions lead to 304."""
    return lambda request: max((handler(alone) for alone in each(request)), key=is_sent)


def each(request: Request) -> list[Request]:
    """Return the request with each of its conditions alone, or unchanged without both."""
    if None in map(request.field, CONDITIONS):
        return [request]
    return [with_condition(request, name, None) for name in CONDITIONS]


def is_sent(response: Response) -> bool:
    return response.status != 304


def fresh_before_found(request: Request, response: Response) -> Response:
    is_missing = request.path == "/files/missing.txt" and request.field(TAGS) == "*"
    return response._replace(status=304, body=b"") if is_missing else response


MUTANTS = (
    Mutant(id="any-if-match-fails", breaks=("preconditions-match",), serve=answering(refusing("If-Match", bool))),
    Mutant(id="if-match-ignored", breaks=("preconditions-match-other",), serve=conditioned("If-Match", dropped)),
    Mutant(
        id="weak-if-match",
        breaks=("preconditions-match-weak",),
        serve=conditioned("If-Match", lambda value: value.replace("W/", "")),
    ),
    Mutant(
        id="any-if-unmodified-since-fails",
        breaks=("preconditions-unmodified-since",),
        serve=answering(refusing("If-Unmodified-Since", parse_date)),
    ),
    Mutant(
        id="if-unmodified-since-ignored",
        breaks=("preconditions-unmodified-since-earlier",),
        serve=conditioned("If-Unmodified-Since", dropped),
    ),
    Mutant(
        id="no-date-fails",
        breaks=("preconditions-unmodified-since-invalid",),
        serve=answering(refusing("If-Unmodified-Since", lambda value: not parse_date(value))),
    ),
    Mutant(
        id="date-before-if-match",
        breaks=("preconditions-match-wins",),
        serve=asking(without("If-Match", where="If-Unmodified-Since")),
    ),
    Mutant(id="either-condition", breaks=("preconditions-none-match-wins",), serve=handling(either)),
    Mutant(id="both-conditions", breaks=("preconditions-none-match-alone",), serve=handling(both)),
    Mutant(
        id="304-before-412",
        breaks=("preconditions-match-first",),
        serve=asking(without("If-Match", where="If-None-Match")),
    ),
    Mutant(id="304-before-404", breaks=("preconditions-missing",), serve=answering(fresh_before_found)),
)
