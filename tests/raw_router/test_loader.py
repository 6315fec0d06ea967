"""Loading an application that an option names."""

import sys
from pathlib import Path

import pytest

from raw_router.__main__ import main
from raw_router.loader import LoadError, load_application

SHOP = """
def app(environ, start_response):
    return []

class Dash:
    server = app
    class inner:
        @staticmethod
        def make(*arguments, **keywords):
            return lambda environ, start_response: (arguments, keywords)

dash = Dash

def create_app(name="", *, debug=False, paths=()):
    return lambda environ, start_response: (name, debug, paths)

def none():
    return None

def fails():
    raise RuntimeError("no database")

def leaves():
    raise SystemExit("no settings")
"""


@pytest.fixture(autouse=True)
def current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The application is in the current directory, which Python itself does not search."""
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("shop:app", []),
        ("shop:dash.server", []),
        ("shop:create_app()", ("", False, ())),
        ("shop:create_app('x', debug=True, paths=['/a', -1])", ("x", True, ["/a", -1])),
        ("shop:dash.inner.make({'a': None})", (({"a": None},), {})),
    ],
)
def test_an_application_is_loaded(name: str, result: object) -> None:
    assert load_application(name)({}, None) == result
    assert load_application(name)({}, None) == result


NOT_THE_FORM = [
    *(
        "shop",
        "shop:",
        ":app",
        "",
        "shop:app[0]",
        "shop:app()()",
        "shop:1",
        "shop:app.server[0].x",
        "shop:app; print()",
    ),
    *("shop:create_app(name)", "shop:create_app(*[1])", "shop:create_app(**{'name': 1})", "shop:create_app({[]: 1})"),
    *("shop:create_app(print())", "shop:(", "shop:a\0"),
]
FAILURES = {
    **{name: f"{name!r} is not MODULE:APP, where APP is" for name in NOT_THE_FORM},
    "nowhere.at:app": "nowhere.at cannot be imported: ModuleNotFoundError: No module named 'nowhere'",
    "shop.at:app": "shop.at cannot be imported: ModuleNotFoundError: No module named 'shop.at'",
    "shop:nothing": "module 'shop' has no attribute 'nothing'",
    "shop:dash.nothing": "type object 'Dash' has no attribute 'nothing'",
    "shop:__doc__": "shop:__doc__ is NoneType, which cannot be called",
    "shop:none()": "shop:none() is NoneType, which cannot be called",
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_name_that_cannot_be_loaded_has_one_reason(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LoadError) as raised:
        load_application(name)
    assert str(raised.value).startswith(FAILURES[name])
    assert capsys.readouterr().err == ""


FAILED_CALLS = {
    "shop:create_app(1, 2)": "TypeError: create_app() takes from 0 to 1 positional arguments but 2 were given",
    "shop:fails()": "RuntimeError: no database",
    "shop:leaves()": "SystemExit: no settings",
}


@pytest.mark.parametrize("name", FAILED_CALLS)
def test_a_factory_that_fails_is_shown_with_its_traceback(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LoadError) as raised:
        load_application(name)
    assert str(raised.value) == f"{name} failed: {FAILED_CALLS[name]}"
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "place", "cause"),
    [
        ("app = (", "broken.py", "SyntaxError: '(' was never closed (broken.py, line 1)"),
        ("\nraise RuntimeError('no database')", 'broken.py", line 2', "RuntimeError: no database"),
        ("import nowhere", 'broken.py", line 1', "ModuleNotFoundError: No module named 'nowhere'"),
        ("raise SystemExit('no settings')", 'broken.py", line 1', "SystemExit: no settings"),
    ],
    ids=["no Python", "raises", "wants what is not there", "leaves"],
)
def test_an_application_that_cannot_be_imported_is_a_bad_option(
    current_directory: Path, capsys: pytest.CaptureFixture[str], program: str, place: str, cause: str
) -> None:
    (current_directory / "broken.py").write_text(program)
    with pytest.raises(SystemExit) as ended:
        main(["--wsgi", "broken:app"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert place in told
    assert told.endswith(f"argument --wsgi: broken cannot be imported: {cause}\n")
