"""Conditional requests: decides between the file, 304 and 412, in the order of RFC 9110 §13.2.2.

Flask has response.make_conditional(request), which accepts an unquoted ETag. Django has the decorator
condition(etag_func, last_modified_func), which answers 412 with its own page.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from shared_views import clock
from shared_views.files import File

# A text matches these expressions in at most one way, so that a hostile value takes no longer than another.
ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')  # §8.8.3
ENTITY_TAGS = re.compile(rf"[ \t,]*{ENTITY_TAG.pattern}(?:[ \t]*,[ \t,]*{ENTITY_TAG.pattern})*[ \t,]*")  # §13.1.1

# The three forms of an HTTP-date, two of them obsolete (§5.6.7).
DAY, MONTH = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
HTTP_DATE = re.compile(
    rf"{DAY}, [0-9]{{2}} {MONTH} [0-9]{{4}} {TIME} GMT"
    rf"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [0-9]{{2}}-{MONTH}-[0-9]{{2}} {TIME} GMT"
    rf"|{DAY} {MONTH} [ 0-9][0-9] {TIME} [0-9]{{4}}"
)


def evaluate(file: File, field: Callable[[str], str | None]) -> HTTPStatus:
    """Return 200, 304 or 412 for a GET or HEAD of the file, given a look-up of request header fields."""
    if not may_proceed(file, field("If-Match"), field("If-Unmodified-Since")):
        return HTTPStatus.PRECONDITION_FAILED
    if is_fresh(file, field("If-None-Match"), field("If-Modified-Since")):
        return HTTPStatus.NOT_MODIFIED
    return HTTPStatus.OK


def may_proceed(file: File, if_match: str | None, if_unmodified_since: str | None) -> bool:
    """Judge If-Match by strong comparison (§13.1.1), else If-Unmodified-Since (§13.1.4)."""
    if if_match is not None:
        return if_match.strip() == "*" or file.etag in entity_tags(if_match)
    date = parse_date(if_unmodified_since)
    return date is None or file.modified <= date


def is_fresh(file: File, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Judge If-None-Match by weak comparison (§13.1.2), else If-Modified-Since (§13.1.3)."""
    if if_none_match is not None:
        tags = {tag.removeprefix("W/") for tag in entity_tags(if_none_match)}
        return if_none_match.strip() == "*" or file.etag in tags
    date = parse_date(if_modified_since)
    return date is not None and file.modified <= date


def entity_tags(value: str) -> list[str]:
    """Return the entity tags of a list, or none if the list is malformed."""
    return ENTITY_TAG.findall(value) if ENTITY_TAGS.fullmatch(value) else []


def parse_date(value: str | None) -> datetime | None:
    """Return an HTTP-date in any of its three forms (§5.6.7); None for an invalid one, which is ignored."""
    if value is None or not HTTP_DATE.fullmatch(value):
        return None
    try:
        date = parsedate_to_datetime(value).replace(tzinfo=UTC)
        return in_nearest_century(date, clock.now().astimezone(UTC)) if "-" in value else date
    except ValueError:  # the day or the time does not exist
        return None


def in_nearest_century(date: datetime, now: datetime) -> datetime:
    """Return a date of which only two digits of the year are given: it is at most 50 years in the future (§5.6.7)."""
    latest = now.year + 50
    year = latest - (latest - date.year) % 100
    is_later = date.timetuple()[1:6] > now.timetuple()[1:6]
    return date.replace(year=year - 100 if year == latest and is_later else year)
