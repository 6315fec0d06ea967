"""The judge of HTTP servers: a black box that speaks raw bytes and imports nothing of what it judges.

These are the public names. Rules of your own import them from here; all other modules may change.
"""

from http_contract.client.connection import Connection
from http_contract.client.server import Server
from http_contract.errors import CannotJudge
from http_contract.http.request import Part, get, head, last, multipart, multipart_type, post, request
from http_contract.http.response import FieldLine, Response
from http_contract.http.transcript import Broken, Failure, Transcript, broken
from http_contract.rules.content import HTML, JSON, PROBLEM, FieldListed, Member, MemberOf, Records, Shows
from http_contract.rules.expectations import (
    CLIENT_ERRORS,
    All,
    BodyContains,
    BodyLacks,
    BodyMatches,
    Closes,
    Complete,
    Either,
    Framed,
    Has,
    Lacks,
    Lists,
    NoBody,
    NoInterim,
    NoReset,
    NothingAfter,
    NothingServed,
    Nth,
    Silent,
    SomeBody,
    Status,
    When,
    Without,
    first,
)
from http_contract.rules.model import Exchange, Expectation, Outcome, Rule, expect
from http_contract.rules.registry import BY_ID, RULES, STAGES
from http_contract.runner.rule_runner import ResultCache, run
from http_contract.runner.scheduler import judge

__all__ = [
    "BY_ID",
    "CLIENT_ERRORS",
    "HTML",
    "JSON",
    "PROBLEM",
    "RULES",
    "STAGES",
    "All",
    "BodyContains",
    "BodyLacks",
    "BodyMatches",
    "Broken",
    "CannotJudge",
    "Closes",
    "Complete",
    "Connection",
    "Either",
    "Exchange",
    "Expectation",
    "Failure",
    "FieldLine",
    "FieldListed",
    "Framed",
    "Has",
    "Lacks",
    "Lists",
    "Member",
    "MemberOf",
    "NoBody",
    "NoInterim",
    "NoReset",
    "NothingAfter",
    "NothingServed",
    "Nth",
    "Outcome",
    "Part",
    "Records",
    "Response",
    "ResultCache",
    "Rule",
    "Server",
    "Shows",
    "Silent",
    "SomeBody",
    "Status",
    "Transcript",
    "When",
    "Without",
    "broken",
    "expect",
    "first",
    "get",
    "head",
    "judge",
    "last",
    "multipart",
    "multipart_type",
    "post",
    "request",
    "run",
]
