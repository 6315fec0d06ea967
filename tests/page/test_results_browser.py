"""The results page of contract grade in a real browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from http_contract import BY_ID
from http_contract.grading.output import page, row_of
from tests.contract.grading.classes import outcome, result
from tests.page.browser import FITS, Window
from tests.page.conftest import at_each_size

NAMES = [f"learner {number}" for number in range(1, 60)]
RULES = ["listen-accepts", "listen-answers", "listen-survives-reset", "respond-date", "route-unknown", "methods-head"]
FOCUSED = "document.activeElement.dataset.row + ' ' + document.activeElement.dataset.column"
COLOUR = "cell => getComputedStyle(cell.firstElementChild ?? cell).color"
IS_ON_TOP = """cell => {
    const place = cell.getBoundingClientRect()
    return cell.contains(document.elementFromPoint(place.left + place.width / 2, place.top + place.height / 2))
}"""


@pytest.fixture
def results(window: Window, tmp_path: Path) -> Page:
    made_up = [outcome(RULES[0], "passed"), outcome(RULES[1], "skipped"), *(outcome(id) for id in RULES[2:])]
    outcomes = [replace(each, rule=BY_ID[each.rule.id]) for each in made_up]
    made = [result(name, *outcomes) for name in NAMES]
    (file := tmp_path / "results.html").write_text(page(made, [row_of(each, 10) for each in made], "class"))
    opened = window.visit(file.as_uri())
    expect(opened.locator("#frame tbody td").first).to_be_visible()
    return opened


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def to_first_failure(page: Page) -> None:
    """Go from the top of the page to the first failure with the keyboard alone."""
    while page.evaluate("document.activeElement.id") != "frame":
        press(page, "Tab")
    press(page, "ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown")
    assert page.evaluate(FOCUSED) == "0 2"


@at_each_size
def test_it_fits_each_size(results: Page) -> None:
    assert results.evaluate(FITS)


@at_each_size
def test_headings_cover_no_failure_that_an_arrow_key_reaches(results: Page) -> None:
    to_first_failure(results)
    for key in ("ArrowDown",) * 40 + ("ArrowRight",) * 3 + ("ArrowUp",) * 38 + ("ArrowLeft",) * 3:
        press(results, key)
        assert results.evaluate(f"({IS_ON_TOP})(document.activeElement)"), results.evaluate(FOCUSED)
    assert results.evaluate(FOCUSED) == "2 2"


def test_a_failure_opens_and_closes_with_the_keyboard(results: Page) -> None:
    to_first_failure(results)
    press(results, "Enter")
    expect(results.locator("#failure")).to_be_visible()
    expect(results.locator("#failure h2")).to_contain_text("learner 1: ")
    press(results, "Escape")
    expect(results.locator("#failure")).to_be_hidden()


def test_skipped_has_a_colour_of_its_own(results: Page) -> None:
    colours = {results.locator(f"#frame td.{mark}").first.evaluate(COLOUR) for mark in "pfs"}
    assert len(colours) == 3


@at_each_size
def test_names_and_stages_stay_in_sight(results: Page) -> None:
    frame, points = results.locator("#frame"), results.locator(".points")
    for table in (frame, points):
        table.evaluate("table => { table.scrollLeft = 1000 }")
        left = table.evaluate("table => table.getBoundingClientRect().left")
        name = table.locator("tbody tr:nth-child(2)").locator("th, td:first-child").first.bounding_box()
        assert name is not None
        assert 0 <= name["x"] - left < 2
    titles = ["1 Listen", "2 Respond", "3 Route", "4 Methods"]
    assert [table.locator("th.stage").all_text_contents() for table in (frame, points)] == [titles, titles]
    assert frame.locator("th.stage").first.get_attribute("colspan") == "3"
