"""The route tables of guests: each adapter reports what the guest's own framework has, or why there is no table."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from guests import GUESTS, Guest
from sidebyside.__main__ import main
from sidebyside.checkout import ROOT
from sidebyside.launch.guests import find_guests
from sidebyside.launch.requirements import LaunchError
from sidebyside.route_tables.adapters import ADAPTERS, NO_TABLE, expanded, of_regex
from sidebyside.route_tables.guests import NO_ADAPTER, guest_table
from sidebyside.route_tables.load import table_of_raw

QUICK = ("aiohttp", "starlette")  # that load within half a second
LISTED = [guest for guest in GUESTS if guest.name in ADAPTERS]
SHAPES = {route.shape for route in table_of_raw()}


def run(*options: str) -> Result:
    return CliRunner().invoke(main, ["routes", *options])


@pytest.mark.parametrize(
    "guest",
    [pytest.param(each, marks=() if each.name in QUICK else pytest.mark.full, id=each.name) for each in LISTED],
)
def test_a_guest_has_the_same_paths_and_its_functions_stand_where_it_is_said(guest: Guest) -> None:
    table = guest_table(guest)
    assert not table.reason
    assert {route.shape for route in table.routes} >= SHAPES
    functions = {function for route in table.routes for function in route.functions}
    assert len(functions) >= 9  # files may be the framework's
    for function in functions:
        source = Path(ROOT, function.file).read_text().splitlines()
        after = source[function.line - 1 : function.line + 3]  # decorators come before
        assert any(f"def {function.name.rpartition('.')[2]}(" in line for line in after)


def test_every_guest_has_an_adapter_or_a_reason() -> None:
    assert {guest.name for guest in GUESTS} == ADAPTERS.keys() | NO_TABLE.keys()
    assert ADAPTERS.keys().isdisjoint(NO_TABLE)


@pytest.mark.parametrize(
    ("regex", "path"),
    [
        (r"/time\.html", "/time.html"),
        (r"/(style\.css)", "/style.css"),
        (r"^/status/(?P<code>[0-9]+)$", "/status/<code [0-9]+>"),
        (r"/a/([^/]+)/(.+)", "/a/< [^/]+>/< .+>"),
    ],
)
def test_the_path_that_a_regular_expression_stands_for(regex: str, path: str) -> None:
    assert of_regex(regex) == path


def test_an_optional_part_makes_two_paths() -> None:
    assert expanded(r"/time(?:\.html)?") == ["/time", r"/time\.html"]
    assert expanded("/a/(.+)") == ["/a/(.+)"]


def test_guests_have_further_lines_and_differences() -> None:
    result = run("--with", "aiohttp")
    lines = result.output.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("/hello/<name>"))
    assert lines[start + 4].split() == ["aiohttp", "hello", lines[start + 4].split()[2], "/hello/{name}"]
    assert "! /test: methods: raw, flask and django have GET, HEAD, OPTIONS; aiohttp has GET, HEAD" in lines
    assert lines[-1] == "The tables differ in 12 of 12 paths."
    assert result.exit_code == 1


def test_a_guest_without_a_table_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.route_tables.guests.ADAPTERS", {})
    result = run("--with", "aiohttp")
    assert f"aiohttp {NO_ADAPTER}." in result.output.splitlines()
    assert result.exit_code == 0
    assert json.loads(run("--with", "aiohttp", "--json").output)["without_table"] == {"aiohttp": NO_ADAPTER}


def test_a_guest_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidebyside.route_tables.guests.python", lambda *words: ["python3", "-c", "int('x')"])
    message = "guests.aiohttp cannot be loaded: ValueError: invalid literal for int() with base 10: 'x'"
    with pytest.raises(LaunchError) as raised:
        guest_table(*find_guests("aiohttp"))
    assert str(raised.value) == message
    result = run("--with", "aiohttp")
    assert (result.exit_code, result.output) == (2, f"Error: {message}\n")
