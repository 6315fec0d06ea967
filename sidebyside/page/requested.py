"""What the page is asked to send: the parts of a request, or raw bytes, and perhaps to a server more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from http_contract.errors import CannotJudge
from sidebyside.compare.forms import URLENCODED, Content
from sidebyside.compare.messages import Message, fitting_message, message_of
from sidebyside.page.raw import bytes_of

PARTS = ("method", "path", "fields", "body")
NAMES = (*PARTS, "raw", "url")
SURROGATE = re.compile("[\ud800-\udfff]")  # JSON may have one alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The editor's fields, all of them text; raw, if there is any, stands for all parts."""

    method: str = "GET"
    path: str = "/"
    fields: str = ""  # a line each
    body: str = ""
    raw: str = ""
    url: str = ""  # of a server that is asked besides the three

    @property
    def ends_no_line(self) -> bool:
        """Tell whether raw bytes are written in lines, but with no end of line among them."""
        return "\n" in self.raw.strip() and r"\n" not in self.raw

    @property
    def message(self) -> Message:
        """Return what goes to each server. CannotJudge where it would be no message."""
        if self.raw:
            return fitting_message(bytes_of(self.raw))
        lines = [line for line in self.fields.splitlines() if line.strip()]
        content = Content(URLENCODED, self.body.encode()) if self.body else None
        return message_of(self.method, self.path, lines, content)


def requested_in(data: Any) -> Requested:
    """Return what a JSON object asks for. CannotJudge where it is none, or has what the editor has not."""
    if not isinstance(data, Mapping) or not data.keys() <= set(NAMES):
        raise CannotJudge(f"a JSON object with these names is wanted: {', '.join(NAMES)}")
    if not all(isinstance(value, str) for value in data.values()):
        raise CannotJudge("every value is a string")
    if SURROGATE.search("".join(data.values())):
        raise CannotJudge("a lone surrogate is half of a character of UTF-16, and no bytes stand for it")
    return Requested(**data)
