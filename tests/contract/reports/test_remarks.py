"""Remarks: the page that rules about connections requested, and the time of a slow server; and unfinished reports."""

import pytest

from http_contract.reports import json
from http_contract.reports.text import overview, remarks, verdicts
from tests.contract.reports.made import PASSED, PUBLIC, SLOW, STOPPED, report


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ({}, []),
        ({"/": 200, "/test": 200}, []),
        ({"/": 404, "/test": 200}, ["/ responded 404, so rules about connections requested /test."]),
        ({"/test": 200}, ["/ responded nothing, so"]),
        ({"/": 200, "/test": 404}, ["add --route /test=/PAGE."]),
        ({"/": 500, "/test": 500}, ["No page responded 200 (/, /test), so rules about connections requested /."]),
    ],
)
def test_the_page_is_named_unless_it_is_the_root(pages: dict[str, int], words: list[str]) -> None:
    found = list(remarks(report(PASSED, pages=pages)))
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))


@pytest.mark.parametrize(("seconds", "count"), [(0.0, 0), (0.49, 0), (0.5, 1)])
def test_only_a_slow_server_has_its_time_named(seconds: float, count: int) -> None:
    assert len(list(remarks(report(PASSED, response_time=seconds)))) == count


def test_a_loaded_report_has_the_same_remarks() -> None:
    assert list(remarks(json.load(json.render(SLOW)))) == list(remarks(SLOW))
    assert all(line in overview(SLOW) for line in remarks(SLOW))


def test_a_report_without_these_facts_can_be_loaded() -> None:
    data = json.data(SLOW)
    del data["pages"], data["response_time"]
    assert list(remarks(json.report_of(data))) == []


def test_an_unfinished_report_is_marked_in_its_last_line() -> None:
    assert verdicts(STOPPED).endswith("; unfinished")
    assert "unfinished" not in verdicts(PUBLIC)
