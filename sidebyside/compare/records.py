"""Comparisons for other programs: as JSON, and as HAR.

The JSON is one object:

    format     "sidebyside/compare/v1"
    verdict    "same", "may" (they differ only because they must) or "differs"
    servers    a list of {name, url}
    exchanges  a list of
        sent       what was sent to each, `{authority}` and `{origin}` standing for the server's own
        verdict    as above
        rows       a list of {answer, label, values, verdict, reason}: the number of the answer, what it is about, what
                   each server has, or null; as it is shown, but whole
        heard      a list of {server, received, ended, first_byte, statuses}: what came back, and seconds until it came

In `sent` and `received` each byte is the character of its number (ISO 8859-1).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from http_contract.http.request import title
from http_contract.reports.har import document, entry, page
from sidebyside.compare.comparing import Comparison, Row, overall
from sidebyside.compare.sending import Heard

FORMAT = "sidebyside/compare/v1"


def as_json(comparisons: Sequence[Comparison]) -> str:
    data = {
        "format": FORMAT,
        "verdict": overall(comparisons),
        "servers": [_server(each) for each in comparisons[0].transcript],
        "exchanges": [_exchange(comparison) for comparison in comparisons],
    }
    return json.dumps(data, indent=2)


def _server(heard: Heard) -> dict[str, str]:
    return {"name": heard.place.name, "url": heard.transcript.url}


def _exchange(comparison: Comparison) -> dict[str, Any]:
    rows = ((number, row) for number, answer in enumerate(comparison.responses, 1) for row in answer)
    return {
        "sent": comparison.message.template.decode("latin-1"),
        "verdict": comparison.verdict,
        "rows": [_row(number, row) for number, row in rows],
        "heard": [_heard(each) for each in comparison.transcript],
    }


def _row(number: int, row: Row) -> dict[str, Any]:
    return {
        "answer": number,
        "label": row.label,
        "values": list(row.cells),
        "verdict": row.finding.verdict,
        "reason": row.finding.reason,
    }


def _heard(heard: Heard) -> dict[str, Any]:
    return {
        "server": heard.place.name,
        "received": heard.transcript.received.decode("latin-1"),
        "ended": heard.transcript.ended,
        "first_byte": heard.first_byte,
        "statuses": [answer.status for answer in heard.responses],
    }


def as_har(comparisons: Sequence[Comparison]) -> str:
    """Return a page for each message, and an entry for each server that it was sent to."""
    pages = [_page(number, comparison) for number, comparison in enumerate(comparisons, 1)]
    entries = [
        _entry(number, each) for number, comparison in enumerate(comparisons, 1) for each in comparison.transcript
    ]
    return document("sidebyside", overall(comparisons), pages, entries)


def _page(number: int, comparison: Comparison) -> Any:
    name = f"{title(comparison.message.template)} ({comparison.verdict})"
    return page(str(number), name, comparison.transcript[0].transcript.began)


def _entry(number: int, heard: Heard) -> Any:
    conversation = replace(heard.transcript, responses=heard.responses)
    return entry(conversation, str(number), heard.place.name, heard.place.server.address.scheme)
