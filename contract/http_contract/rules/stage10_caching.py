"""Stage 10, Files and caching: ETag, Last-Modified, Cache-Control and 304."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from http_contract.client.server import Server
from http_contract.http.params import Params
from http_contract.http.request import get, last
from http_contract.http.response import FieldLine, Response
from http_contract.rules.common import IMF_FIXDATE, OK, Comparison, compare_head
from http_contract.rules.expectations import Has, NoBody, OfAnswer, Status, When, first
from http_contract.rules.model import Check, Expectation, Failure, Rule, expect, failed
from http_contract.rules.stage10_files import FILES, IDENTITY, STYLE, WHOLE_FILE, get_file

PATH, PICTURE = "/files/hello.txt", "/files/three-ways.png"
STYLE_PATH = "/style.css"
ENTITY_TAG = r'"[\x21\x23-\x7e\x80-\xff]*"'
DIRECTIVES = r'[ \t]*[\w-]+(=("[^"]*"|[^\s",]+))?([ \t]*,[ \t]*[\w-]+(=("[^"]*"|[^\s",]+))?)*[ \t]*'
NOT_MODIFIED = Status(304)
FIXDATE = "like `Sun, 06 Nov 1994 08:49:37 GMT`"
INVALID_DATES = ("yesterday", "2100-01-01T00:00:00Z", "")
OTHER = '"no-such-tag"'
# Fields of a 200 that a 304 repeats (RFC 9110 §15.4.5).
REPEATED_IN_304 = ("ETag", "Cache-Control", "Content-Location", "Expires", "Vary")

EXAMPLE = Response(
    fields=(FieldLine("ETag", '"5f3a9c"', 0), FieldLine("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT", 0))
)


def conditional(
    *condition_sets: tuple[str, ...], expects: tuple[Expectation, ...], path: str = PATH, method: str = "GET"
) -> Check:
    """Return a check that requests a file, then once more with each of these sets of conditions, filled in."""

    def check(server: Server) -> None:
        response = first(server.ask(get(path, IDENTITY)))
        for conditions in condition_sets:
            lines = (fill_in(condition, response) for condition in conditions)
            expect(server.ask(last(method, path, IDENTITY, *lines)), *expects)

    words = (
        " and ".join(f"`{fill_in(condition, EXAMPLE)}`" for condition in conditions) for conditions in condition_sets
    )
    check.__doc__ = (
        f"Send GET for {path}. If the response contains, for example, {field_lines(EXAMPLE)}, "
        f"send {method} for it again with {'; then with '.join(words)}. Legal: {', and '.join(map(str, expects))}."
    )
    return check


def field_lines(response: Response) -> str:
    return " and ".join(f"`{line.name}: {line.value}`" for line in response.fields)


def fill_in(condition: str, response: Response) -> str:
    """Return the condition with the response's validators. RuleFailed if the one that it needs is missing."""
    try:
        return condition.format(**tags(response), **dates(response))
    except KeyError as missing:
        raise failed(Failure("no-validator", Params(condition=condition))) from missing


def tags(response: Response) -> dict[str, str]:
    """Return the ETag, its weak form, and values that match it strongly, alone and in a list."""
    etag = response.get("ETag")
    if etag is None:
        return {}
    if etag.startswith("W/"):  # a weak ETag matches nothing strongly
        return {"etag": etag, "weak": etag, "strong": "*", "among": "*"}
    return {"etag": etag, "weak": f"W/{etag}", "strong": etag, "among": f"{OTHER}, {etag}"}


def dates(response: Response) -> dict[str, str]:
    """Return Last-Modified in the three date formats, and dates before and after it; nothing without a valid date."""
    modified = date_of(response, "Last-Modified")
    if modified is None or modified.year == MAXYEAR:
        return {}
    return {
        "modified": format_datetime(modified, usegmt=True),
        "earlier": format_datetime(modified - timedelta(days=1), usegmt=True),
        "later": format_datetime(modified + timedelta(seconds=1), usegmt=True),
        "rfc850": f"{modified:%A, %d-%b-%y %H:%M:%S} GMT",
        "asctime": f"{modified:%a %b} {modified.day:2} {modified:%H:%M:%S %Y}",
    }


def date_of(response: Response, name: str) -> datetime | None:
    """Return the time in a field, None if it is not in the format IMF-fixdate."""
    value = response.get(name) or ""
    try:
        return parsedate_to_datetime(value) if re.fullmatch(IMF_FIXDATE, value) else None
    except ValueError:  # a day or hour that does not exist
        return None


@dataclass(frozen=True)
class NotModifiedLater(OfAnswer):
    """Last-Modified is not later than Date."""

    def __str__(self) -> str:
        return "Last-Modified no later than Date"

    def about(self, response: Response) -> Iterator[Failure]:
        modified, date = date_of(response, "Last-Modified"), date_of(response, "Date")
        if modified and date and modified > date:
            at = response.offset_of("Last-Modified")
            yield Failure("modified-later", Params(value=str(modified)), at)


def same_validators(full: Response, other: Response) -> Iterator[Failure]:
    """An ETag and a Last-Modified in the second response must be those of the first."""
    for name in ("ETag", "Last-Modified"):
        if other.get(name) not in (None, full.get(name)):
            yield Failure("unlike-get", Params(name=name), other.offset_of(name))


def same_fields_present(full: Response, other: Response) -> Iterator[Failure]:
    """ETag, Cache-Control, Content-Location, Expires and Vary of the first response must be in the second too."""
    for name in REPEATED_IN_304:
        if full.get(name) is not None and other.get(name) is None:
            yield Failure("missing-unlike-file", Params(name=name), other.start)


def compare_with_304(compare: Comparison) -> Check:
    """Return a check that compares the response to a client that has the file with the response to one that has not."""

    def check(server: Server) -> None:
        full = first(server.ask(get(PATH, IDENTITY)))
        transcript = server.ask(get(PATH, IDENTITY, fill_in("If-None-Match: {etag}", full)))
        for failure in compare(full, first(transcript)):
            raise failed(failure, transcript)

    check.__doc__ = f"Send GET for {PATH}, then again with `If-None-Match` and its ETag. {compare.__doc__}"
    return check


def etag_is_stable(server: Server) -> None:
    """Send GET for the same file twice. Both responses must have the same ETag."""
    before, transcript = first(server.ask(get(PATH, IDENTITY))), server.ask(get(PATH, IDENTITY))
    after = first(transcript)
    if before.get("ETag") != after.get("ETag"):
        raise failed(Failure("etag-changes", offset=after.offset_of("ETag")), transcript)


RULES = (
    Rule(
        id="caching-etag",
        stage=10,
        sentence="The server sends every file with an ETag, a quoted name for its content.",
        hint='Use a hash of the content. The quotation marks are part of the value: `ETag: "5f3a9c"`.',
        section="the service, /files",
        routes=FILES,
        needs=("files-intact", "files-binary"),
        exchanges=tuple(
            get_file(path, OK, Has("ETag", f"(W/)?{ENTITY_TAG}", 'like `"5f3a9c"`')) for path in (PATH, PICTURE)
        ),
    ),
    Rule(
        id="caching-etag-strong",
        stage=10,
        sentence="The server sends every file with a strong ETag, without W/.",
        hint="Build the ETag from the content, so that it changes with every byte of the file.",
        section="RFC 9110 §8.8.1",
        level="SHOULD",
        routes=FILES,
        needs=("caching-etag",),
        exchanges=(get_file(PATH, Has("ETag", ENTITY_TAG, "without `W/`")),),
    ),
    Rule(
        id="caching-etag-stable",
        stage=10,
        sentence="The ETag of a file stays the same while the file does not change.",
        hint="Build the ETag from the content alone, without a counter, the current time or a hash that differs "
        "in each run.",
        section="the service, /files",
        routes=FILES,
        needs=("caching-etag",),
        check=etag_is_stable,
    ),
    Rule(
        id="caching-last-modified",
        stage=10,
        sentence="The server sends every file with a Last-Modified field in the format IMF-fixdate.",
        hint="Format the file's modification time like `Sun, 06 Nov 1994 08:49:37 GMT`.",
        section="the service, /files",
        routes=FILES,
        needs=("files-intact", "files-binary"),
        exchanges=tuple(get_file(path, OK, Has("Last-Modified", IMF_FIXDATE, FIXDATE)) for path in (PATH, PICTURE)),
    ),
    Rule(
        id="caching-last-modified-past",
        stage=10,
        sentence="The Last-Modified field of a file is not later than Date.",
        hint="Last-Modified is in GMT, not in local time.",
        section="RFC 9110 §8.8.2.1",
        routes=FILES,
        needs=("caching-last-modified", "respond-date-now"),
        exchanges=(get_file(PATH, NotModifiedLater()),),
    ),
    Rule(
        id="caching-head",
        stage=10,
        sentence="The response to HEAD for a file has the same ETag and Last-Modified as the response to GET.",
        hint="Build the response as for GET, then leave out the body.",
        section="RFC 9110 §9.3.2",
        routes=FILES,
        needs=("caching-etag-stable", "caching-last-modified-past", "files-head"),
        check=compare_head(same_validators, (PATH, PICTURE)),
    ),
    Rule(
        id="caching-control",
        stage=10,
        sentence="The server sends every file with a Cache-Control field.",
        hint="Send `Cache-Control: max-age=60`, for example, to let clients store the file for a minute.",
        section="RFC 9111 §5.2",
        level="SHOULD",
        routes=FILES,
        needs=("files-served",),
        exchanges=(get_file(PATH, Has("Cache-Control", DIRECTIVES, "like `public, max-age=60`")),),
    ),
    Rule(
        id="caching-none-match",
        stage=10,
        sentence="The server responds 304 if If-None-Match contains the file's ETag.",
        hint="Compare If-None-Match with the ETag before you send the file.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-etag-stable",),
        check=conditional(("If-None-Match: {etag}",), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="caching-none-match-other",
        stage=10,
        sentence="The server sends the file if If-None-Match contains only other ETags.",
        hint="Compare the ETags. The presence of If-None-Match is not enough.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(
            get_file(PATH, WHOLE_FILE, fields=(f"If-None-Match: {tags}",)) for tags in (OTHER, f'W/{OTHER}, "other"')
        ),
    ),
    Rule(
        id="caching-none-match-list",
        stage=10,
        sentence="The server responds 304 if one ETag in the list of If-None-Match is the file's.",
        hint="Split the value at its commas, remove white space, and compare each ETag.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-none-match",),
        check=conditional(
            (f"If-None-Match: {OTHER}, {{etag}}",),
            (f"If-None-Match: {{etag}},{OTHER}",),
            (f'If-None-Match: "a,b" , {OTHER} ,, {{etag}}',),
            expects=(NOT_MODIFIED,),
        ),
    ),
    Rule(
        id="caching-none-match-lines",
        stage=10,
        sentence="The server reads two If-None-Match lines as one list.",
        hint="Join the values of header fields of the same name with a comma.",
        section="RFC 9110 §5.3",
        routes=FILES,
        needs=("caching-none-match-list",),
        check=conditional(
            (f"If-None-Match: {OTHER}", "If-None-Match: {etag}"),
            ("If-None-Match: {etag}", f"If-None-Match: {OTHER}"),
            expects=(NOT_MODIFIED,),
        ),
    ),
    Rule(
        id="caching-none-match-weak",
        stage=10,
        sentence="The server ignores W/ before an ETag in If-None-Match.",
        hint="Remove a leading W/ on both sides before you compare. Proxies that compress add it.",
        section="RFC 9110 §8.8.3.2",
        routes=FILES,
        needs=("caching-none-match",),
        check=conditional(("If-None-Match: {weak}",), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="caching-none-match-any",
        stage=10,
        sentence="The server responds 304 to `If-None-Match: *` if the file exists.",
        hint="Check for the value * before you read the value as a list.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(get_file(PATH, NOT_MODIFIED, fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-modified-since",
        stage=10,
        sentence="The server responds 304 if If-Modified-Since is the file's Last-Modified.",
        hint="If there is no If-None-Match, compare If-Modified-Since with Last-Modified, both in whole seconds.",
        section="RFC 9110 §13.2.2",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=conditional(("If-Modified-Since: {modified}",), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="caching-modified-since-later",
        stage=10,
        sentence="The server responds 304 if If-Modified-Since is later than the file's Last-Modified.",
        hint="Compare the times, not the texts. Respond with 304 if the file is not newer.",
        section="RFC 9110 §13.1.3",
        level="SHOULD",
        routes=FILES,
        needs=("caching-modified-since",),
        check=conditional(("If-Modified-Since: {later}",), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="caching-modified-since-earlier",
        stage=10,
        sentence="The server sends the file if If-Modified-Since is earlier than the file's Last-Modified.",
        hint="Parse the date and compare. The presence of If-Modified-Since is not enough.",
        section="RFC 9110 §13.1.3",
        routes=FILES,
        needs=("caching-last-modified-past",),
        check=conditional(("If-Modified-Since: {earlier}",), expects=(WHOLE_FILE,)),
    ),
    Rule(
        id="caching-modified-since-formats",
        stage=10,
        sentence="The server accepts If-Modified-Since in the two obsolete date formats.",
        hint="Use a function that parses all three date formats of HTTP.",
        section="RFC 9110 §5.6.7",
        routes=FILES,
        needs=("caching-modified-since",),
        check=conditional(("If-Modified-Since: {rfc850}",), ("If-Modified-Since: {asctime}",), expects=(NOT_MODIFIED,)),
    ),
    Rule(
        id="caching-modified-since-invalid",
        stage=10,
        sentence="The server ignores an If-Modified-Since that is not a valid date.",
        hint="Accept only the three date formats of HTTP. Otherwise continue as if the field were missing.",
        section="RFC 9110 §13.1.3",
        routes=FILES,
        needs=("files-intact",),
        exchanges=tuple(get_file(PATH, WHOLE_FILE, fields=(f"If-Modified-Since: {date}",)) for date in INVALID_DATES),
    ),
    Rule(
        id="caching-not-modified-body",
        stage=10,
        sentence="A 304 response has no body.",
        hint="Send only the head. A Content-Length in it is the size of the file, not 0.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("files-intact",),
        exchanges=(get_file(PATH, When(NOT_MODIFIED, NoBody()), fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-not-modified-date",
        stage=10,
        sentence="A 304 response contains a Date field.",
        hint="Send Date with every response.",
        section="RFC 9110 §6.6.1",
        routes=FILES,
        needs=("caching-none-match-any", "respond-date-form"),
        exchanges=(get_file(PATH, Has("Date", IMF_FIXDATE, FIXDATE), fields=("If-None-Match: *",)),),
    ),
    Rule(
        id="caching-not-modified-same",
        stage=10,
        sentence="The ETag and Last-Modified of a 304 response are those of the file.",
        hint="Build the fields as for 200, then decide which response to send.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("caching-none-match", "caching-last-modified-past"),
        check=compare_with_304(same_validators),
    ),
    Rule(
        id="caching-not-modified-fields",
        stage=10,
        sentence="A 304 response contains the ETag, Vary, Cache-Control, Expires and Content-Location fields that "
        "a 200 response would contain.",
        hint="Build the fields as for 200, then leave out those about the content.",
        section="RFC 9110 §15.4.5",
        routes=FILES,
        needs=("caching-none-match",),
        check=compare_with_304(same_fields_present),
    ),
    Rule(
        id="caching-none-match-head",
        stage=10,
        sentence="The server responds 304 to HEAD for a file if If-None-Match contains its ETag.",
        hint="Handle HEAD like GET, and leave out the body at the end.",
        section="RFC 9110 §13.1.2",
        routes=FILES,
        needs=("caching-none-match", "caching-not-modified-body", "files-head"),
        check=conditional(("If-None-Match: {etag}",), expects=(NOT_MODIFIED, NoBody()), method="HEAD"),
    ),
    Rule(
        id="caching-style",
        stage=10,
        sentence="The server sends the stylesheet with an ETag and a Last-Modified field.",
        hint="Serve the stylesheet with the same function as the files.",
        section="the service, /style.css",
        routes=STYLE,
        needs=("files-style",),
        exchanges=(
            get_file(
                STYLE_PATH,
                Has("ETag", f"(W/)?{ENTITY_TAG}", 'like `"5f3a9c"`'),
                Has("Last-Modified", IMF_FIXDATE, FIXDATE),
            ),
        ),
    ),
    Rule(
        id="caching-style-fresh",
        stage=10,
        sentence="The server responds 304 to a client that already has the stylesheet.",
        hint="Serve the stylesheet with the same function as the files.",
        section="RFC 9110 §13.1.2",
        routes=STYLE,
        needs=("caching-style",),
        check=conditional(
            ("If-None-Match: {etag}",), ("If-Modified-Since: {modified}",), expects=(NOT_MODIFIED,), path=STYLE_PATH
        ),
    ),
)
