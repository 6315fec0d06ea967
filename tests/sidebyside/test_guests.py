"""Guests beside the three: the option --with, the ports and servers of guests, and what happens without a framework."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from rich.style import Style

from guests import GUESTS, Guest
from sidebyside.__main__ import main
from sidebyside.checkout import ROOT
from sidebyside.launch.guests import COLOURS, UnknownGuest, find_guests, guest_service, with_guests
from sidebyside.launch.services import SERVER_TITLES, page_spec, server_specs

WSGI = Guest("one", "One", "guests.one", "one-framework", "wsgi", "decorator")
ASGI = Guest("two", "Two", "guests.two", "two-framework", "asgi", "list")
OWN = Guest("alone", "Alone", "guests.alone", "", "own", "dict")


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("guests", "options"):
        monkeypatch.setattr(f"sidebyside.launch.{module}.GUESTS", (WSGI, ASGI, OWN))


@pytest.mark.parametrize(
    ("names", "found"),
    [("", ()), ("one", (WSGI,)), ("alone,one", (OWN, WSGI)), ("two, two,", (ASGI,))],
    ids=["none", "one", "in the order typed", "each once"],
)
def test_guests_are_named(names: str, found: tuple[Guest, ...]) -> None:
    assert find_guests(names) == found


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("aloen", "'aloen' is not the name of a guest. Did you mean 'alone'?"),
        ("one,zope", "'zope' is not the name of a guest. The guests: one, two, alone."),
    ],
)
def test_unknown_names(names: str, message: str) -> None:
    with pytest.raises(UnknownGuest) as raised:
        find_guests(names)
    assert str(raised.value) == message
    result = CliRunner().invoke(main, ["serve", "--with", names])
    assert (result.exit_code, result.output) == (2, f"Error: Invalid value for '--with': {message}\n")


def test_guests_follow_the_three() -> None:
    specs = server_specs("raw_router", 9000, with_guests((OWN, WSGI, ASGI)))
    assert [(spec.name, spec.port, spec.server) for spec in specs[3:]] == [
        ("alone", 9004, "own"),
        ("one", 9005, "raw_router"),
        ("two", 9006, "raw_router"),
    ]
    assert [" ".join(spec.command).partition("--access-log ")[2] for spec in specs[3:]] == [
        "",
        "--wsgi guests.one:app",
        "--asgi guests.two:app",
    ]
    assert specs[3].command == ("guests.alone", "9004")
    assert specs[3].routes == "guests/alone.py"


def test_each_column_has_a_colour_of_its_own() -> None:
    many = [replace(OWN, name=f"guest {number}") for number in range(len(COLOURS))]
    colours = [service.colour for service in with_guests(many)]
    assert len(set(colours)) == len(colours)
    assert all(map(Style.parse, colours))
    style_sheet = Path(ROOT, "sidebyside/page/static/page.css").read_text()
    assert all(f".{colour} {{ --accent" in style_sheet for colour in colours)


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ("gunicorn", {"one": "gunicorn", "two": "raw_router", "alone": "own"}),
        ("dev", {"one": "dev", "two": "dev", "alone": "own"}),
    ],
)
def test_a_guest_stays_at_home_if_it_cannot_run_on_a_server(server: str, found: dict[str, str]) -> None:
    guests = (guest_service(each) for each in (WSGI, ASGI, OWN))
    assert {guest.name: guest.on(server, 1).server for guest in guests} == found
    assert SERVER_TITLES.keys() >= set(found.values())


def test_the_page_is_started_with_the_same_guests() -> None:
    assert page_spec(8000, 8000, "dev", "board", ["one", "two"]).command[-2:] == ("--with", "one,two")
    assert "--with" not in page_spec(8000, 8000, "dev", "board").command


@pytest.mark.parametrize(("command", "status"), [("serve", 1), ("page", 1), ("compare GET /", 2)])
def test_a_framework_that_is_not_installed(command: str, status: int) -> None:
    result = CliRunner().invoke(main, [*command.split(), "--with", "one"])
    install = "pip install -c constraints.txt -e '.[guests]' in the checkout"
    message = f"Error: one-framework is not installed. Install it: {install}\n"
    assert (result.exit_code, result.output) == (status, message)


def test_guests_are_started_not_found_at_urls() -> None:
    result = CliRunner().invoke(main, ["compare", "GET", "/", "--with", "one", "--urls", "localhost:1", "localhost:2"])
    assert (result.exit_code, result.output) == (2, "Error: --with cannot be used with --urls\n")


def test_names_are_completed() -> None:
    found = ShellComplete(main, {}, "sidebyside", "_COMPLETE").get_completions(["serve", "--with"], "one,t")
    assert [each.value for each in found] == ["one,two"]


def test_names_of_guests_are_plain_words() -> None:
    assert all(guest.name.isidentifier() for guest in GUESTS)
