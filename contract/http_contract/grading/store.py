"""The results of submissions: a thousand of them lie in a folder, and are read more than once."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.reports.files import write_whole
from http_contract.reports.json import data, report_of
from http_contract.reports.text import BEFORE, SHOWN, failures_shown
from http_contract.rules.model import Failure, Outcome
from http_contract.runner.report import Report

LONGEST = 4000  # characters of the text about a failure, the mark of the cut not counted
CUT = "\n... and so on, and at the end:\n"


def brief(report: Report) -> Report:
    """Return what grades are made of: no transcripts but those of failures that are shown, as far as they are."""
    return replace(report, outcomes=tuple(map(_brief, report.outcomes)), output="")


def _brief(outcome: Outcome) -> Outcome:
    """Return an outcome with the failures that are shown, whole, and with the others without a transcript."""
    diagnosis, shown = outcome.diagnosis, failures_shown(outcome)
    kept = {id(failure): _short(failure) for failure in shown}
    failures = tuple(kept.get(id(each)) or replace(each, transcript=None) for each in outcome.failures)
    if diagnosis and id(diagnosis.failure) in kept:
        diagnosis = replace(diagnosis, failure=kept[id(diagnosis.failure)])
    crash = outcome.crash and replace(outcome.crash, output="")
    return replace(outcome, failures=failures, diagnosis=diagnosis, transcripts=(), crash=crash, output="")


def _short(failure: Failure) -> Failure:
    if not failure.transcript:
        return failure
    short, place = failure.transcript.first_sent(SHOWN).shortened(failure.offset or 0, SHOWN, BEFORE)
    return replace(failure, transcript=short, offset=None if failure.offset is None else place)


def shortened(text: str, most: int = LONGEST) -> str:
    """Return the beginning and the end of a text that is too long: what decides may stand in its last line."""
    if len(text) <= most:
        return text
    return f"{text[: most - most // 2]}{CUT}{text[-(most // 2) :]}"


SEED = "seed"  # a file's name
SEEDS = 1_000_000  # that are drawn from


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: a report, as `brief` returns it, or the reason why there is none."""

    name: str
    digest: str
    report: Report | None = None
    why: str = ""

    def text(self) -> str:
        """Return the result as JSON, which `result_of` reads."""
        return json.dumps({**vars_of(self), "report": data(self.report) if self.report else None})


def vars_of(result: Result) -> dict[str, str]:
    return {"name": result.name, "digest": result.digest, "why": result.why}


def result_of(text: str | bytes) -> Result:
    """Return the result that a text contains. ValueError, KeyError or TypeError where it contains none."""
    loaded = json.loads(text)
    report = loaded["report"]
    return Result(loaded["name"], loaded["digest"], None if report is None else report_of(report), loaded["why"])


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Say in one line what keeps results from their folder."""
    try:
        yield
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error


def kept_seed(folder: Path) -> int:
    """Return the seed that is kept in a folder, or draw one where there is none."""
    file = folder / SEED
    try:
        return int(file.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return secrets.randbelow(SEEDS)
    except (OSError, ValueError) as error:
        raise CannotJudge(f"{file} can't be read, or holds no number: without it, another seed is drawn") from error


def keep_seed(folder: Path, seed: int) -> None:
    with kept_in(folder):
        write_whole(folder / SEED, f"{seed}\n".encode())


class Store:
    """The results of submissions; each file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with kept_in(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def has(self, name: str, digest: str) -> bool:
        """Tell whether there is a result of just this submission."""
        result = self.get(name)
        return result is not None and result.digest == digest

    def get(self, name: str) -> Result | None:
        try:
            return result_of(self._path(name).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):  # none, or none that can be read: it is judged again
            return None

    def put(self, result: Result) -> None:
        with kept_in(self.folder):
            write_whole(self._path(result.name), result.text().encode())

    def all(self, names: list[str]) -> Iterator[Result]:
        """Yield the results of these submissions one by one, none held longer than it is looked at."""
        for name in names:
            if result := self.get(name):
                yield result

    def _path(self, name: str) -> Path:
        """Return the file for a name, which may hold anything that a file's name may, at any length."""
        return self.folder / f"{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"
