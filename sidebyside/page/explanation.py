"""The explanation of a response, as HTML: each service's reason for it, and the way of the request through each.

It asks the routers of the implementations, and so imports them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from sidebyside.page.reasons import Reason, reason_for
from sidebyside.page.settings import RunningService
from sidebyside.page.ways import ways

TEMPLATES = Environment(loader=PackageLoader("sidebyside.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class ReasonPane:
    """The reason for the response of one service, or of all services."""

    names: str
    colour: str
    reason: Reason


def explain(data: bytes, services: Sequence[RunningService]) -> str:
    """Return the reasons for the responses to these bytes and the way of their first request, as HTML."""
    return TEMPLATES.get_template("explanation.html").render(
        reasons=grouped_reasons(data, services), ways=ways(data, services)
    )


def grouped_reasons(data: bytes, services: Sequence[RunningService]) -> list[ReasonPane]:
    """Return a reason for each service, or a single one if it is the same for all."""
    panes = [ReasonPane(each.name, each.colour, reason_for(data, each.name, each.server)) for each in services]
    if len({each.reason for each in panes}) > 1:
        return panes
    return [ReasonPane(", ".join(each.names for each in panes), "", panes[0].reason)]
