"""The board that a launcher shows to the page: output, the state of the services, and a wish for silence."""

from pathlib import Path
from threading import Timer

import pytest

from sidebyside.launch import board as module
from sidebyside.launch.board import FIXED, Board, State


def test_the_output_since_a_size(tmp_path: Path) -> None:
    output = Board(tmp_path).output("flask")
    assert (output.size, output.since(0)) == (0, [])
    output.add(["one"])
    size = output.size
    output.add(["zwö\udcff", "three"])
    assert output.since(size) == ["zwö\\udcff", "three"]


def test_a_long_output_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LOG", 10)
    output = Board(tmp_path).output("flask")
    output.add(["0123456789"])
    size = output.size
    output.add(["new"])
    assert output.since(size) == ["new"]


@pytest.mark.parametrize("published", [FIXED, "now"], ids=["services that follow nothing", "this version"])
def test_services_that_run_as_the_sources_are_need_no_wait(tmp_path: Path, published: str) -> None:
    board = Board(tmp_path)
    board.publish(published, {"flask": "why"})
    assert board.settled(lambda: "now") == State(published, {"flask": "why"})


def test_it_waits_until_the_services_have_started_again(tmp_path: Path) -> None:
    board = Board(tmp_path)
    board.publish("old", {})
    timer = Timer(0.05, board.publish, ("new", {"flask": "why"}))
    timer.start()
    assert board.settled(lambda: "new") == State("new", {"flask": "why"})
    timer.join()


def test_the_wait_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLING", 0.05)
    board = Board(tmp_path)
    board.publish("old", {})
    assert board.settled(lambda: "new").version == "old"


def test_silence_ends_with_the_block(tmp_path: Path) -> None:
    board = Board(tmp_path)
    with board.quiet():
        assert board.is_quiet
    assert not board.is_quiet
