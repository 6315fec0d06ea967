"""HAR 1.2: the exchanges with the server, for tools that show recordings. A page is a rule, an entry a connection.

An entry contains the first request of its connection and the first final response, as far as they could be read. Its
fields `_sent` and `_received` contain the bytes of all requests and responses, decoded as ISO 8859-1, at most MAX_SIZE
octets of each. The sizes count all octets; the judge's own format contains more of them. `_failures` lists the codes of
the rule's failures, and `_cause` is the id of their cause.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from http_contract.http.request import ParsedRequest, read_request
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.rules.model import Outcome
from http_contract.runner.report import Report

MAX_SIZE = 8 * 1024  # octets of each body, of the sent and of the received bytes
UNKNOWN_TYPE = "application/octet-stream"  # of content without Content-Type

Object = Mapping[str, Any]


def render(report: Report) -> str:
    scheme = "https" if report.target.startswith("https:") else "http"
    connections = [(transcript, outcome) for outcome in report.outcomes for transcript in outcome.transcripts]
    connections.sort(key=lambda pair: pair[0].began)
    return document(
        "contract",
        f"{report.target} (seed {report.seed})",
        [_page(outcome) for outcome in report.outcomes if outcome.transcripts],
        [_entry(transcript, each, scheme) for transcript, each in connections],
    )


def document(creator: str, comment: str, pages: Sequence[Object], entries: Sequence[Object]) -> str:
    """Return a HAR of pages, and of entries in the order of their time."""
    log = {
        "version": "1.2",
        "creator": {"name": creator, "version": _version()},
        "pages": pages,
        "entries": entries,
        "comment": comment,
    }
    return json.dumps({"log": log})


def _version() -> str:
    with suppress(PackageNotFoundError):
        return version("http-contract")
    return "unknown"


def _entry(transcript: Transcript, outcome: Outcome, scheme: str) -> Object:
    rule, diagnosis = outcome.rule, outcome.diagnosis
    return {
        **entry(transcript, rule.id, f"{rule.id}: {outcome.verdict}", scheme),
        "_failures": list(dict.fromkeys(failure.code for failure in outcome.failures)),
        "_cause": diagnosis.cause if diagnosis else None,
    }


def _page(outcome: Outcome) -> Object:
    title = f"{outcome.rule.id} ({outcome.verdict}): {outcome.rule.sentence}"
    return page(outcome.rule.id, title, min(transcript.began for transcript in outcome.transcripts))


def page(id: str, title: str, began: float) -> Object:
    return {"startedDateTime": _instant(began), "id": id, "title": title, "pageTimings": {}}


def entry(transcript: Transcript, page: str, comment: str, scheme: str) -> Object:
    """Return a connection as an entry of the page with that id."""
    milliseconds = max(0.0, round((transcript.finished - transcript.began) * 1000, 3))
    sent = b"".join(transcript.sent)
    return {
        "pageref": page,
        "startedDateTime": _instant(transcript.began),
        "time": milliseconds,
        "request": _request(read_request(sent), scheme),
        "response": _response(transcript.responses[0] if transcript.responses else Response()),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": comment,
        "_sent": sent[:MAX_SIZE].decode("latin-1"),
        "_sentSize": len(sent),
        "_received": transcript.received[:MAX_SIZE].decode("latin-1"),
        "_receivedSize": len(transcript.received),
        "_ended": transcript.ended,
    }


def _request(request: ParsedRequest, scheme: str) -> Object:
    media_type = request.get("Content-Type") or UNKNOWN_TYPE
    content = {"postData": {"mimeType": media_type, **_text(request.body)}} if request.body else {}
    return {
        "method": request.method,
        "url": request.url(scheme),
        "httpVersion": request.version,
        "cookies": [],
        "headers": _pairs(request.fields),
        "queryString": _pairs(request.query),
        "headersSize": request.head_size,
        "bodySize": len(request.body),
        **content,
    }


def _response(response: Response) -> Object:
    """Return the response; status 0 means that there was none, as in the HAR files of browsers."""
    media_type = response.get("Content-Type") or UNKNOWN_TYPE
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": f"HTTP/{response.version}" if response.version else "",
        "cookies": [],
        "headers": _pairs((line.name, line.value) for line in response.fields),
        "content": {"size": len(response.body), "mimeType": media_type, **_text(response.body)},
        "redirectURL": response.get("Location") or "",
        "headersSize": response.body_start - response.start,
        "bodySize": response.end - response.body_start,
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Object]:
    return [{"name": name, "value": value} for name, value in pairs]


def _text(body: bytes) -> Object:
    """Return content as text, or in Base64 if it is not valid UTF-8."""
    excerpt = body[:MAX_SIZE]
    try:
        return {"text": excerpt.decode()}
    except UnicodeDecodeError:
        return {"text": b64encode(excerpt).decode(), "encoding": "base64"}


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
