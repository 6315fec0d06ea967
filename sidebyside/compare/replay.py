"""The requests of a contract rule, as messages that can be sent to any server."""

from dataclasses import replace

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import ANY_PAGE, method_of
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.registry import BY_ID, unknown
from http_contract.runner.rule_runner import run
from sidebyside.compare.request import Message, request_methods


def find_rule(id: str) -> Rule:
    """Return the rule with this id. Raises CannotJudge if there is none."""
    if id not in BY_ID:
        raise CannotJudge(unknown(id, BY_ID))
    return BY_ID[id]


def rule_messages(rule: Rule, server: Server) -> tuple[Message, ...]:
    """Return each different message of a rule once. Raises CannotJudge if the rule has none.

    A rule's exchanges are data. The messages of its check are recorded while the check runs against `server`;
    connections that the check opens at the same time become messages that are sent one after the other.
    """
    exchanges = [_exchange_message(exchange) for exchange in rule.exchanges]
    messages = tuple(dict.fromkeys([*exchanges, *(_record_check(rule, server) if rule.check else ())]))
    if not messages:
        raise CannotJudge(f"rule {rule.id} sends no requests, so there is nothing to compare")
    return messages


def _exchange_message(exchange: Exchange) -> Message:
    sends = tuple(piece.replace(ANY_PAGE.encode(), b"/") for piece in exchange.sends)
    return Message(sends, methods=exchange.methods or (method_of(sends),), after=exchange.after)


def _record_check(rule: Rule, server: Server) -> list[Message]:
    authority = server.authority.encode("latin-1")
    transcripts = run(replace(rule, exchanges=()), server).transcripts
    sent = [tuple(piece.replace(authority, b"{authority}") for piece in each.sent) for each in transcripts]
    return [Message(pieces, methods=request_methods(b"".join(pieces))) for pieces in sent if any(pieces)]
