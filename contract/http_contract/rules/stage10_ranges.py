"""Stage 10, Files and caching, still: a part of a file, which a server may leave whole."""

import re

from http_contract.rules.content import Intact, content_of
from http_contract.rules.expectations import All, BodyMatches, Complete, Either, Has, Status, When
from http_contract.rules.model import Exchange, Expectation, Rule
from http_contract.rules.stage10_files import FILES, SHOWN, at

NAME = "hello.txt"
WHOLE = All(SHOWN, Complete(), Intact(NAME))
PARTIAL = Status(206)
SIZE = len(content_of(NAME))
PART = All(
    Complete(),
    Has("Content-Range", rf"bytes 0-4/({SIZE}|\*)", f"`bytes 0-4/{SIZE}`"),
    BodyMatches(re.escape(content_of(NAME)[:5]), "just the first five bytes of the file"),
)


def ranged(asked: str, *expects: Expectation, fields: tuple[str, ...] = ()) -> Exchange:
    return at(f"/files/{NAME}", *expects, fields=(f"Range: {asked}", *fields))


RULES = (
    Rule(
        id="ranges-part",
        stage=10,
        sentence="Asked for a part of a file, a server sends the whole, or with 206 just that part.",
        hint="Pass over Range, as you may. If you do not: 206, Content-Range, and those bytes alone.",
        section="RFC 9110 §15.3.7",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(ranged("bytes=0-4", Either(WHOLE, PARTIAL), When(PARTIAL, PART)),),
    ),
    Rule(
        id="ranges-outside",
        stage=10,
        sentence="Asked for a part that a file does not have, or for none at all, a server sends the whole, or 416.",
        hint="Pass over Range, as you may. If you do not: 416 where no byte of the file is in the range.",
        section="RFC 9110 §15.5.17",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=tuple(
            ranged(asked, Either(WHOLE, Status(400, 416)))
            for asked in ("bytes=999999-", "bytes=x-y", "bytes=-", "bytes=4-0", "bytes")
        ),
    ),
    Rule(
        id="ranges-unit",
        stage=10,
        sentence="A Range in a unit that the server does not know is passed over.",
        hint="Take Range for a range of bytes only where it begins with `bytes=`.",
        section="RFC 9110 §14.2",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=(ranged("lines=0-4", WHOLE),),
    ),
    Rule(
        id="ranges-if-range",
        stage=10,
        sentence="A Range is passed over where If-Range names another version of the file.",
        hint="Compare If-Range with the file's ETag or Last-Modified before you look at Range; or pass over both.",
        section="RFC 9110 §13.1.5",
        routes=FILES,
        needs=("ranges-part",),
        exchanges=tuple(
            ranged("bytes=0-4", WHOLE, fields=(f"If-Range: {version}",))
            for version in ('"no-such-tag"', "Sat, 01 Jan 2000 00:00:00 GMT")
        ),
    ),
)
