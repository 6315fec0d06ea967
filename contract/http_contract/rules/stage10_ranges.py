"""Stage 10, Files and caching: Range, which a server may ignore."""

import re

from http_contract.rules.content import content_of
from http_contract.rules.expectations import All, BodyMatches, Complete, Either, Has, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule
from http_contract.rules.stage10_files import FILES, WHOLE_FILE, get_file

NAME = "hello.txt"
PARTIAL = Status(206)
SIZE = len(content_of(NAME))
PART = All(
    Complete(),
    Has("Content-Range", rf"bytes 0-4/({SIZE}|\*)", f"`bytes 0-4/{SIZE}`"),
    BodyMatches(re.escape(content_of(NAME)[:5]), "only the first five bytes of the file"),
)


def get_range(ranges: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return get_file(f"/files/{NAME}", *expects, fields=(f"Range: {ranges}", *fields))


RULES = (
    Rule(
        id="ranges-part",
        stage=10,
        sentence="The server responds to a Range request with the whole file, or with 206 and exactly that part.",
        hint="You may ignore Range. If you do not, send 206, Content-Range and only these bytes.",
        section="RFC 9110 §15.3.7",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(get_range("bytes=0-4", Either(WHOLE_FILE, PARTIAL), When(PARTIAL, PART)),),
    ),
    Rule(
        id="ranges-outside",
        stage=10,
        sentence="The server responds to an invalid or unsatisfiable Range with the whole file, 400 or 416.",
        hint="You may ignore Range. If you do not, respond with 416 if the range contains no byte of the file.",
        section="RFC 9110 §15.5.17",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=tuple(
            get_range(ranges, Either(WHOLE_FILE, Status(400, 416)))
            for ranges in ("bytes=999999-", "bytes=x-y", "bytes=-", "bytes=4-0", "bytes")
        ),
    ),
    Rule(
        id="ranges-unit",
        stage=10,
        sentence="The server ignores a Range in an unknown unit.",
        hint="Use Range only if its value begins with `bytes=`.",
        section="RFC 9110 §14.2",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=(get_range("lines=0-4", WHOLE_FILE),),
    ),
    Rule(
        id="ranges-if-range",
        stage=10,
        sentence="The server ignores Range if If-Range names another version of the file.",
        hint="Compare If-Range with the file's ETag or Last-Modified before you use Range, or ignore both.",
        section="RFC 9110 §13.1.5",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=tuple(
            get_range("bytes=0-4", WHOLE_FILE, fields=(f"If-Range: {version}",))
            for version in ('"no-such-tag"', "Sat, 01 Jan 2000 00:00:00 GMT")
        ),
    ),
)
