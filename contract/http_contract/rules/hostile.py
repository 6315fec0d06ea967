"""Exchanges about bytes that are no request, or an odd one: refused for good, or borne."""

from http_contract.rules.expectations import CLIENT_ERRORS, Closes, Either, NothingServed, Silent, Status
from http_contract.rules.model import Exchange, Expectation

BAD = Status(400)
REFUSED = Status(*CLIENT_ERRORS, 501, 505)
BORNE = Status(200, *(code for code in CLIENT_ERRORS if code != 408), 501, 505)  # who says 408 has waited for more
AS_REQUEST = b"GET /time HTTP/1.1\r\nHost: localhost\r\n\r\n"  # a body that must not be taken for a request


def raw(start: str, *lines: str, host: str = "Host: {authority}") -> bytes:
    """Return a head with that first line; host may be "" for none. Characters are octets (Latin-1)."""
    return "\r\n".join((start, *([host] if host else []), *lines, "", "")).encode("latin-1")


FOLLOWING = raw("GET /time HTTP/1.1")


def refused(*bad: bytes, expects: Expectation = BAD) -> tuple[Exchange, ...]:
    """Bytes after which nobody knows where a request begins: an answer, at most an error for what follows, the end."""
    return tuple(
        Exchange((each + FOLLOWING,), (expects, NothingServed(), Closes()), after="await-close") for each in bad
    )


def repelled(*bad: bytes, expects: Expectation = REFUSED) -> tuple[Exchange, ...]:
    """Bytes that get an error, or just the end."""
    return tuple(Exchange((each,), (Either(expects, Silent()),)) for each in bad)


def borne(*odd: bytes, expects: Expectation = BORNE) -> tuple[Exchange, ...]:
    """Bytes that a server may take or refuse; what it may not is fail at them, or wait for more."""
    return tuple(Exchange((each,), (expects,)) for each in odd)
