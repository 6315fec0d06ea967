"""The explainer: a process that explains responses, so that the page can follow the sources while they are edited.

The page itself never imports the implementations. The explainer does. It is replaced when a source has changed, and it
names the file that cannot be loaded. An edited view that never returns, or that prints, harms it alone.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from select import select
from threading import Lock
from typing import TypeAlias

from markupsafe import Markup

from sidebyside.checkout import ROOT, environment, import_from_checkout, python
from sidebyside.loading import loading_error
from sidebyside.page.settings import Explain, RunningService, explain_here

PATIENCE = 20.0  # seconds for an explanation, the start of the process on a busy machine included
FAILURE = Markup('<h2 id="reasons">Reasons</h2>\n<p class="changed">{}</p>')
TOO_LONG = f"The explanation took longer than {PATIENCE:.0f} seconds, so it was given up."
ENDED = "The process that explains responses has ended."


Question: TypeAlias = tuple[bytes, tuple[RunningService, ...]]


class Explainer:
    """Explains responses by a process that imports the sources as they are now."""

    def __init__(self, version: Callable[[], str]) -> None:
        """Start the process. `version` returns a text that changes when a source does."""
        self._version = version
        self._lock = Lock()
        self._start()

    def __call__(self, data: bytes, services: Sequence[RunningService]) -> Markup:
        """Return the explanation as HTML, or why there is none."""
        with self._lock:
            if self._process.poll() is not None or self._started_with != self._version():
                self.close()
                self._start()
            try:
                return self._ask((data, tuple(services)))
            except (EOFError, OSError):
                return FAILURE.format(ENDED)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> None:
        self._started_with = self._version()
        self._process = subprocess.Popen(
            python("sidebyside.page.explainer"),
            cwd=ROOT,
            env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},  # Python would confuse two edits in one second
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the service itself logs what a view raises
            start_new_session=True,  # Ctrl-C in the terminal is for the page, which then ends it
        )

    def _ask(self, question: Question) -> Markup:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(question, self._process.stdin)
        self._process.stdin.flush()
        if not select([self._process.stdout], [], [], PATIENCE)[0]:
            self.close()
            return FAILURE.format(TOO_LONG)
        html, error = pickle.load(self._process.stdout)
        return FAILURE.format(error) if error else Markup(html)


def main() -> None:
    """Answer the questions on standard input until it ends. What views print is dropped."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    explain, error = load()
    with suppress(EOFError):
        while True:
            pickle.dump(answer(pickle.load(sys.stdin.buffer), explain, error), answers)
            answers.flush()


def load() -> tuple[Explain, str]:
    """Import the implementations. Return the function that explains, and why it cannot, "" if it can."""
    try:
        from sidebyside.page.source import take_snapshot

        take_snapshot()
        reasons = import_module("sidebyside.page.reasons")
        import_module("sidebyside.page.explanation")
    except Exception as error:
        return explain_here, loading_error(error)
    for service in reasons.REASONS:
        with suppress(Exception):  # its reason says why, once it is asked
            reasons.asker_of(service)
    return explain_here, ""


def answer(question: Question, explain: Explain, error: str) -> tuple[Markup, str]:
    """Return the explanation as HTML, or an error."""
    if error:
        return Markup(), error
    try:
        return explain(*question), ""
    except Exception as failure:  # the edited sources may do anything
        return Markup(), loading_error(failure)


if __name__ == "__main__":
    import_from_checkout()
    main()
