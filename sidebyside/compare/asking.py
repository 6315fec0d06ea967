"""What is asked for on the command line, as messages: a request, a file of bytes, or a rule of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.rules.model import Rule
from sidebyside.compare.forms import Content, Part, data_of, form_of
from sidebyside.compare.messages import Message, message_of, raw_message
from sidebyside.compare.replaying import messages_of

WANTED = "METHOD and PATH are wanted, such as GET /time; or --raw FILE, or --rule RULE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One of three: a request, bytes, a rule. What is not given is None, or empty."""

    method: str | None = None
    path: str | None = None
    fields: Sequence[str] = ()
    data: Sequence[bytes] = ()
    parts: Sequence[Part] = ()
    raw: bytes | None = None
    rule: Rule | None = None

    @property
    def is_request(self) -> bool:
        return self.raw is None and self.rule is None

    def check(self) -> None:
        """Raise CannotJudge where it is not one of the three, or contradicts itself."""
        if self.raw is not None and self.rule is not None:
            raise CannotJudge("--raw and --rule both say what to send; one can")
        if self.is_request and (self.method is None or self.path is None):
            raise CannotJudge(WANTED)
        if not self.is_request and (self.method or self.fields or self.data or self.parts):
            raise CannotJudge("--raw and --rule say all that is sent; METHOD, PATH, -H, -d and -F are for a request")
        if self.data and self.parts:
            raise CannotJudge("-d and -F both make the body; one can")
        if self.is_request:
            self._request()

    def messages(self, server: Server) -> tuple[Message, ...]:
        """Return what to send; a rule's check is run against that server, to see what it sends."""
        if self.rule is not None:
            return messages_of(self.rule, server)
        if self.raw is not None:
            return (raw_message(self.raw),)
        return (self._request(),)

    def _request(self) -> Message:
        return message_of(self.method or "", self.path or "", self.fields, self._content())

    def _content(self) -> Content | None:
        if self.parts:
            return form_of(self.parts)
        return data_of(self.data) if self.data else None
