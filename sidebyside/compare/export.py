"""Comparisons for other programs: as JSON, and as HAR.

The JSON is one object:

    format     "sidebyside/compare/v1"
    verdict    "same", "may" (only expected differences) or "differs"
    servers    a list of {name, url}
    exchanges  a list of
        sent       the bytes that were sent to each server; `{authority}` and `{origin}` stand for the server's own
        verdict    the verdict of this exchange
        rows       a list of {answer, label, values, verdict, reason}: the number of the response, the property, and
                   each server's value or null, printed like in the terminal, but never shortened
        heard      a list of {server, received, ended, first_byte, statuses, errors}: the bytes that each server sent,
                   how the connection ended ("kept", "closed", "reset", "timeout" or "overflow"), the seconds until the
                   first byte, the statuses of the responses, and the exceptions that the server has printed, each as
                   {message, frames}, with {file, line, function, source} for each of the last frames

In `sent` and `received`, each byte is the character with the byte's number (ISO 8859-1).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from http_contract.http.request import title
from http_contract.reports.har import document, entry, page
from sidebyside.compare.diff import Comparison, Row, overall_verdict
from sidebyside.compare.send import Reply
from sidebyside.tracebacks import Traceback

FORMAT = "sidebyside/compare/v1"


def to_json(comparisons: Sequence[Comparison]) -> str:
    data = {
        "format": FORMAT,
        "verdict": overall_verdict(comparisons),
        "servers": [{"name": each.endpoint.name, "url": each.transcript.url} for each in comparisons[0].replies],
        "exchanges": [_exchange_data(comparison) for comparison in comparisons],
    }
    return json.dumps(data, indent=2)


def _exchange_data(comparison: Comparison) -> dict[str, Any]:
    rows = ((number, row) for number, response in enumerate(comparison.responses, 1) for row in response)
    return {
        "sent": comparison.message.template.decode("latin-1"),
        "verdict": comparison.verdict,
        "rows": [_row_data(number, row) for number, row in rows],
        "heard": [_reply_data(each) for each in comparison.replies],
    }


def _row_data(number: int, row: Row) -> dict[str, Any]:
    return {
        "answer": number,
        "label": row.label,
        "values": list(row.cells),
        "verdict": row.verdict,
        "reason": row.reason,
    }


def _reply_data(reply: Reply) -> dict[str, Any]:
    return {
        "server": reply.endpoint.name,
        "received": reply.transcript.received.decode("latin-1"),
        "ended": reply.end,
        "first_byte": reply.first_byte,
        "statuses": [response.status for response in reply.responses],
        "errors": [_error_data(each) for each in reply.errors],
    }


def _error_data(error: Traceback) -> dict[str, Any]:
    return {"message": error.message, "frames": [asdict(frame) for frame in error.last_frames]}


def to_har(comparisons: Sequence[Comparison]) -> str:
    """Return HAR 1.2 with a page for each message, and an entry for each server that received it."""
    pages = [_har_page(number, comparison) for number, comparison in enumerate(comparisons, 1)]
    entries = [
        _har_entry(number, each) for number, comparison in enumerate(comparisons, 1) for each in comparison.replies
    ]
    return document("sidebyside", overall_verdict(comparisons), pages, entries)


def _har_page(number: int, comparison: Comparison) -> Any:
    name = f"{title(comparison.message.template)} ({comparison.verdict})"
    return page(str(number), name, comparison.replies[0].transcript.began)


def _har_entry(number: int, reply: Reply) -> Any:
    transcript = replace(reply.transcript, responses=reply.responses)
    return entry(transcript, str(number), reply.endpoint.name, reply.endpoint.server.address.scheme)
