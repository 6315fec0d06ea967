"""The public names of http_contract, in the groups that its docstring describes. Import them from http_contract."""

from http_contract.client.connection import Connection
from http_contract.client.server import Server, server_at, url_from
from http_contract.client.transport import ConnectionFailed
from http_contract.errors import CannotJudge
from http_contract.http.params import Params
from http_contract.http.request import Part, get, head, last, multipart, multipart_type, post, request
from http_contract.http.response import FieldLine, Response
from http_contract.http.transcript import Transcript
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
from http_contract.rules.registry import BY_ID, RULES, STAGES, Choice
from http_contract.runner.report import Report
from http_contract.runner.rule_runner import ResultCache, run
from http_contract.runner.scheduler import Scheduler, judge
from http_contract.runner.target import RemoteTarget
from http_contract.sandbox.launcher import LocalTarget

__all__: list[str] = []

# Rules
__all__ += [
    "Exchange",
    "Expectation",
    "Failure",
    "Params",
    "Rule",
    "RuleFailed",
    "custom",
    "expect",
    "fail",
    "first",
]

# Requests, as bytes
__all__ += [
    "Part",
    "get",
    "head",
    "last",
    "multipart",
    "multipart_type",
    "post",
    "request",
]

# Expectations
__all__ += [
    "CLIENT_ERRORS",
    "HTML",
    "JSON",
    "PROBLEM",
    "All",
    "BodyContains",
    "BodyLacks",
    "BodyMatches",
    "Closes",
    "Complete",
    "Either",
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
    "Records",
    "Shows",
    "Silent",
    "SomeBody",
    "Status",
    "When",
    "Without",
]

# The server, and the bytes that it sent
__all__ += [
    "Connection",
    "ConnectionFailed",
    "FieldLine",
    "Response",
    "Server",
    "Transcript",
]

# Judging from a program
__all__ += [
    "BY_ID",
    "RULES",
    "STAGES",
    "CannotJudge",
    "Choice",
    "Diagnosis",
    "LocalTarget",
    "Outcome",
    "RemoteTarget",
    "Report",
    "ResultCache",
    "Scheduler",
    "Skip",
    "judge",
    "run",
    "server_at",
    "url_from",
]
