"""Files of the public folder, and conditional requests for them."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared_views import clock, files
from shared_views.answers import answer
from shared_views.conditional import evaluate, parse_date
from shared_views.files import File, media_type, read_file

FILE = File(b"content", "text/plain; charset=utf-8", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), '"tag"')
BEFORE, SAME, AFTER = (f"Fri, 02 Jan 2026 03:04:0{second} GMT" for second in (4, 5, 6))

CONDITIONS = {
    "none": ({}, 200),
    "matches": ({"If-Match": FILE.etag}, 200),
    "matches anything": ({"If-Match": "*"}, 200),
    "matches one of a list": ({"If-Match": f'"a", {FILE.etag}'}, 200),
    "does not match": ({"If-Match": '"a"'}, 412),
    "a weak tag never matches strongly": ({"If-Match": f"W/{FILE.etag}"}, 412),
    "match wins over date": ({"If-Match": FILE.etag, "If-Unmodified-Since": BEFORE}, 200),
    "unmodified": ({"If-Unmodified-Since": SAME}, 200),
    "modified": ({"If-Unmodified-Since": BEFORE}, 412),
    "unmodified since no date": ({"If-Unmodified-Since": "yesterday"}, 200),
    "fresh": ({"If-None-Match": FILE.etag}, 304),
    "fresh by a weak tag": ({"If-None-Match": f"W/{FILE.etag}"}, 304),
    "fresh by one of a list": ({"If-None-Match": f'"a",,W/"b" , {FILE.etag}'}, 304),
    "fresh whatever it is": ({"If-None-Match": " * "}, 304),
    "stale": ({"If-None-Match": '"a"'}, 200),
    "unquoted tag": ({"If-None-Match": FILE.etag.strip('"')}, 200),
    "tag wins over date": ({"If-None-Match": '"a"', "If-Modified-Since": AFTER}, 200),
    "not modified": ({"If-Modified-Since": SAME}, 304),
    "not modified since later": ({"If-Modified-Since": AFTER}, 304),
    "modified since": ({"If-Modified-Since": BEFORE}, 200),
    "RFC 850 date": ({"If-Modified-Since": "Friday, 02-Jan-26 03:04:05 GMT"}, 304),
    "asctime date": ({"If-Modified-Since": "Fri Jan  2 03:04:05 2026"}, 304),
    "date out of range": ({"If-Modified-Since": "Fri, 02 Jan 99999 03:04:05 GMT"}, 200),
    "empty date": ({"If-Modified-Since": ""}, 200),
    "two dates": ({"If-Modified-Since": f"{AFTER},{AFTER}"}, 200),
    "another zone": ({"If-Modified-Since": AFTER.replace("GMT", "+0500")}, 200),
    "more than a date": ({"If-Modified-Since": f"{AFTER} junk"}, 200),
    "no such day": ({"If-Modified-Since": "Fri, 31 Feb 2100 00:00:00 GMT"}, 200),
    "no such hour": ({"If-Modified-Since": "Fri, 01 Jan 2100 25:00:00 GMT"}, 200),
    "hostile list": ({"If-None-Match": '"a"' + "," * 30_000 + "x"}, 200),
    "hostile spaces": ({"If-None-Match": '"a"' + " ," * 15_000 + "x"}, 200),
    "hostile quotation marks": ({"If-None-Match": '"' * 30_000}, 200),
    "first steps first": ({"If-Match": '"a"', "If-None-Match": "*"}, 412),
}


@pytest.mark.parametrize(("fields", "status"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(fields: dict[str, str], status: int) -> None:
    assert evaluate(FILE, fields.get) == status


@pytest.mark.parametrize(
    ("now", "written", "year"),
    [
        (2026, "94", 1994),
        (2026, "26", 2026),
        (2026, "75", 2075),
        (2026, "77", 1977),
        (2060, "69", 2069),
        (2060, "10", 2110),
        (2060, "11", 2011),
        (1999, "00", 2000),
    ],
)
def test_years_of_two_digits(monkeypatch: pytest.MonkeyPatch, now: int, written: str, year: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(now, 2, 3, 4, 5, 6, tzinfo=UTC))
    date = parse_date(f"Sunday, 01-Jan-{written} 00:00:00 GMT")
    assert date == datetime(year, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("second", "year"), [("06", 2076), ("07", 1976)])
def test_a_year_is_at_most_fifty_years_in_the_future(monkeypatch: pytest.MonkeyPatch, second: str, year: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))
    date = parse_date(f"Sunday, 03-Feb-76 04:05:{second} GMT")
    assert date is not None
    assert date.year == year


@pytest.mark.parametrize(("fields", "status"), [CONDITIONS["none"], CONDITIONS["fresh"], CONDITIONS["modified"]])
def test_answer_to_a_condition(fields: dict[str, str], status: int) -> None:
    given = answer(FILE, fields.get)
    headers = dict(given.headers)
    assert given.status == status
    assert ("ETag" in headers, "Content-Length" in headers) == (status != 412, status != 304)
    assert (given.body == b"content") == (status == 200)


@pytest.mark.parametrize(
    ("type_", "guarded"), [("text/html; charset=utf-8", True), ("image/svg+xml", True), ("image/png", False)]
)
def test_files_that_may_run_scripts_are_guarded(type_: str, guarded: bool) -> None:
    given = answer(replace(FILE, media_type=type_), dict[str, str]().get)
    assert ("Content-Security-Policy" in dict(given.headers)) is guarded


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.json", "application/json"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.unheard", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_media_type(name: str, expected: str) -> None:
    assert media_type(name) == expected


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A public folder with links in it, and a secret beside it."""
    public = tmp_path / "public"
    (public / "folder").mkdir(parents=True)
    (public / "a.txt").write_text("a")
    (public / "folder" / "b.txt").write_text("b")
    (tmp_path / "secret.txt").write_text("secret")
    (public / "inside").symlink_to("a.txt")
    (public / "outside").symlink_to("../secret.txt")
    (public / "up").symlink_to("..")
    (public / "self").symlink_to(".")
    (public / "circle").symlink_to("circle")
    os.mkfifo(public / "pipe")
    return public


@pytest.mark.parametrize("name", ["a.txt", "folder/b.txt", "inside", "self/a.txt"])
def test_files_are_read(root: Path, name: str) -> None:
    assert read_file(name, root) is not None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "missing",
        "folder",
        "folder/",
        "a.txt/",
        "/a.txt",
        "./a.txt",
        "folder/../a.txt",
        "../secret.txt",
        "..",
        "outside",
        "up/secret.txt",
        "self",
        "circle",
        "pipe",
        "folder\\b.txt",
        "..\\secret.txt",
        "a.txt\0",
        "a.txt/b",
        "x" * 5000,
    ],
)
def test_what_is_no_file_below_the_folder_is_none(root: Path, name: str) -> None:
    assert read_file(name, root) is None


def test_a_file_that_cannot_be_read_is_none(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    def forbidden(*arguments: object, **options: object) -> int:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", forbidden)
        assert read_file("a.txt", root) is None


@pytest.mark.parametrize(
    ("name", "link", "target"),
    [
        ("a.txt", "a.txt", "../secret.txt"),
        ("folder/b.txt", "folder", ".."),
        ("folder/b.txt", "folder/b.txt", "../a.txt"),
    ],
)
def test_a_link_that_appears_after_the_check_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, root: Path, name: str, link: str, target: str
) -> None:
    (root.parent / "b.txt").write_text("secret")

    def locate_and_swap(name: str, root: Path) -> Path | None:
        found = locate(name, root)
        (root / link).rename(root / "moved")
        (root / link).symlink_to(target)
        return found

    locate = files.locate
    assert read_file(name, root) is not None
    monkeypatch.setattr(files, "locate", locate_and_swap)
    assert read_file(name, root) is None


def test_the_public_folder_may_be_a_link(root: Path) -> None:
    (root.parent / "link").symlink_to("public")
    assert read_file("folder/b.txt", root.parent / "link") is not None
    assert read_file("outside", root.parent / "link") is None


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    for name in ("a.txt", "folder/b.txt", "folder", "missing", "pipe", "outside"):
        read_file(name, root)
    assert len(os.listdir("/dev/fd")) == before


def test_validators(root: Path) -> None:
    os.utime(root / "a.txt", (0.9, 0.9))
    file = read_file("a.txt", root)
    assert file is not None
    assert file.last_modified == "Thu, 01 Jan 1970 00:00:00 GMT"
    (root / "a.txt").write_text("changed")
    changed = read_file("a.txt", root)
    assert changed is not None
    assert file.etag != changed.etag
