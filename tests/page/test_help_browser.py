"""Help on the page in a real browser: the tour, the glossary, and the page for readers who see or point otherwise."""

import re

import pytest
from playwright.sync_api import expect

from sidebyside.page.glossary import WORDS
from tests.page.browser import FITS, fits, violations
from tests.page.conftest import Visit, in_a_wide_window

TEST = "#method=GET&path=%2Ftest"
UNREACHABLE = """() => [...document.querySelectorAll("#request :is(button, input, select, textarea, summary, a)")]
    .filter(each => each.checkVisibility() && !each.disabled && each.tabIndex < 0).map(each => each.outerHTML)"""


@in_a_wide_window
def test_the_tour_has_six_stops_and_begins_on_request(visit: Visit) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    tour = page.locator("#tour")
    expect(tour).to_be_hidden()
    page.get_by_role("button", name="Take the tour").click()
    for number in range(1, 7):
        expect(tour.get_by_role("status")).to_have_text(f"{number} of 6")
        expect(page.locator(".toured")).to_have_count(1)
        expect(page.locator(".toured")).to_be_in_viewport()
        page.keyboard.press("Enter")
    expect(tour).to_be_hidden()
    expect(page.locator(".toured")).to_have_count(0)
    expect(page.get_by_role("button", name="Take the tour")).to_be_focused()


def test_the_tour_goes_back_and_ends_by_escape(visit: Visit) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_role("button", name="Take the tour").click()
    page.keyboard.press("Enter")
    page.locator("#tour").get_by_role("button", name="Back").click()
    expect(page.locator("#tour").get_by_role("status")).to_have_text("1 of 6")
    assert violations(page, within="#tour") == []
    page.locator("#tour").get_by_role("button", name="Next").press("Escape")
    expect(page.locator("#tour")).to_be_hidden()


def test_the_glossary_lists_every_word(visit: Visit) -> None:
    page = visit(TEST)
    page.get_by_text("Words of this page").click()
    assert page.locator(".glossary dt").all_inner_texts() == list(WORDS)
    assert violations(page, within=".glossary") == []
    page.get_by_role("button", name="socket", exact=True).focus()
    expect(page.locator(".explanation")).to_contain_text("The end of a connection")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_explained_in_one_line(word: str) -> None:
    assert re.fullmatch(r"[A-Z].{10,90}\.", WORDS[word].text)
    assert not WORDS[word].section or WORDS[word].url


def test_the_words_are_in_order() -> None:
    assert sorted(WORDS, key=str.lower) == list(WORDS)


# -- other ways to see and to point


def test_every_control_is_reached_by_keyboard_and_every_input_has_a_type(visit: Visit) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    assert page.evaluate(UNREACHABLE) == []
    assert page.locator("input:not([type])").count() == 0


def test_200_percent_zoom(visit: Visit) -> None:
    """A window of half the size shows what a browser shows at twice the size."""
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    assert fits(page, (640, 400))
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(FITS)


def test_forced_colours(visit: Visit) -> None:
    """What is marked by a background otherwise has a border or an outline."""
    page = visit("#method=GET&path=/test&url=http://127.0.0.1:1")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#verdict")).to_contain_text("differ")
    page.emulate_media(forced_colors="active")
    outline = "each => getComputedStyle(each).outlineStyle"
    assert page.locator("tr.differs th").first.evaluate(outline) == "dashed"
    assert page.locator(".choice label:has(:checked)").first.evaluate(outline) == "solid"
    assert page.locator(".way:not([hidden]) [aria-pressed=true]").evaluate(outline) == "solid"
    page.emulate_media(forced_colors="none")
