"""Matching, methods and reverse routing; the real table, and small ones."""

import pytest

from raw_router import urls
from raw_router.router import Found, MethodNotAllowed, NotFound, Router


def one() -> None: ...
def two() -> None: ...
def three() -> None: ...
def four() -> None: ...


ROUTER = Router(
    {
        "/": one,
        "/a": {"GET": one, "POST": two},
        "/a.b": two,
        "/alias": two,
        "/<name>": three,
        "/n/<int:number>/<name>": four,
        "/p/<path:rest>.x": four,
        "/post": {"POST": two},
    },
    names={"again": "/alias"},
)

MATCHES = {
    "root": ("GET", "/", Found(one, {})),
    "method of a dict": ("POST", "/a", Found(two, {})),
    "HEAD is served by GET": ("HEAD", "/a", Found(one, {})),
    "a dot is a dot": ("GET", "/aXb", Found(three, {"name": "aXb"})),
    "static before pattern": ("GET", "/a.b", Found(two, {})),
    "one segment": ("GET", "/é ", Found(three, {"name": "é "})),
    "not two": ("GET", "/b/c", NotFound()),
    "not none": ("GET", "", NotFound()),
    "leading slashes": ("GET", "//", NotFound()),
    "trailing slash": ("GET", "/a/", NotFound()),
    "letter case": ("GET", "/N/1/x", NotFound()),
    "converted": ("GET", "/n/007/x", Found(four, {"number": 7, "name": "x"})),
    "no number": ("GET", "/n/-1/x", NotFound()),
    "digits of another script": ("GET", "/n/٢/x", NotFound()),
    "ten digits": ("GET", "/n/0123456789/x", NotFound()),
    "many segments": ("GET", "/p/a//b/c.x", Found(four, {"rest": "a//b/c"})),
    "line feed in a path": ("GET", "/p/a\nb.x", Found(four, {"rest": "a\nb"})),
    "line feed at the end": ("GET", "/a\n", Found(three, {"name": "a\n"})),
    "method it lacks": ("DELETE", "/a", MethodNotAllowed(frozenset({"GET", "HEAD", "OPTIONS", "POST"}))),
    "method a pattern lacks": ("POST", "/b", MethodNotAllowed(frozenset({"GET", "HEAD", "OPTIONS"}))),
    "OPTIONS": ("OPTIONS", "/", MethodNotAllowed(frozenset({"GET", "HEAD", "OPTIONS"}))),
    "no HEAD without GET": ("HEAD", "/post", MethodNotAllowed(frozenset({"OPTIONS", "POST"}))),
}


@pytest.mark.parametrize(("method", "path", "expected"), MATCHES.values(), ids=MATCHES)
def test_match(method: str, path: str, expected: object) -> None:
    assert ROUTER.match(method, path) == expected


@pytest.mark.parametrize(
    ("name", "parameters", "path"),
    [
        ("one", {}, "/"),
        ("two", {}, "/a"),
        ("again", {}, "/alias"),
        ("three", {"name": "a b%ü"}, "/a%20b%25%C3%BC"),
        ("four", {"number": 7, "name": "x"}, "/n/7/x"),
    ],
)
def test_url_for(name: str, parameters: dict[str, object], path: str) -> None:
    assert ROUTER.url_for(name, **parameters) == path


def test_names() -> None:
    """A view's first path bears its name, unless it has a name of its own."""
    expected = {"one": "/", "two": "/a", "three": "/<name>", "four": "/n/<int:number>/<name>", "again": "/alias"}
    assert ROUTER.names == expected


def test_url_for_a_name_that_nobody_has() -> None:
    with pytest.raises(KeyError):
        ROUTER.url_for("five")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("three", {}),
        ("three", {"name": "a/b"}),
        ("three", {"name": ""}),
        ("three", {"name": "a", "more": "b"}),
        ("one", {"name": "a"}),
        ("four", {"number": "x", "name": "y"}),
    ],
)
def test_url_for_builds_no_path_that_it_would_not_match(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="do not match the path"):
        ROUTER.url_for(name, **parameters)


def test_static_paths_are_found_without_trying_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router({f"/<name>/{number}": one for number in range(1000)} | {"/static": two})
    monkeypatch.setattr(router, "_patterns", [])
    assert router.match("GET", "/static") == Found(two, {})


def test_urls_reverse_to_themselves() -> None:
    assert urls.url_for("public_file", name="notes/nested.txt") == "/files/notes/nested.txt"
    assert urls.url_for("time_page") == "/time"
    assert urls.url_for("time_html") == "/time.html"
