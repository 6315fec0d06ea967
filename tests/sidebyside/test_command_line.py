"""The commands of sidebyside in a shell: wrong words and options, and a pipe whose reader leaves early."""

from http import HTTPStatus

import pytest
from click.testing import CliRunner

from raw_router.messages import Handler, Response
from sidebyside.__main__ import main
from tests.serving import HOST, serving
from tests.unread import status_unread


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("copmare", "No such command 'copmare'. Did you mean 'compare'?"),
        ("nothing", "No such command 'nothing'."),
        ("-- --routes", "No such option '--routes'."),
        ("page --prot 1", "No such option '--prot'. Did you mean '--port'?"),
        ("serve --prot 1", "No such option '--prot'."),
        ("serve --base-prot 1", "No such option '--base-prot'. Did you mean '--base-port'?"),
        ("serve --base-port x", "Invalid value for '--base-port': 'x' is not a valid integer range."),
    ],
)
def test_a_wrong_word_is_one_line(typed: str, message: str) -> None:
    result = CliRunner().invoke(main, typed.split())
    assert (result.exit_code, result.output) == (2, f"Error: {message}\n")


@pytest.mark.parametrize("arguments", [["routes"], ["routes", "--json"]], ids=" ".join)
def test_a_reader_that_leaves_does_not_change_the_exit_status(arguments: list[str]) -> None:
    assert status_unread("sidebyside", *arguments) == 0


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["table", "json"])
def test_a_reader_that_leaves_does_not_hide_a_difference(form: list[str]) -> None:
    with serving(responds(HTTPStatus.NO_CONTENT)) as one, serving(responds(HTTPStatus.NOT_MODIFIED)) as other:
        urls = [f"{HOST}:{port}" for port in (one, other)]
        assert status_unread("sidebyside", "compare", "GET", "/", *form, "--urls", *urls) == 1
        assert status_unread("sidebyside", "compare", "GET", "/", *form, "--urls", urls[0], urls[0]) == 0


def responds(status: HTTPStatus) -> Handler:
    return lambda _: Response(status)
