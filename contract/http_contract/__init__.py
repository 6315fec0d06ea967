"""The judge of HTTP servers: a black box that speaks raw bytes and imports nothing of what it judges.

These are the public names. Rules of your own import them from here; all other modules may change.
"""

from http_contract.client.connection import Connection
from http_contract.client.server import Server
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.params import Params
from http_contract.http.request import Part, get, head, last, multipart, multipart_type, post, request
from http_contract.http.response import FieldLine, Response
from http_contract.http.transcript import Transcript
from http_contract.rules.content import HTML, JSON, PROBLEM, FieldTold, Member, MemberOf, Records, Shows
from http_contract.rules.expectations import (
    CLIENT_ERRORS,
    All,
    BodyHolds,
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
from http_contract.rules.model import (
    Diagnosis,
    Exchange,
    Expectation,
    Failure,
    Outcome,
    Rule,
    RuleFailed,
    Skip,
    custom,
    expect,
    fail,
)
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
    "BodyHolds",
    "BodyLacks",
    "BodyMatches",
    "CannotJudge",
    "Closes",
    "Complete",
    "Connection",
    "ConnectionFailed",
    "Diagnosis",
    "Either",
    "Exchange",
    "Expectation",
    "Failure",
    "FieldLine",
    "FieldTold",
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
    "Params",
    "Part",
    "Records",
    "Response",
    "ResultCache",
    "Rule",
    "RuleFailed",
    "Server",
    "Shows",
    "Silent",
    "Skip",
    "SomeBody",
    "Status",
    "Transcript",
    "When",
    "Without",
    "custom",
    "expect",
    "fail",
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
