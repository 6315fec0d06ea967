"""A step on the way of a request: a function, what it makes of what comes to it, in words and as data."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from rich.pretty import pretty_repr

from sidebyside.page.source import Excerpt, excerpt_of, highlighted_value

WIDTH = 84  # columns of a value
LONGEST = 240  # characters of a string in it
SHOWN = 1200  # octets of what comes and goes

Kind = Literal["goes on", "refused", "waits", "turns"]
"""What becomes of the request: it goes on, is refused, waits for more bytes, or takes another way than to a view."""


@dataclass(frozen=True, slots=True)
class Step:
    """One function that the request passes."""

    title: str
    function: Callable[..., Any]
    said: str
    data: str = ""  # as Python writes it
    octets: str = ""  # or as bytes, a line each
    kind: Kind = "goes on"

    @property
    def excerpt(self) -> Excerpt:
        return excerpt_of(self.function)

    @property
    def html(self) -> Markup:
        return highlighted_value(self.data)


def written(value: Any) -> str:
    """Return a value as Python writes it, in lines that can be read; where an object lies in memory tells nothing."""
    return re.sub(r" at 0x[0-9a-f]+>", ">", pretty_repr(value, max_width=WIDTH, max_string=LONGEST))
