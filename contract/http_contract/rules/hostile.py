"""Exchanges that send malformed or unusual requests, which a server must reject, may reject or must survive."""

from http_contract.http.request import chunked
from http_contract.rules.expectations import CLIENT_ERRORS, Closes, Either, NothingServed, Silent, Status
from http_contract.rules.model import Exchange, Expectation

BAD_REQUEST = Status(400)
REJECTED = Status(*CLIENT_ERRORS, 501, 505)
# Not 408: a server that sends it waited for more.
SURVIVED = Status(200, *(code for code in CLIENT_ERRORS if code != 408), 501, 505)
REDIRECTED = Status(301)  # to the target with its illegal characters encoded (RFC 9112 §3.2)
END_OF_CHUNKS = chunked([])
BODY_LIKE_REQUEST = b"GET /time HTTP/1.1\r\nHost: localhost\r\n\r\n"  # must not be read as a request


def raw_head(start: str, *lines: str, host: str = "Host: {authority}") -> bytes:
    """Return a head with this first line, and without Host if it is "". Each character is one octet (Latin-1)."""
    return "\r\n".join((start, *([host] if host else []), *lines, "", "")).encode("latin-1")


NEXT_REQUEST = raw_head("GET /time HTTP/1.1")


def must_reject(*bad: bytes, expects: Expectation = BAD_REQUEST) -> tuple[Exchange, ...]:
    """Return exchanges after which the start of the next request is unknown: a response, at most errors, the end."""
    return tuple(
        Exchange((each + NEXT_REQUEST,), (expects, NothingServed(), Closes()), after="await-close") for each in bad
    )


def may_close(*bad: bytes, expects: Expectation = REJECTED) -> tuple[Exchange, ...]:
    """Return exchanges that get an error, or just the end of the connection."""
    return tuple(Exchange((each,), (Either(expects, Silent()),)) for each in bad)


def must_survive(*odd: bytes, expects: Expectation = SURVIVED) -> tuple[Exchange, ...]:
    """Return exchanges that a server may accept or reject, but must respond to without waiting for more."""
    return tuple(Exchange((each,), (expects,)) for each in odd)
