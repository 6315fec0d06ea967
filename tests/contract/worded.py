"""Failures with a text of their own, the sentences of any failures, and noise instead of all sentences."""

from collections.abc import Iterable

import pytest

from http_contract.http.params import Params
from http_contract.http.transcript import Transcript
from http_contract.reports import messages
from http_contract.reports.causes import Cause
from http_contract.reports.messages import failure_text
from http_contract.rules.model import Failure


def odd(text: str, offset: int | None = None, transcript: Transcript | None = None) -> Failure:
    """Return a failure as a teacher's own rule has it."""
    return Failure("custom", Params(text=text), offset, transcript)


def texts(failures: Iterable[Failure]) -> list[str]:
    return [failure_text(failure) for failure in failures]


def noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace every sentence by noise."""
    tables = [name for name in dir(messages) if name.isupper() and isinstance(getattr(messages, name), dict)]
    for name in tables:
        table = getattr(messages, name)
        for code, sentence in table.items():
            if isinstance(sentence, str) and name != "SIGNALS":
                monkeypatch.setitem(table, code, f"xyzzy {name}")
            elif isinstance(sentence, Cause):
                monkeypatch.setitem(table, code, Cause("xyzzy", "xyzzy", "xyzzy", "plugh"))
