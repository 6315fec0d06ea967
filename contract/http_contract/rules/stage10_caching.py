"""Stage 10, Files and caching, still: by what a client knows a file again, and need not fetch it twice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import get, last
from http_contract.http.response import FieldLine, Response
from http_contract.rules.content import Intact
from http_contract.rules.expectations import All, Complete, Has, NoBody, OfAnswer, Status, When, first
from http_contract.rules.model import Check, Expectation, Failure, Rule, expect, failed
from http_contract.rules.stage02_respond import IMF_FIXDATE
from http_contract.rules.stage04_methods import Comparison, compared
from http_contract.rules.stage10_files import FILES, SHOWN, STYLE, UNCODED, at

PATH, PICTURE = "/files/hello.txt", "/files/three-ways.png"
STYLE_PATH = "/style.css"
TAG = r'"[\x21\x23-\x7e\x80-\xff]*"'
DIRECTIVES = r'[ \t]*[\w-]+(=("[^"]*"|[^\s",]+))?([ \t]*,[ \t]*[\w-]+(=("[^"]*"|[^\s",]+))?)*[ \t]*'
WHOLE = All(SHOWN, Complete(), Intact("hello.txt"))
FRESH = Status(304)
FIXDATE = "like `Sun, 06 Nov 1994 08:49:37 GMT`"
NO_DATES = ("yesterday", "2100-01-01T00:00:00Z", "")
OTHER = '"no-such-tag"'
TOLD_AGAIN = ("ETag", "Cache-Control", "Content-Location", "Expires", "Vary")  # by a 304 as by a 200 (§15.4.5)


# -- conditions made of what an answer told

EXAMPLE = Response(
    fields=(FieldLine("ETag", '"5f3a9c"', 0), FieldLine("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT", 0))
)


def again(*asked: tuple[str, ...], expects: tuple[Expectation, ...], path: str = PATH, method: str = "GET") -> Check:
    """Return a check that asks for a file, then once more with each of these sets of conditions, filled in."""

    def check(server: Server) -> None:
        told = first(server.ask(get(path, UNCODED)))
        for conditions in asked:
            lines = (filled(condition, told) for condition in conditions)
            expect(server.ask(last(method, path, UNCODED, *lines)), *expects)

    words = (" and ".join(f"`{filled(condition, EXAMPLE)}`" for condition in conditions) for conditions in asked)
    check.__doc__ = (
        f"Ask for {path}. Where that tells, say, {told_by(EXAMPLE)}, send {method} for it once more with "
        f"{'; then with '.join(words)}. Legal: {', and '.join(map(str, expects))}."
    )
    return check


def told_by(response: Response) -> str:
    return " and ".join(f"`{line.name}: {line.value}`" for line in response.fields)


def filled(condition: str, told: Response) -> str:
    """Return the condition with the answer's validators. RuleFailed where there is not the one it takes."""
    try:
        return condition.format(**tags(told), **dates(told))
    except KeyError as missing:
        raise failed(Failure("no-validator", Params(condition=condition))) from missing


def tags(told: Response) -> dict[str, str]:
    """Return the ETag, the same as a weak one, and what matches it strongly: by itself and in a list."""
    etag = told.get("ETag")
    if etag is None:
        return {}
    if etag.startswith("W/"):  # which matches nothing strongly
        return {"etag": etag, "weak": etag, "strong": "*", "among": "*"}
    return {"etag": etag, "weak": f"W/{etag}", "strong": etag, "among": f"{OTHER}, {etag}"}


def dates(told: Response) -> dict[str, str]:
    """Return Last-Modified, in the other two forms as well, and dates before and after it, where there are such."""
    modified = date_of(told, "Last-Modified")
    if modified is None or modified.year == MAXYEAR:
        return {}
    return {
        "modified": format_datetime(modified, usegmt=True),
        "earlier": format_datetime(modified - timedelta(days=1), usegmt=True),
        "later": format_datetime(modified + timedelta(seconds=1), usegmt=True),
        "rfc850": f"{modified:%A, %d-%b-%y %H:%M:%S} GMT",
        "asctime": f"{modified:%a %b} {modified.day:2} {modified:%H:%M:%S %Y}",
    }


def date_of(told: Response, name: str) -> datetime | None:
    """Return the time that a field tells, None where it has not the one form that servers use."""
    value = told.get(name) or ""
    try:
        return parsedate_to_datetime(value) if re.fullmatch(IMF_FIXDATE, value) else None
    except ValueError:  # no such day or hour
        return None


# -- what is expected


@dataclass(frozen=True)
class NotModifiedLater(OfAnswer):
    """Last-Modified is no later than Date."""

    def __str__(self) -> str:
        return "Last-Modified no later than Date"

    def about(self, response: Response) -> Iterator[Failure]:
        modified, date = date_of(response, "Last-Modified"), date_of(response, "Date")
        if modified and date and modified > date:
            at = response.offset_of("Last-Modified")
            yield Failure("modified-later", Params(value=str(modified)), at)


def same_validators(got: Response, other: Response) -> Iterator[Failure]:
    """Where the second tells an ETag or a Last-Modified, it must be that of the first."""
    for name in ("ETag", "Last-Modified"):
        if other.get(name) not in (None, got.get(name)):
            yield Failure("unlike-get", Params(name=name), other.offset_of(name))


def told_again(got: Response, other: Response) -> Iterator[Failure]:
    """ETag, Cache-Control, Content-Location, Expires and Vary: those of the first must be there in the second."""
    for name in TOLD_AGAIN:
        if got.get(name) is not None and other.get(name) is None:
            yield Failure("missing-unlike-file", Params(name=name), other.start)


def compared_with_304(compare: Comparison) -> Check:
    """Return a check that compares the answer to a client that has a file with the answer to one that has not."""

    def check(server: Server) -> None:
        got = first(server.ask(get(PATH, UNCODED)))
        transcript = server.ask(get(PATH, UNCODED, filled("If-None-Match: {etag}", got)))
        for failure in compare(got, first(transcript)):
            raise failed(failure, transcript)

    check.__doc__ = f"Ask for {PATH}, then once more with `If-None-Match` and its ETag. {compare.__doc__}"
    return check


def tag_stays(server: Server) -> None:
    """Ask for the same file twice; both answers must have the same ETag."""
    before, transcript = first(server.ask(get(PATH, UNCODED))), server.ask(get(PATH, UNCODED))
    after = first(transcript)
    if before.get("ETag") != after.get("ETag"):
        raise failed(Failure("etag-changes", offset=after.offset_of("ETag")), transcript)


RULES = (
    Rule(
        id="caching-etag",
        stage=10,
        sentence="A file has an ETag, a name for its content in quotation marks.",
        hint='A hash of the content will do; the quotation marks are part of it: `ETag: "5f3a9c"`.',
        section="RFC 9110 §8.8.3",
        routes=FILES,
        needs=("files-intact", "files-binary"),
        exchanges=tuple(at(path, SHOWN, Has("ETag", f"(W/)?{TAG}", 'like `"5f3a9c"`')) for path in (PATH, PICTURE)),
    ),
    Rule(
        id="caching-etag-strong",
        stage=10,
        sentence="The ETag is a strong one: it changes with each byte of the file.",
        hint="Make it of the content, and send it without W/ before it.",
        section="RFC 9110 §8.8.1",
        level="SHOULD",
        routes=FILES,
        needs=("caching-etag",),
        exchanges=(at(PATH, Has("ETag", TAG, "without `W/`")),),
    ),
    Rule(
        id="caching-etag-stays",
        stage=10,
        sentence="As long as a file is the same, so is its ETag.",
        hint="Make it of the content alone: no counter, no time of now, and not hash(), which differs from run to run.",
        section="RFC 9110 §8.8.1",
        routes=FILES,
        needs=("caching-etag",),
        check=tag_stays,
    ),
    Rule(
        id="caching-last-modified",
        stage=10,
        sentence="A file says when it was last changed, in the form that all servers use.",
        hint="email.utils.formatdate(os.stat(path).st_mtime, usegmt=True).",
        section="RFC 9110 §8.8.2",
        routes=FILES,
        needs=("files-intact", "files-binary"),
        exchanges=tuple(at(path, SHOWN, Has("Last-Modified", IMF_FIXDATE, FIXDATE)) for path in (PATH, PICTURE)),
    ),
    Rule(
        id="caching-last-modified-past",
        stage=10,
        sentence="No file is last changed after its answer was made.",
        hint="Last-Modified is in GMT, not in local time.",
        section="RFC 9110 §8.8.2.1",
        routes=FILES,
        needs=("caching-last-modified", "respond-date-now"),
        exchanges=(at(PATH, NotModifiedLater()),),
    ),
    Rule(
        id="caching-head",
        stage=10,
        sentence="HEAD tells the ETag and the Last-Modified that GET tells.",
        hint="Make the answer as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("caching-etag-stays", "caching-last-modified-past", "files-head"),
        check=compared(same_validators, (PATH, PICTURE)),
    ),
    Rule(
        id="caching-control",
        stage=10,
        sentence="A file says for how long it may be kept.",
        hint="Send `Cache-Control: max-age=60` with it, for a minute.",
        section="RFC 9111 §5.2",
        level="SHOULD",
        routes=FILES,
        needs=("files-served",),
        exchanges=(at(PATH, Has("Cache-Control", DIRECTIVES, "like `public, max-age=60`")),),
    ),
    Rule(
        id="caching-none-match",
        stage=10,
        sentence="A client that has the file, and says so in If-None-Match, gets 304.",
        hint="Compare If-None-Match with the ETag before you send the file.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-etag-stays",),
        check=again(("If-None-Match: {etag}",), expects=(FRESH,)),
    ),
    Rule(
        id="caching-none-match-other",
        stage=10,
        sentence="A client that has another version in If-None-Match gets the file.",
        hint="Compare the ETags: that there is an If-None-Match is not enough.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(at(PATH, WHOLE, fields=(f"If-None-Match: {tags}",)) for tags in (OTHER, f'W/{OTHER}, "other"')),
    ),
    Rule(
        id="caching-none-match-list",
        stage=10,
        sentence="If-None-Match may name several versions: one that fits is enough.",
        hint="Split the value at its commas, strip white space, and compare each.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-none-match",),
        check=again(
            (f"If-None-Match: {OTHER}, {{etag}}",),
            (f"If-None-Match: {{etag}},{OTHER}",),
            (f'If-None-Match: "a,b" , {OTHER} ,, {{etag}}',),
            expects=(FRESH,),
        ),
    ),
    Rule(
        id="caching-none-match-lines",
        stage=10,
        sentence="Two lines of If-None-Match are one list.",
        hint="Join the values of fields of the same name with a comma.",
        section="RFC 9110 §5.3",
        routes=FILES,
        needs=("caching-none-match-list",),
        check=again(
            (f"If-None-Match: {OTHER}", "If-None-Match: {etag}"),
            ("If-None-Match: {etag}", f"If-None-Match: {OTHER}"),
            expects=(FRESH,),
        ),
    ),
    Rule(
        id="caching-none-match-weak",
        stage=10,
        sentence="For If-None-Match, W/ before an ETag does not count.",
        hint="Drop a leading W/ on both sides before you compare: a proxy that compresses puts it there.",
        section="RFC 9110 §8.8.3.2",
        routes=FILES,
        needs=("caching-none-match",),
        check=again(("If-None-Match: {weak}",), expects=(FRESH,)),
    ),
    Rule(
        id="caching-none-match-any",
        stage=10,
        sentence="If-None-Match: * fits any version.",
        hint="Look for the value * before you take the value for a list.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(at(PATH, FRESH, fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-modified-since",
        stage=10,
        sentence="A client that has the file since its last change, and says so in If-Modified-Since, gets 304.",
        hint="Where there is no If-None-Match, compare If-Modified-Since with Last-Modified, both in whole seconds.",
        section="RFC 9110 §13.1.3",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=again(("If-Modified-Since: {modified}",), expects=(FRESH,)),
    ),
    Rule(
        id="caching-modified-since-later",
        stage=10,
        sentence="So does one that has it since some time after its last change.",
        hint="Compare the times, not the texts: 304 where the file is not newer.",
        section="RFC 9110 §13.1.3",
        level="SHOULD",
        routes=FILES,
        needs=("caching-modified-since",),
        check=again(("If-Modified-Since: {later}",), expects=(FRESH,)),
    ),
    Rule(
        id="caching-modified-since-earlier",
        stage=10,
        sentence="A client that has the file since before its last change gets it anew.",
        hint="Read the date and compare: that there is an If-Modified-Since is not enough.",
        section="RFC 9110 §13.1.3",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=again(("If-Modified-Since: {earlier}",), expects=(WHOLE,)),
    ),
    Rule(
        id="caching-modified-since-old",
        stage=10,
        sentence="The date may have one of the two old forms.",
        hint="email.utils.parsedate_to_datetime reads all three.",
        section="RFC 9110 §5.6.7",
        routes=FILES,
        needs=("caching-modified-since",),
        check=again(("If-Modified-Since: {rfc850}",), ("If-Modified-Since: {asctime}",), expects=(FRESH,)),
    ),
    Rule(
        id="caching-modified-since-none",
        stage=10,
        sentence="An If-Modified-Since that is no date is passed over.",
        hint="Take a date in one of the three forms of HTTP alone; else go on as if the field were not there.",
        section="RFC 9110 §13.1.3",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(at(PATH, WHOLE, fields=(f"If-Modified-Since: {date}",)) for date in NO_DATES),
    ),
    Rule(
        id="caching-not-modified-body",
        stage=10,
        sentence="A 304 ends with its head.",
        hint="Send no body with a 304, and no Content-Length but that of the file.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(at(PATH, When(FRESH, NoBody()), fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-not-modified-date",
        stage=10,
        sentence="A 304 has a Date.",
        hint="Send Date with every answer.",
        section="RFC 9110 §6.6.1",
        routes=FILES,
        needs=("caching-none-match-any", "respond-date-form"),
        exchanges=(at(PATH, Has("Date", IMF_FIXDATE, FIXDATE), fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-not-modified-same",
        stage=10,
        sentence="An ETag or a Last-Modified on a 304 is that of the file.",
        hint="Make the fields as for 200, then decide which answer it is.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("caching-none-match", "caching-last-modified-past"),
        check=compared_with_304(same_validators),
    ),
    Rule(
        id="caching-not-modified-fields",
        stage=10,
        sentence="A 304 has the ETag, and the Cache-Control and Vary, that the file would come with.",
        hint="Make the fields as for 200, then leave out those about the content.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("caching-none-match",),
        check=compared_with_304(told_again),
    ),
    Rule(
        id="caching-none-match-head",
        stage=10,
        sentence="HEAD of a file that the client has is 304 as well.",
        hint="Let HEAD take the same way as GET; only leave out the body at the end.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-none-match", "caching-not-modified-body", "files-head"),
        check=again(("If-None-Match: {etag}",), expects=(FRESH, NoBody()), method="HEAD"),
    ),
    Rule(
        id="caching-style",
        stage=10,
        sentence="The stylesheet has an ETag and a Last-Modified.",
        hint="Serve the stylesheet by the same function as the files.",
        section="RFC 9110 §8.8",
        routes=STYLE,
        needs=("files-style",),
        exchanges=(
            at(STYLE_PATH, Has("ETag", f"(W/)?{TAG}", 'like `"5f3a9c"`'), Has("Last-Modified", IMF_FIXDATE, FIXDATE)),
        ),
    ),
    Rule(
        id="caching-style-fresh",
        stage=10,
        sentence="A client that has the stylesheet gets 304.",
        hint="Serve the stylesheet by the same function as the files.",
        section="RFC 9110 §13.1.2",
        routes=STYLE,
        needs=("caching-style",),
        check=again(("If-None-Match: {etag}",), ("If-Modified-Since: {modified}",), expects=(FRESH,), path=STYLE_PATH),
    ),
)
