"""The explainer: its process explains responses, and is replaced when a source changes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from sidebyside.checkout import ROOT
from sidebyside.launch.services import SERVICES
from sidebyside.page.explainer import ENDED, Explainer, answer
from sidebyside.page.explanation import explain
from sidebyside.page.settings import RunningService
from sidebyside.sources import PACKAGES
from tests.page.sources import get

SERVED = tuple(RunningService(each.name, each.colour, "http://127.0.0.1:1/") for each in SERVICES)
TIME = re.compile(r"\d\d:\d\d:\d\d")


@pytest.fixture(scope="module")
def explainer() -> Iterator[Explainer]:
    with closing(Explainer(lambda: "")) as explainer:
        yield explainer


@pytest.mark.parametrize("path", ["/test", "/nowhere", "/error"])
def test_it_explains_as_in_the_same_process(explainer: Explainer, path: str) -> None:
    apart, here = (TIME.sub("", html) for html in (explainer(get(path), SERVED), explain(get(path), SERVED)))
    assert apart == here


def test_nothing_is_logged(explainer: Explainer, capfd: pytest.CaptureFixture[str]) -> None:
    """The service logs what its view raises. The page does not log it once more."""
    assert "RuntimeError" in explainer(get("/error"), SERVED)
    assert capfd.readouterr() == ("", "")


def test_it_is_replaced_when_it_has_ended() -> None:
    with closing(Explainer(lambda: "")) as explainer:
        explainer._process.kill()
        explainer._process.wait()
        assert "The router finds a view" in explainer(get("/test"), SERVED)


def test_it_is_replaced_when_a_source_has_changed() -> None:
    version = ["one"]
    with closing(Explainer(lambda: version[0])) as explainer:
        before = explainer._process.pid
        version[0] = "two"
        assert "The router finds a view" in explainer(get("/test"), SERVED)
        assert explainer._process.pid != before


def test_an_explanation_that_fails_names_the_line() -> None:
    def fail(*_: object) -> str:
        raise LookupError("no such line")

    _, error = answer((b"", SERVED), fail, "")  # type: ignore[arg-type]
    assert error.endswith("LookupError: no such line")


def test_a_process_that_ends_while_it_explains_is_an_error() -> None:
    with closing(Explainer(lambda: "")) as explainer:
        explainer.close()
        explainer._process = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read(1)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert ENDED in explainer(get("/test"), SERVED)


IMPORTS = """
import sys
from sidebyside.page import __main__
print(*(name for name in sys.modules if name.partition(".")[0] in sys.argv))
"""


def test_the_page_itself_imports_no_implementation() -> None:
    names = [name for name in PACKAGES if name not in ("raw_router", "shared_views", "guests")]
    done = subprocess.run([sys.executable, "-c", IMPORTS, *names], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
