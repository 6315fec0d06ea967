"""Reason phrases are those of IANA's registry, on every Python."""

from http import HTTPStatus

import pytest

import raw_router.messages
import shared_views.pages

# https://www.iana.org/assignments/http-status-codes, without the codes that it marks as unused.
REGISTRY = """\
100 Continue
101 Switching Protocols
102 Processing
103 Early Hints
200 OK
201 Created
202 Accepted
203 Non-Authoritative Information
204 No Content
205 Reset Content
206 Partial Content
207 Multi-Status
208 Already Reported
226 IM Used
300 Multiple Choices
301 Moved Permanently
302 Found
303 See Other
304 Not Modified
305 Use Proxy
307 Temporary Redirect
308 Permanent Redirect
400 Bad Request
401 Unauthorized
402 Payment Required
403 Forbidden
404 Not Found
405 Method Not Allowed
406 Not Acceptable
407 Proxy Authentication Required
408 Request Timeout
409 Conflict
410 Gone
411 Length Required
412 Precondition Failed
413 Content Too Large
414 URI Too Long
415 Unsupported Media Type
416 Range Not Satisfiable
417 Expectation Failed
421 Misdirected Request
422 Unprocessable Content
423 Locked
424 Failed Dependency
425 Too Early
426 Upgrade Required
428 Precondition Required
429 Too Many Requests
431 Request Header Fields Too Large
451 Unavailable For Legal Reasons
500 Internal Server Error
501 Not Implemented
502 Bad Gateway
503 Service Unavailable
504 Gateway Timeout
505 HTTP Version Not Supported
506 Variant Also Negotiates
507 Insufficient Storage
508 Loop Detected
510 Not Extended
511 Network Authentication Required
"""
UNUSED = {418: "I'm a Teapot"}  # a page of ours and the joke of RFC 2324; the registry marks the code as unused


@pytest.mark.parametrize("phrases", [raw_router.messages.REASON_PHRASES, shared_views.pages.REASON_PHRASES])
def test_phrases_are_those_of_the_registry(phrases: dict[int, str]) -> None:
    registered = (line.partition(" ") for line in REGISTRY.splitlines())
    assert phrases == {int(code): phrase for code, _, phrase in registered} | UNUSED


def test_every_status_has_a_phrase() -> None:
    assert raw_router.messages.REASON_PHRASES.keys() == set(HTTPStatus)
