"""HAR 1.2: what was said with the server, a page a rule and an entry a connection, for tools that show recordings.

An entry shows the first request of its connection and the first final answer, as far as they could be read. Its fields
`_sent` and `_received` have the bytes of all of them, each as the character of its number (ISO 8859-1). LONGEST
octets of each are shown; the sizes count the rest, and the judge's own format has it. `_failures` has the codes of
the rule's failures, and `_cause` the id of their cause.
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

LONGEST = 8 * 1024  # octets that are shown of each body, and of all that was sent or received
UNKNOWN = "application/octet-stream"  # what content is that says nothing of itself

Object = Mapping[str, Any]


def render(report: Report) -> str:
    scheme = "https" if report.target.startswith("https:") else "http"
    spoken = [(transcript, outcome) for outcome in report.outcomes for transcript in outcome.transcripts]
    spoken.sort(key=lambda pair: pair[0].began)
    return document(
        "contract",
        f"{report.target} (seed {report.seed})",
        [_page(outcome) for outcome in report.outcomes if outcome.transcripts],
        [_entry(transcript, each, scheme) for transcript, each in spoken],
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
        "_sent": sent[:LONGEST].decode("latin-1"),
        "_sentSize": len(sent),
        "_received": transcript.received[:LONGEST].decode("latin-1"),
        "_receivedSize": len(transcript.received),
        "_ended": transcript.ended,
    }


def _request(asked: ParsedRequest, scheme: str) -> Object:
    media_type = asked.get("Content-Type") or UNKNOWN
    content = {"postData": {"mimeType": media_type, **_text(asked.body)}} if asked.body else {}
    return {
        "method": asked.method,
        "url": asked.url(scheme),
        "httpVersion": asked.version,
        "cookies": [],
        "headers": _pairs(asked.fields),
        "queryString": _pairs(asked.query),
        "headersSize": asked.head_size,
        "bodySize": len(asked.body),
        **content,
    }


def _response(response: Response) -> Object:
    """Return the answer; status 0 says that there was none, as browsers have it."""
    media_type = response.get("Content-Type") or UNKNOWN
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
    """Return content as text, in Base64 where it is none in UTF-8."""
    shown = body[:LONGEST]
    try:
        return {"text": shown.decode()}
    except UnicodeDecodeError:
        return {"text": b64encode(shown).decode(), "encoding": "base64"}


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
