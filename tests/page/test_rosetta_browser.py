"""The Rosetta table in a real browser, at each size."""

from playwright.sync_api import expect

from sidebyside.page.rosetta import IDEAS
from tests.page.browser import violations_by_scheme
from tests.page.conftest import Visit, in_a_wide_window

THREE = ["raw", "flask", "django"]


@in_a_wide_window
def test_all_ideas_are_there_in_order(visit: Visit) -> None:
    page = visit("#rosetta")
    assert page.locator(".idea h2").all_inner_texts() == [idea.title for idea in IDEAS]
    assert page.locator(".idea h3").all_inner_texts() == THREE * len(IDEAS)
    boxes = [column.bounding_box() for column in page.locator("#idea-route .columns section").all()]
    tops = {box["y"] for box in boxes if box}
    assert len(tops) == (1 if page.evaluate("innerWidth") >= 1280 else 3)  # columns, or rows


def test_a_link_leads_to_its_idea(visit: Visit) -> None:
    page = visit("#rosetta")
    page.get_by_role("link", name="404 Not Found").press("Enter")
    expect(page.locator("#idea-404 h2")).to_be_in_viewport()
    assert page.url.endswith("#idea-404")


def test_the_address_of_an_idea_opens_it(visit: Visit) -> None:
    page = visit("#idea-test-client")
    expect(page.get_by_role("tab", name="Rosetta")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#idea-test-client h2")).to_be_in_viewport()
    expect(page.locator("#idea-test-client .green")).to_contain_text("app.test_client()")


@in_a_wide_window
def test_axe_finds_nothing(visit: Visit) -> None:
    """Only one idea is checked, because all have the same structure and axe is slow on much code."""
    page = visit("#rosetta")
    page.evaluate("document.querySelectorAll('.idea:not(#idea-form)').forEach(each => each.remove())")
    assert violations_by_scheme(page) == {}
