"""What a rule of the contract sends, as messages that can be sent to any server."""

from dataclasses import replace

from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import method_of
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.registry import BY_ID, unknown
from http_contract.runner.rule_runner import run
from sidebyside.compare.messages import Message, methods_in


def rule_named(id: str) -> Rule:
    """Return the rule. CannotJudge where there is none."""
    if id not in BY_ID:
        raise CannotJudge(unknown(id, BY_ID))
    return BY_ID[id]


def messages_of(rule: Rule, server: Server) -> tuple[Message, ...]:
    """Return each different message of a rule once. CannotJudge where it has none.

    Its exchanges are data. What its check sends is seen by running the check, against one server; connections that it
    holds at the same time are replayed one after the other.
    """
    exchanges = [_of_exchange(exchange) for exchange in rule.exchanges]
    messages = tuple(dict.fromkeys([*exchanges, *(_checked(rule, server) if rule.check else ())]))
    if not messages:
        raise CannotJudge(f"{rule.id} sends nothing whose answers could be compared")
    return messages


def _of_exchange(exchange: Exchange) -> Message:
    methods = exchange.methods or (method_of(exchange.sends),)
    return Message(exchange.sends, methods=methods, after=exchange.after)


def _checked(rule: Rule, server: Server) -> list[Message]:
    authority = server.authority.encode("latin-1")
    spoken = run(replace(rule, exchanges=()), server).transcripts
    sent = [tuple(piece.replace(authority, b"{authority}") for piece in heard.sent) for heard in spoken]
    return [Message(pieces, methods=methods_in(b"".join(pieces))) for pieces in sent if any(pieces)]
