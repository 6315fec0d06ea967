"""The plan: which options judge a submission."""

from pathlib import Path
from typing import Any

import pytest

from http_contract.grading.plan import Plan
from http_contract.grading.pool import NO_DIGEST, Job
from http_contract.grading.store import Result
from http_contract.grading.submissions import Submission
from tests.contract.grading.classes import submission

ASKED: dict[str, Any] = {
    "command": "serve {port}",
    "stages": (),
    "until": None,
    "hidden": None,
    "points": (),
    "routes": (),
    "seed": 0,
    "start_within": None,
    "timeout": None,
    "patience": 8.0,
    "slow": False,
    "isolate": False,
    "hide": (),
    "allow": (),
    "time_limit": 60.0,
}


def planned(folder: Path, **asked: Any) -> Job | Result:
    return Plan(**ASKED | asked).job(Submission("ann", folder))


@pytest.mark.parametrize(
    ("toml", "asked", "options"),
    [
        ('command = "mine"', {}, "--until 10 --seed 0 --patience 8.0"),
        ('command = "mine"\nport = 5000\nstages = [1]', {}, "--until 10 --seed 0 --patience 8.0"),
        ("", {"command": "serve"}, "--command serve --until 10 --seed 0 --patience 8.0"),
        ("port = 5000", {"command": "serve"}, "--command serve --port 5000 --until 10 --seed 0 --patience 8.0"),
        ('command = "mine"', {"until": 4, "seed": 7}, "--until 4 --seed 7 --patience 8.0"),
        ('command = "mine"', {"stages": (1, 3)}, "--until 10 --stage 1 --stage 3 --seed 0 --patience 8.0"),
        (
            'command = "mine"',
            {"points": ((1, 5),), "routes": (("/test", "/blog"),)},
            "--until 10 --points 1=5 --route /test=/blog --seed 0 --patience 8.0",
        ),
        (
            'command = "mine"',
            {"start_within": 60.0, "timeout": 5.0},
            "--until 10 --seed 0 --start-within 60.0 --timeout 5.0 --patience 8.0",
        ),
        ('command = "mine"', {"slow": True}, "--until 10 --seed 0 --patience 8.0 --slow"),
        ('command = "mine"', {"hide": (Path("a"),)}, "--until 10 --seed 0 --patience 8.0"),
        (
            'command = "mine"',
            {"isolate": True, "hide": (Path("a"),), "allow": (Path("b"),)},
            "--until 10 --seed 0 --patience 8.0 --isolate --hide a --allow b",
        ),
    ],
    ids=[
        *("its-own", "its-port-and-stages", "common", "common-its-port", "until", "stages"),
        *("points-and-routes", "seconds", "slow", "seen", "isolated"),
    ],
)
def test_options(tmp_path: Path, toml: str, asked: dict[str, Any], options: str) -> None:
    made = planned(submission(tmp_path, "ann", toml=toml), **asked)
    assert isinstance(made, Job)
    assert " ".join(made.options) == options
    assert made.port == (5000 if "port" in toml else None)
    assert made.isolated == asked.get("isolate", False)


@pytest.mark.parametrize(
    ("toml", "why"),
    [("", "there is no command: neither in contract.toml, nor by --command"), ("command =", "is not valid TOML")],
    ids=["no-command", "broken"],
)
def test_submissions_that_cannot_be_judged(tmp_path: Path, toml: str, why: str) -> None:
    made = planned(submission(tmp_path, "ann", toml=toml), command=None)
    assert isinstance(made, Result)
    assert why in made.why
    assert (made.digest, made.report) == (NO_DIGEST, None)


@pytest.mark.parametrize(
    "asked",
    [
        *({"seed": 1}, {"until": 2}, {"stages": (2,)}, {"isolate": True}, {"time_limit": 61.0}, {"command": "other"}),
        *(
            {"points": ((1, 5),)},
            {"routes": (("/", "/a"),)},
            {"patience": 1.0},
            {"slow": True},
            {"timeout": 1.0},
            {"start_within": 1.0},
        ),
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_another_option_is_another_job(tmp_path: Path, asked: dict[str, Any]) -> None:
    folder = submission(tmp_path, "ann", toml="")
    assert planned(folder).digest == planned(folder).digest != planned(folder, **asked).digest


def test_other_hidden_rules_are_another_job(tmp_path: Path) -> None:
    folder, hidden = submission(tmp_path, "ann"), tmp_path / "hidden.py"
    hidden.write_bytes(b"# caf\xe9")
    first = planned(folder, hidden=hidden)
    assert isinstance(first, Job)
    assert first.options[2:4] == ("--hidden", str(hidden))
    hidden.write_text("# other")
    assert planned(folder, hidden=hidden).digest != first.digest


@pytest.mark.parametrize(
    ("asked", "points"),
    [
        ({}, 100),
        ({"until": 4}, 40),
        ({"stages": (2, 8), "points": ((8, 25), (9, 50))}, 35),
        ({"until": 4, "stages": (4, 5)}, 10),
    ],
    ids=["all", "until", "stages-and-points", "until-and-stages"],
)
def test_max_points(asked: dict[str, Any], points: int) -> None:
    assert Plan(**ASKED | asked).max_points == points
