"""python -m tests.page.pictures: takes the pictures of the page in docs/ again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect

from tests.page.page_server import chromium, page_for, three_services

DOCS = Path(__file__).parents[2] / "docs"
WIDTH = 1280
BEGINS = "element => element.getBoundingClientRect().top + scrollY - 24 * (element !== document.body)"


@dataclass(frozen=True, slots=True)
class Picture:
    """A request, a theme, and the part of the page in the picture."""

    fragment: str
    theme: Literal["light", "dark"]
    top: str
    bottom: str  # the first element below the picture


PICTURES: Mapping[str, Picture] = {
    "page.png": Picture("method=GET&path=/time&fields=Accept: application/json", "light", "body", "#reasons"),
    "page-why.png": Picture(
        "method=GET&path=/hello/you", "dark", "#reasons", ".way[data-way=raw] .trace li:nth-child(3)"
    ),
}


def take(browser: Browser, url: str, name: str, picture: Picture) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme=picture.theme)
    page.goto(f"{url}#{picture.fragment}")
    expect(page.locator("#verdict")).to_be_visible()
    top, bottom = (page.locator(place).evaluate(BEGINS) for place in (picture.top, picture.bottom))
    page.screenshot(path=DOCS / name, full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": bottom - top})
    page.close()


def main() -> None:
    with three_services() as services, page_for(services) as url, chromium() as browser:
        for name, picture in PICTURES.items():
            take(browser, url, name, picture)


if __name__ == "__main__":
    main()
