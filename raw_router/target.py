"""The target of a request line, and the host, by RFC 9112 §3.2 and RFC 3986."""

import re
from http import HTTPMethod
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote_to_bytes

from raw_router.messages import BadRequest

# The expressions are named after the rules of the RFCs' grammars.
PCT_ENCODED = r"%[0-9A-Fa-f]{2}"  # RFC 3986 §2.1
UNRESERVED_OR_SUB_DELIM = r"A-Za-z0-9\-._~!$&'()+*,;="  # inside a character class
PCHAR = rf"{UNRESERVED_OR_SUB_DELIM}:@"
SENT_RAW = r"\[\]|^{}`"  # clients send them without encoding: browsers [ ] and |, curl -g the others, too
PATH_CHARACTER = rf"{PCHAR}{SENT_RAW}/"
ABSOLUTE_PATH = rf"/[{PATH_CHARACTER}]*(?:{PCT_ENCODED}[{PATH_CHARACTER}]*)*"  # RFC 9110 §4.1
QUERY = rf"[{PATH_CHARACTER}?\\%]*"  # browsers send the backslash, and % as it was typed
REG_NAME = rf"(?:[{UNRESERVED_OR_SUB_DELIM}]|{PCT_ENCODED})+"  # not empty: an http URL requires a host (§4.2.1)
IP_LITERAL = rf"\[(?:(?P<ipv6>[0-9A-Fa-f:.]+)|[vV][0-9A-Fa-f]+\.[{UNRESERVED_OR_SUB_DELIM}:]+)\]"

ABSOLUTE_FORM = re.compile(
    rf"[hH][tT][tT][pP]://(?P<authority>[^/?]*)(?P<path>(?:{ABSOLUTE_PATH})?)(?:\?(?P<query>{QUERY}))?"
)  # §3.2.2
HOST = re.compile(rf"(?:{IP_LITERAL}|{REG_NAME})(?::[0-9]*)?")  # uri-host [ ":" port ] (§7.2)


def parse_target(method: str, target: str) -> tuple[str, str, str | None]:
    """Return decoded path, raw query and authority of a target that is not in origin-form (RFC 9112 §3.2)."""
    if match := ABSOLUTE_FORM.fullmatch(target):
        check_authority(match["authority"])
        return decode_path(match["path"] or "/"), match["query"] or "", match["authority"]
    if target == "*" and method == HTTPMethod.OPTIONS:
        return "*", "", None
    if target.lower().startswith("https:"):  # which requires TLS (RFC 9110 §7.4)
        raise BadRequest("the target is an https URL, and this server has no TLS")
    raise BadRequest("the target is not a path of the characters that a URI may contain")


def decode_path(path: str) -> str:
    """Return a percent-decoded path; octets that are not UTF-8 become surrogates. Raises BadRequest for %00."""
    if "%" not in path:
        return path
    decoded = unquote_to_bytes(path)
    if b"\0" in decoded:
        raise BadRequest("the path contains an encoded NUL")
    return decoded.decode(errors="surrogateescape")


def parse_host(version: str, host: str | None) -> str:
    """Return the value of Host, "" if a request of HTTP/1.0 has none (RFC 9112 §3.2)."""
    if host is not None:
        check_authority(host)
    elif version == "HTTP/1.1":
        raise BadRequest("a request has exactly one Host field")
    return host or ""


def check_authority(authority: str) -> None:
    """Raise BadRequest if the text is not a host with an optional port."""
    match = HOST.fullmatch(authority)
    if match is None or (match["ipv6"] and not is_ipv6(match["ipv6"])):
        raise BadRequest("the host is not a name or an address with an optional port")


def is_ipv6(address: str) -> bool:
    try:
        return bool(IPv6Address(address))
    except AddressValueError:
        return False
