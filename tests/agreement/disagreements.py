"""Where h11 and httptools judge a request otherwise than raw_router, each with its reason, once.

Sections are of RFC 9112 unless they say otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.agreement import oddities
from tests.agreement.oddities import Parts

H11 = frozenset({"h11"})
HTTPTOOLS = frozenset({"httptools"})
BOTH = H11 | HTTPTOOLS

LAXER = "accepts what raw_router refuses"
STRICTER = "refuses what raw_router accepts"
OTHER = "reads something else"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Judges that differ, how, on requests of what kind, and why."""

    judges: frozenset[str]
    how: str
    recognise: Callable[[Parts], bool]
    reason: str


DISAGREEMENTS = (
    # The request line
    Disagreement(
        H11, STRICTER, oddities.empty_line_before, "§2.2: one empty line is to be passed over; h11 knows none"
    ),
    Disagreement(
        HTTPTOOLS,
        LAXER,
        oddities.lines_before,
        "§2.2: one empty line is CR LF; llhttp passes over any number of CR and LF",
    ),
    Disagreement(
        HTTPTOOLS, LAXER, oddities.no_version, "§3: a request line has a version; llhttp reads HTTP/0.9 still"
    ),
    Disagreement(
        HTTPTOOLS, LAXER, oddities.more_spaces, "§3: there is one space; a server may take more, as llhttp does"
    ),
    Disagreement(
        BOTH, LAXER, oddities.unknown_method, "RFC 9110 §9.1: any token is a method; that we have none such is 501"
    ),
    Disagreement(
        BOTH,
        LAXER,
        oddities.another_major_version,
        "RFC 9110 §2.5: HTTP/2.0 is of another syntax, 505; the two leave it to their caller",
    ),
    Disagreement(HTTPTOOLS, LAXER, oddities.another_protocol, "§2.3: the protocol is HTTP; llhttp reads RTSP, too"),
    Disagreement(
        HTTPTOOLS,
        STRICTER,
        oddities.later_minor_version,
        "RFC 9110 §2.5: HTTP/1.2 is to be read as HTTP/1.1; llhttp knows versions by a list",
    ),
    # The target and the host
    Disagreement(
        BOTH, LAXER, oddities.target_that_is_no_uri, "§3.2: the grammar of URIs is left to their caller by the two"
    ),
    Disagreement(
        BOTH,
        LAXER,
        oddities.path_with_nul,
        "RFC 3986 §7.3: an encoded NUL is dangerous; the two leave encoded octets to their caller",
    ),
    Disagreement(BOTH, LAXER, oddities.asterisk, "§3.2.4: only OPTIONS asks for *; left to their caller, too"),
    Disagreement(
        BOTH,
        LAXER,
        oddities.bad_authority,
        "RFC 9110 §4.2: http has a host and should have no userinfo; the two do not look at it",
    ),
    Disagreement(HTTPTOOLS, LAXER, oddities.no_host, "§3.2: Host must be there; llhttp has no idea of single fields"),
    Disagreement(HTTPTOOLS, LAXER, oddities.two_hosts, "§3.2: Host must be there once; the same"),
    Disagreement(BOTH, LAXER, oddities.bad_host, "§3.2: a bad Host must get 400; the two do not look at it"),
    # Fields
    Disagreement(BOTH, LAXER, oddities.many_fields, "RFC 9110 §5.4: how many are too many is for a server to say"),
    Disagreement(
        BOTH,
        LAXER,
        oddities.another_expectation,
        "RFC 9110 §10.1.1: what cannot be met may get 417; the two do not look at it",
    ),
    Disagreement(H11, LAXER, oddities.bare_lf, "§2.2: a server may take LF for CR LF, as h11 does"),
    Disagreement(H11, LAXER, oddities.folded_line, "§5.2: 400, or a space for the fold, as h11 makes of it"),
    Disagreement(
        H11,
        LAXER,
        oddities.control_character,
        "RFC 9110 §5.5: other than CR, LF and NUL, a server may keep them in a value, as h11 does",
    ),
    # Framing
    Disagreement(H11, LAXER, oddities.length_and_coding, "§6.3: to be refused, or the coding wins, as in h11"),
    Disagreement(BOTH, LAXER, oddities.coding_in_http_1_0, "§6.1: faulty framing; the two go by the coding even so"),
    Disagreement(H11, LAXER, oddities.equal_lengths, "§6.3: equal lengths may count as one, as in h11"),
    Disagreement(H11, LAXER, oddities.list_of_equal_lengths, "§6.3: the same, in one line"),
    Disagreement(
        HTTPTOOLS,
        LAXER,
        oddities.chunked_after_others,
        "§6.1: a coding that nobody knows should get 501; llhttp leaves it to its caller",
    ),
    Disagreement(
        HTTPTOOLS,
        LAXER,
        oddities.chunked_after_nothing,
        "RFC 9110 §5.6.1: empty elements are legal in lists; before a length we trust in none, and llhttp does",
    ),
    Disagreement(
        BOTH,
        STRICTER,
        oddities.space_before_an_extension,
        "§7.1.1: white space is bad there, but to be read; the two refuse it",
    ),
    Disagreement(
        HTTPTOOLS,
        STRICTER,
        oddities.space_in_an_extension,
        "§7.1.1: the same, about the name; llhttp refuses it, h11 does not look at it",
    ),
    Disagreement(H11, LAXER, oddities.bad_extension, "§7.1.1: h11 takes anything for an extension, and space"),
    Disagreement(
        HTTPTOOLS,
        LAXER,
        oddities.loose_extension,
        "§7.1.1: llhttp lets a name or a value be empty, and a quoted string follow a token",
    ),
    Disagreement(
        BOTH, LAXER, oddities.long_extension, "§7.1.1: how much is too much is for a server to say; we say 1 KiB"
    ),
    Disagreement(
        BOTH,
        LAXER,
        oddities.framing_trailer,
        "RFC 9110 §6.5.1: no field for trailers; the two leave it to their caller",
    ),
    Disagreement(
        HTTPTOOLS,
        OTHER,
        oddities.upgrade_and_a_body,
        "RFC 9110 §7.8: a server may ignore Upgrade, as we do; llhttp takes the body for the other protocol's",
    ),
)
