"""The editor, the address of the page and the history in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.page.conftest import Visit, at_each_size
from tests.page.request_tab import choose, expect_status, panes, send, type_path

TEST = "#method=GET&path=%2Ftest"

# -- the editor


@at_each_size
def test_the_editor_is_beside_its_answers_where_there_is_room(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#verdict")).to_be_visible()
    editor, verdict = page.locator("#editor").bounding_box(), page.locator("#verdict").bounding_box()
    assert editor is not None
    assert verdict is not None
    is_beside = verdict["x"] > editor["x"] + editor["width"]
    assert is_beside == (page.evaluate("innerWidth") >= 1280)


@at_each_size
def test_the_result_is_in_view_after_send(visit: Visit) -> None:
    page = visit(TEST)
    expect(page.locator("#verdict")).to_be_visible()
    page.evaluate("scrollTo(0, 2000)")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict")).to_be_in_viewport()
    expect(page.locator("tr.status")).to_be_in_viewport()


def test_empty_fields_are_folded(visit: Visit) -> None:
    page = visit("#method=POST&path=/form&body=a%3Db")
    assert page.locator(".fold[open] textarea").evaluate_all("all => all.map(each => each.name)") == ["body"]


def test_a_safe_request_is_sent_while_it_is_typed(visit: Visit) -> None:
    page = visit(TEST)
    expect_status(page, "200 OK")
    page.get_by_label("Path", exact=True).fill("/nowhere")
    expect_status(page, "404 Not Found")


def test_other_requests_wait_for_send(visit: Visit) -> None:
    page = visit("#method=POST&path=/form")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    type_path(page, "/form?a=1")
    page.wait_for_timeout(600)  # longer than the page waits before it sends what was typed
    assert [url for url in sent if url.endswith("/send")] == []


def test_a_path_is_percent_encoded_by_one_click(visit: Visit) -> None:
    page = visit("#method=GET&path=/hello/a b\N{SNOWMAN}%252F{authority}", "422")
    expect(page.locator("#status.refused")).to_contain_text("percent-encode the path")
    page.get_by_role("button", name="Percent-encode the path").click()
    expect(page.get_by_label("Path", exact=True)).to_have_value("/hello/a%20b%E2%98%83%2F{authority}")
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.get_by_role("button", name="Percent-encode the path")).to_be_hidden()


# -- the address


def test_a_link_contains_the_request(visit: Visit) -> None:
    page = visit("#method=GET&path=%2Fhello%2Fa%2Bb&fields=Accept%3A%20application%2Fjson")
    expect(page.locator("#verdict")).to_be_visible()
    assert '"name": "a+b"' in panes(page, "Body of")[0]
    page.get_by_label("Path", exact=True).fill("/status/418")
    send(page)
    assert page.url.endswith("#method=GET&path=%2Fstatus%2F418&fields=Accept%3A%20application%2Fjson")


def test_a_link_is_copied(visit: Visit) -> None:
    page = visit("#method=GET&path=/test")
    expect(page.locator("#status")).to_have_text("Identical")  # the responses to the request in the address are there
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Path", exact=True).fill("/status/418")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith("#method=GET&path=%2Fstatus%2F418")


def test_a_link_only_sends_safe_requests(visit: Visit) -> None:
    for fragment in ("method=POST&path=/form", "raw=GET", "path=/time&url=http://127.0.0.1:1", "path=/time&body=a"):
        page = visit(f"#{fragment}")
        expect(page.locator("#status")).to_contain_text("Check it, then send it.")
        assert page.locator("#verdict").count() == 0


def test_a_link_that_waits_removes_the_comparison(visit: Visit) -> None:
    page = visit("#method=GET&path=/test")
    expect(page.locator("#verdict")).to_be_visible()
    choose(page, "The time")
    page.evaluate("location.hash = 'method=POST&path=/form'")
    expect(page.locator("#status:not(.unseen)")).to_contain_text("Check it, then send it.")
    assert page.locator("#verdict").count() == 0
    assert page.locator("#example").input_value() == ""


def test_tabs_by_arrow_keys(visit: Visit) -> None:
    page = visit("#method=GET&path=/test")
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_role("tab", name="Request").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Contract")).to_be_focused()
    expect(page.locator("#contract")).to_be_visible()
    assert page.url.endswith("#contract&method=GET&path=%2Ftest")
    page.keyboard.press("End")
    expect(page.locator("#lessons")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#request")).to_be_visible()
    assert page.url.endswith("#method=GET&path=%2Ftest")


def test_the_address_follows_the_tabs_from_wherever_they_begin(visit: Visit) -> None:
    page = visit("#rosetta")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#verdict")).to_be_visible()
    assert page.url.endswith("/#method=GET&path=%2Ftime")


def test_the_skip_link_leads_into_the_open_part(visit: Visit) -> None:
    page = visit("#contract")
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("#contract")).to_be_visible()


def test_back_and_forward_restore_requests_and_tabs(visit: Visit) -> None:
    page = visit(TEST)
    expect_status(page, "200 OK")
    type_path(page, "/nowhere")
    expect_status(page, "404 Not Found")
    page.get_by_role("tab", name="Contract").click()
    page.go_back()
    expect(page.locator("#request")).to_be_visible()
    expect_status(page, "404 Not Found")
    page.go_back()
    expect_status(page, "200 OK")
    expect(page.get_by_label("Path", exact=True)).to_have_value("/test")
    page.go_forward()
    expect_status(page, "404 Not Found")
    page.go_forward()
    expect(page.locator("#contract")).to_be_visible()


def test_a_reload_restores_the_request_of_another_tab(visit: Visit) -> None:
    page = visit("#rosetta&method=GET&path=%2Fnowhere")
    page.reload()
    expect(page.locator("#rosetta")).to_be_visible()
    page.get_by_role("tab", name="Request").click()
    expect_status(page, "404 Not Found")


# -- the history


def test_requests_are_remembered_by_the_browser(visit: Visit) -> None:
    page = visit(TEST)
    page.evaluate("localStorage.clear()")
    expect_status(page, "200 OK")
    type_path(page, "/nowhere")
    expect_status(page, "404 Not Found")
    page.reload()
    expect_status(page, "404 Not Found")
    type_path(page, "/time")
    expect_status(page, "200 OK")
    page.get_by_text("History", exact=True).click()
    links = page.locator("#history-list a")
    expect(links).to_have_text(["GET /time", "GET /nowhere"])
    links.last.click()
    expect_status(page, "404 Not Found")
    page.get_by_role("button", name="Clear the history").click()
    expect(links).to_have_count(0)
    page.reload()
    expect(links).to_have_count(0)


@pytest.mark.parametrize("stored", ["{", "5"])
def test_an_unreadable_history_is_empty(visit: Visit, stored: str) -> None:
    page = visit()
    page.evaluate("text => localStorage.setItem('requests', text)", stored)
    page.reload()
    expect(page.locator("#verdict")).to_be_visible()
    assert page.locator("#history-list a").count() == 0
