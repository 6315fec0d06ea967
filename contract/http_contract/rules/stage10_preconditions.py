"""Stage 10, Files and caching, still: what a client demands of a file before it takes it, and what counts first."""

from http_contract.rules.expectations import Status
from http_contract.rules.model import Rule
from http_contract.rules.stage10_caching import FRESH, NO_DATES, OTHER, PATH, WHOLE, again
from http_contract.rules.stage10_files import FILES, at

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
        sentence="A client that demands in If-Match the version that there is gets the file.",
        hint="If-Match holds where one of its ETags is the file's, or where it is *.",
        section="RFC 9110 §13.1.1",
        routes=FILES,
        needs=("caching-etag-stable",),
        check=again(("If-Match: {strong}",), ("If-Match: {among}",), ("If-Match: *",), expects=(WHOLE,)),
    ),
    Rule(
        id="preconditions-match-other",
        stage=10,
        sentence="A client that demands another version gets 412.",
        hint="Compare If-Match with the ETag first of all, and answer 412 where none of its ETags fits.",
        section="RFC 9110 §13.1.1",
        routes=FILES,
        needs=("files-served",),
        exchanges=tuple(at(PATH, FAILED, fields=(f"If-Match: {tags}",)) for tags in (OTHER, f'"a", {OTHER}')),
    ),
    Rule(
        id="preconditions-match-weak",
        stage=10,
        sentence="For If-Match, an ETag with W/ before it fits nothing.",
        hint="Compare the ETags as they are, W/ and all; what is weak is never the same for sure.",
        section="RFC 9110 §8.8.3.2",
        routes=FILES,
        needs=("preconditions-match", "preconditions-match-other"),
        check=again(("If-Match: {weak}",), expects=(FAILED,)),
    ),
    Rule(
        id="preconditions-unmodified-since",
        stage=10,
        sentence="A client that demands a file as it was at its last change gets it.",
        hint="If-Unmodified-Since holds where Last-Modified is no later, both in whole seconds.",
        section="RFC 9110 §13.1.4",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=again(("If-Unmodified-Since: {modified}",), ("If-Unmodified-Since: {later}",), expects=(WHOLE,)),
    ),
    Rule(
        id="preconditions-unmodified-since-earlier",
        stage=10,
        sentence="A client that demands a file as it was before its last change gets 412.",
        hint="Where there is no If-Match, compare If-Unmodified-Since with Last-Modified, and answer 412.",
        section="RFC 9110 §13.1.4",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=again(("If-Unmodified-Since: {earlier}",), expects=(FAILED,)),
    ),
    Rule(
        id="preconditions-unmodified-since-invalid",
        stage=10,
        sentence="An If-Unmodified-Since that is no date is passed over.",
        hint="Take a date in one of the three forms of HTTP alone; else go on as if the field were not there.",
        section="RFC 9110 §13.1.4",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(at(PATH, WHOLE, fields=(f"If-Unmodified-Since: {date}",)) for date in NO_DATES),
    ),
    Rule(
        id="preconditions-match-wins",
        stage=10,
        sentence="Where there is an If-Match, If-Unmodified-Since does not count.",
        hint="Evaluate If-Match, or else If-Unmodified-Since; never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=(
            "preconditions-match",
            "preconditions-match-other",
            "preconditions-unmodified-since",
            "preconditions-unmodified-since-earlier",
        ),
        check=again(("If-Match: {strong}", "If-Unmodified-Since: {earlier}"), expects=(WHOLE,)),
    ),
    Rule(
        id="preconditions-none-match-wins",
        stage=10,
        sentence="Where there is an If-None-Match, If-Modified-Since does not count.",
        hint="Evaluate If-None-Match, or else If-Modified-Since; never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-none-match", "caching-none-match-other", "caching-modified-since"),
        check=again((f"If-None-Match: {OTHER}", "If-Modified-Since: {modified}"), expects=(WHOLE,)),
    ),
    Rule(
        id="preconditions-none-match-alone",
        stage=10,
        sentence="Nor does an If-Modified-Since that speaks for the file: what If-None-Match says is enough for 304.",
        hint="Evaluate If-None-Match, or else If-Modified-Since; never both.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-none-match", "caching-modified-since-earlier"),
        check=again(("If-None-Match: {etag}", "If-Modified-Since: {earlier}"), expects=(FRESH,)),
    ),
    Rule(
        id="preconditions-match-first",
        stage=10,
        sentence="What a client demands is judged before what it has: 412 comes before 304.",
        hint="First If-Match or If-Unmodified-Since, then If-None-Match or If-Modified-Since.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("preconditions-match-other", "caching-none-match-any"),
        exchanges=(at(PATH, FAILED, fields=("If-None-Match: *", f"If-Match: {OTHER}")),),
    ),
    Rule(
        id="preconditions-missing",
        stage=10,
        sentence="A file that is not there is 404, whatever the conditions.",
        hint="Look for the file first; conditions are for what would be 200.",
        section="RFC 9110 §13.2.1",
        routes=FILES,
        needs=("files-missing",),
        exchanges=tuple(at(MISSING, Status(404), fields=(condition,)) for condition in CONDITIONS),
    ),
)
