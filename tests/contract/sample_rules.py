"""Sample rules: one that a correct server passes, one that it fails, and a function that makes others."""

from http_contract import Exchange, Rule
from http_contract.http.request import get
from http_contract.rules.expectations import Status


def rule(id: str = "a", **others: object) -> Rule:
    given = {"stage": 1, "sentence": "It is so.", "hint": "Do it.", "section": "RFC 9110 §1", **others}
    return Rule(id=id, **given)  # type: ignore[arg-type]


def asks(status: int) -> tuple[Exchange, ...]:
    return (Exchange((get("/"),), (Status(status),)),)


KEPT = rule("kept", exchanges=asks(200))
BROKEN = rule("broken", exchanges=asks(404))
