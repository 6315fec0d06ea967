"""sidebyside routes: what each framework reports, which paths are the same, and how differences are reported."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.urls import include, path
from django.views import View
from flask import Flask

from raw_router.router import Router, Table
from sidebyside.__main__ import main
from sidebyside.route_tables.diff import differences
from sidebyside.route_tables.load import TABLES, Routes, table_of_django, table_of_flask, table_of_raw

ROOT = Path(__file__).parents[2]
GET = ("GET", "HEAD", "OPTIONS")


def view(*_: object, **__: object) -> str:
    return ""


class Views(View):
    def get(self, *_: object, **__: object) -> Any: ...

    def put(self, *_: object, **__: object) -> Any: ...


class Getting(View):
    def get(self, *_: object, **__: object) -> Any: ...


def raw(table: Table, **names: str) -> Routes:
    return table_of_raw(table, Router(table, names))


def flask(*rules: str, **options: Any) -> Routes:
    app = Flask(__name__, static_folder=None)
    for rule in rules:
        app.add_url_rule(rule, "view", view, **options)
    return table_of_flask(app)


def run(*options: str) -> Result:
    return CliRunner().invoke(main, ["routes", *options])


# -- each table


@pytest.mark.parametrize("name", TABLES)
def test_every_function_stands_where_it_is_said_to(name: str) -> None:
    found = [function for route in TABLES[name]() for function in route.functions]
    assert len(found) == 13
    for function in found:
        source = (ROOT / function.file).read_text().splitlines()
        after = source[function.line - 1 : function.line + 2]  # decorators come before
        assert any(f"def {function.name.rpartition('.')[2]}(" in line for line in after)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (raw({"/a": view}), ("/a", GET, "view")),
        (raw({"/a": {"POST": view}}), ("/a", ("OPTIONS", "POST"), "view")),
        (raw({"/a": view}, other="/a"), ("/a", GET, "view")),
        (flask("/a"), ("/a", GET, "view")),
        (flask("/a", methods=["POST"]), ("/a", ("OPTIONS", "POST"), "view")),
        (table_of_django((path("a", Views.as_view(), name="n"),)), ("/a", (*GET, "PUT"), "n")),
        (table_of_django((path("b/", include([path("c", Getting.as_view())])),)), ("/b/c", GET, "")),
    ],
    ids=["raw", "raw methods", "raw names", "flask", "flask methods", "django", "django include, no name"],
)
def test_what_a_table_reports(table: Routes, expected: tuple[str, tuple[str, ...], str]) -> None:
    assert [(route.path, route.methods, route.name) for route in table] == [expected]


def test_methods_of_one_path_are_one_route() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/a", "one", view)
    app.add_url_rule("/b", "other", view)
    app.add_url_rule("/a", "two", view, methods=["POST"])
    found = [(route.path, route.methods, route.name, len(route.functions)) for route in table_of_flask(app)]
    assert found == [("/a", (*GET, "POST"), "one", 2), ("/b", GET, "other", 1)]


# -- paths that are the same


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (raw({"/<a>": view}), flask("/<a>"), True),
        (raw({"/<a>": view}), flask("/<string:a>"), True),
        (raw({"/<a>": view}), table_of_django((path("<str:a>", Getting.as_view(), name="view"),)), True),
        (raw({"/<path:a>": view}), table_of_django((path("<path:a>", Getting.as_view(), name="view"),)), True),
        (raw({"/<int:a>": view}), flask("/<int:a>"), False),
        (raw({"/<int:a>": view}), table_of_django((path("<int:a>", Getting.as_view(), name="view"),)), False),
        (raw({"/<a>": view}), flask("/<b>"), False),
    ],
    ids=["plain", "string", "str", "path", "flask's own int", "django's own int", "another name"],
)
def test_paths_are_compared_by_what_they_take(ours: Routes, theirs: Routes, same: bool) -> None:
    assert (not differences({"ours": ours, "theirs": theirs})) is same


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (flask(), "theirs has no /a"),
        (flask("/a", "/a/"), "ours has no /a/"),
        (flask("/a", methods=["PUT"]), "/a: methods: ours has GET, HEAD, OPTIONS; theirs has OPTIONS, PUT"),
        (table_of_django((path("a", Getting.as_view(), name="b"),)), "/a: name: ours has view; theirs has b"),
        (table_of_django((path("a", Getting.as_view()),)), "/a: name: ours has view; theirs has none"),
    ],
    ids=["lacks a path", "has one more", "other methods", "another name", "no name"],
)
def test_a_difference_in_words(theirs: Routes, expected: str) -> None:
    assert [str(each) for each in differences({"ours": raw({"/a": view}), "theirs": theirs})] == [expected]


def test_parameters_of_one_path_are_a_difference() -> None:
    tables = {
        "ours": raw({"/a/<int:b>/c.<d>": view}),
        "theirs": flask("/a/<int:b>/c.<d>"),
        "others": flask("/a/<e>/c.<d>"),
    }
    parameters = "ours has b [0-9]{1,9}, d [^/]+; theirs has b \\d+, d [^/]+; others has e [^/]+, d [^/]+"
    assert [str(each) for each in differences(tables)] == [f"/a/<int:b>/c.<d>: parameters: {parameters}"]


def test_two_paths_of_one_shape_are_compared_by_their_parameters() -> None:
    two = flask("/<int:a>", "/<a>")
    assert differences({"ours": two, "theirs": two}) == ()
    assert [str(each) for each in differences({"ours": two, "theirs": two[:1]})] == ["theirs has no /<int:a>"]


def test_a_table_without_methods_differs_in_none() -> None:
    ours = raw({"/a": view})
    without = tuple(replace(route, methods=()) for route in ours)
    assert differences({"ours": ours, "theirs": without}) == ()


def test_a_path_that_two_tables_lack() -> None:
    [found] = differences({"ours": raw({"/a": view}), "theirs": (), "others": ()})
    assert str(found) == "theirs and others have no /a"


# -- the command


def test_our_three_agree() -> None:
    result = run()
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "The tables agree on all 12 paths, their methods and their names."


def test_a_path_is_shown_as_each_writes_it() -> None:
    lines = run().output.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("/status/<int:code>  status"))
    assert lines[start + 3].split() == ["django", "Status.get", "django_project/views.py:57", "/status/<digits:code>"]


def test_lines_in_a_pipe_are_whole_and_plain() -> None:
    output = run().output
    assert "\x1b" not in output
    assert [line for line in output.splitlines() if line != line.rstrip()] == []


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a method from one of Flask's paths, and another path altogether."""
    routes = [route for route in table_of_flask() if route.path != "/home"]
    broken = tuple(replace(route, methods=GET) if route.path == "/form" else route for route in routes)
    monkeypatch.setattr("sidebyside.route_tables.load.TABLES", {**TABLES, "flask": lambda: broken})


@pytest.mark.usefixtures("_broken")
def test_a_difference_is_pointed_out_where_it_is() -> None:
    result = run()
    lines = result.output.splitlines()
    home = lines.index("! flask has no /home")
    assert [line.split()[0] for line in lines[home - 3 : home]] == ["/home", "raw", "django"]
    assert any(
        line.startswith("! /form: methods: raw and django have GET, HEAD, OPTIONS, POST; flask has GET")
        for line in lines
    )
    assert lines[-1] == "The tables differ in 2 of 12 paths."
    assert result.exit_code == 1


def test_json() -> None:
    result = run("--json")
    data = json.loads(result.output)
    assert data["agree"]
    assert data["differences"] == []
    assert {name: len(table) for name, table in data["tables"].items()} == {"raw": 12, "flask": 12, "django": 12}
    assert data["tables"]["raw"][0]["functions"][0]["file"] == "raw_router/urls.py"
    assert result.exit_code == 0


@pytest.mark.usefixtures("_broken")
def test_json_of_a_difference() -> None:
    result = run("--json")
    data = json.loads(result.output)
    assert not data["agree"]
    assert {each["path"]: each["aspect"] for each in data["differences"]} == {"/form": "methods", "/home": "path"}
    assert [each["found"]["flask"] for each in data["differences"]] == ["none", "GET, HEAD, OPTIONS"]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("routes = [\nviews = 1\n", "flask_app/__init__.py:1: SyntaxError: '[' was never closed"),
        ("\nimport nothing_like_it", "flask_app/__init__.py:2: ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("int('five')", "flask_app/__init__.py:1: ValueError: invalid literal for int() with base 10: 'five'"),
    ],
    ids=["syntax", "import", "value"],
)
def test_an_implementation_that_cannot_be_loaded_is_one_line(
    source: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flask_app" / "__init__.py"
    monkeypatch.setattr("sidebyside.route_tables.cli.ROOT", tmp_path)
    monkeypatch.setattr("sidebyside.route_tables.load.TABLES", {"flask": lambda: exec(compile(source, file, "exec"))})
    result = run()
    assert (result.exit_code, result.output) == (2, f"Error: {message}\n")


def test_bad_option_is_one_line() -> None:
    result = run("--jason")
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert result.output.startswith("Error: No such option")
