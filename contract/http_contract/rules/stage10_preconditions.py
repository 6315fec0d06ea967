"""Stage 10, Files and caching: preconditions, and the order in which conditions are evaluated."""

from http_contract.rules.expectations import Status
from http_contract.rules.model import Rule
from http_contract.rules.stage10_caching import INVALID_DATES, NOT_MODIFIED, OTHER, PATH, conditional
from http_contract.rules.stage10_files import FILES, WHOLE_FILE, get_file

FAILED = Status(412)
MISSING = "/files/missing.txt"
CONDITIONS = (
    "If-None-Match: *",
    f"If-None-Match: {OTHER}",
    "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
    f"If-Match: {OTHER}",
    "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
)

RULES = (
    Rule(
        id="preconditions-match",
        stage=10,
        sentence="The server sends the file if If-Match contains the file's ETag or is *.",
        hint="Continue if one of the ETags in If-Match is the file's, or if the value is *.",
        section="RFC 9110 §13.1.1",
        routes=FILES,
        needs=("caching-etag-stable",),
        check=conditional(("If-Match: {strong}",), ("If-Match: {among}",), ("If-Match: *",), expects=(WHOLE_FILE,)),
    ),
    Rule(
        id="preconditions-match-other",
        stage=10,
        sentence="The server responds 412 if If-Match contains only other ETags.",
        hint="Compare If-Match with the ETag before the other conditions, and respond with 412 if no ETag is equal.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("files-served",),
        exchanges=tuple(get_file(PATH, FAILED, fields=(f"If-Match: {tags}",)) for tags in (OTHER, f'"a", {OTHER}')),
    ),
    Rule(
        id="preconditions-match-weak",
        stage=10,
        sentence="The server responds 412 if If-Match contains only weak ETags.",
        hint="Compare the ETags with their W/. A weak ETag never matches in If-Match.",
        section="RFC 9110 §8.8.3.2",
        routes=FILES,
        needs=("preconditions-match", "preconditions-match-other"),
        check=conditional(("If-Match: {weak}",), expects=(FAILED,)),
    ),
    Rule(
        id="preconditions-unmodified-since",
        stage=10,
        sentence="The server sends the file if If-Unmodified-Since is the file's Last-Modified.",
        hint="Continue if Last-Modified is not later than If-Unmodified-Since, both in whole seconds.",
        section="RFC 9110 §13.1.4",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=conditional(
            ("If-Unmodified-Since: {modified}",), ("If-Unmodified-Since: {later}",), expects=(WHOLE_FILE,)
        ),
    ),
    Rule(
        id="preconditions-unmodified-since-earlier",
        stage=10,
        sentence="The server responds 412 if If-Unmodified-Since is earlier than the file's Last-Modified.",
        hint="If there is no If-Match, compare If-Unmodified-Since with Last-Modified, and respond with 412.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=conditional(("If-Unmodified-Since: {earlier}",), expects=(FAILED,)),
    ),
    Rule(
        id="preconditions-unmodified-since-invalid",
        stage=10,
        sentence="The server ignores an If-Unmodified-Since that is not a valid date.",
        hint="Accept only the three date formats of HTTP. Otherwise continue as if the field were missing.",
        section="RFC 9110 §13.1.4",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(get_file(PATH, WHOLE_FILE, fields=(f"If-Unmodified-Since: {date}",)) for date in INVALID_DATES),
    ),
    Rule(
        id="preconditions-match-wins",
        stage=10,
        sentence="The server ignores If-Unmodified-Since if the request has an If-Match.",
        hint="Evaluate If-Match if it is present, otherwise If-Unmodified-Since, and never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=(
            "preconditions-match",
            "preconditions-match-other",
            "preconditions-unmodified-since",
            "preconditions-unmodified-since-earlier",
        ),
        check=conditional(("If-Match: {strong}", "If-Unmodified-Since: {earlier}"), expects=(WHOLE_FILE,)),
    ),
    Rule(
        id="preconditions-none-match-wins",
        stage=10,
        sentence="The server sends the file if no ETag in If-None-Match is the file's, regardless of "
        "If-Modified-Since.",
        hint="Evaluate If-None-Match if it is present, otherwise If-Modified-Since, and never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-none-match", "caching-none-match-other", "caching-modified-since"),
        check=conditional((f"If-None-Match: {OTHER}", "If-Modified-Since: {modified}"), expects=(WHOLE_FILE,)),
    ),
    Rule(
        id="preconditions-none-match-alone",
        stage=10,
        sentence="The server responds 304 if If-None-Match contains the file's ETag, regardless of If-Modified-Since.",
        hint="Evaluate If-None-Match if it is present, otherwise If-Modified-Since, and never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-none-match", "caching-modified-since-earlier"),
        check=conditional(("If-None-Match: {etag}", "If-Modified-Since: {earlier}"), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="preconditions-match-first",
        stage=10,
        sentence="The server responds 412 rather than 304 if both If-Match fails and If-None-Match matches.",
        hint="Evaluate If-Match or If-Unmodified-Since first, then If-None-Match or If-Modified-Since.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("preconditions-match-other", "caching-none-match-any"),
        exchanges=(get_file(PATH, FAILED, fields=("If-None-Match: *", f"If-Match: {OTHER}")),),
    ),
    Rule(
        id="preconditions-missing",
        stage=10,
        sentence="The server responds 404 to a file that does not exist, whatever the conditions in the request.",
        hint="Look for the file first. Evaluate conditions only if the response would be 200.",
        section="RFC 9110 §13.2.1",
        routes=FILES,
        needs=("files-missing",),
        exchanges=tuple(get_file(MISSING, Status(404), fields=(condition,)) for condition in CONDITIONS),
    ),
)
