"""The store: a folder with the result of each submission, so that only changed submissions are judged again."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from http_contract.errors import CannotJudge
from http_contract.reports.brief import telling
from http_contract.reports.files import write_whole
from http_contract.reports.json import data, report_of
from http_contract.reports.text import failures_shown, fatal_transcript, shown_part
from http_contract.rules.model import Failure, Outcome
from http_contract.runner.report import Report

LONGEST_LINE = 300  # characters of a line of the server's output
LONGEST = 4000  # characters of a failure's text, besides CUT
CUT = "\n... and so on, and at the end:\n"
SEED = "seed"  # the name of a file
SEEDS = 1_000_000  # seeds from 0 on, from which one is drawn


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job: the summary of its report, or the reason why there is none."""

    name: str
    digest: str  # of the submission, the judge and its options
    report: Report | None = None  # see summary
    why: str = ""

    def text(self) -> str:
        """Return the result as JSON, which `result_of` reads."""
        report = data(self.report) if self.report else None
        return json.dumps({"name": self.name, "digest": self.digest, "why": self.why, "report": report})


def result_of(text: str | bytes) -> Result:
    """Return the result that a text contains. ValueError, KeyError or TypeError if it contains none."""
    loaded = json.loads(text)
    report = loaded["report"]
    return Result(loaded["name"], loaded["digest"], None if report is None else report_of(report), loaded["why"])


def summary(report: Report) -> Report:
    """Return the parts of a report that grades are made of: transcripts only of the failures that are shown.

    The server's last words about each failure are among them, unless they may be about hidden rules.
    """
    words = no_words if report.hidden else last_words
    return replace(report, outcomes=tuple(_outcome_summary(each, words) for each in report.outcomes), output="")


def _outcome_summary(outcome: Outcome, words: Callable[[str], str]) -> Outcome:
    """Return an outcome with the transcripts of the failures that are shown, as far as they are shown."""
    diagnosis, selected = outcome.diagnosis, failures_shown(outcome)
    summaries = {id(failure): _failure_summary(failure) for failure in selected}
    failures = tuple(summaries.get(id(each)) or replace(each, transcript=None) for each in outcome.failures)
    if diagnosis and id(diagnosis.failure) in summaries:
        diagnosis = replace(diagnosis, failure=summaries[id(diagnosis.failure)])
    fatal = fatal_transcript(outcome, selected[0]) if selected else None
    transcripts = (shown_part(fatal, 0)[0],) if fatal else ()
    crash = outcome.crash and replace(outcome.crash, output=words(outcome.crash.output))
    return replace(outcome, failures=failures, diagnosis=diagnosis, transcripts=transcripts, crash=crash, output="")


def last_words(output: str) -> str:
    return "\n".join(line[:LONGEST_LINE] for line in telling(output))


def no_words(output: str) -> str:
    return ""


def _failure_summary(failure: Failure) -> Failure:
    if not failure.transcript:
        return failure
    short, place = shown_part(failure.transcript, failure.offset or 0)
    return replace(failure, transcript=short, offset=None if failure.offset is None else place)


def shortened(text: str, limit: int = LONGEST) -> str:
    """Return a text of at most `limit` characters as it is; of a longer one, the beginning, CUT and the end."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - limit // 2]}{CUT}{text[-(limit // 2) :]}"


class Store:
    """A folder with one file for each result. A file is always complete, however the program ends.

    Its methods raise CannotJudge where the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def has(self, name: str, digest: str) -> bool:
        """Return whether the store contains a result with this name and digest."""
        result = self.get(name)
        return result is not None and result.digest == digest

    def get(self, name: str) -> Result | None:
        """Return the result with this name, or None where there is none that can be read."""
        try:
            return result_of(self._path(name).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):  # the submission is judged again
            return None

    def put(self, result: Result) -> None:
        """Write a result; it replaces an earlier one with the same name."""
        with writing_to(self.folder):
            write_whole(self._path(result.name), result.text().encode())

    def all(self, names: list[str]) -> Iterator[Result]:
        """Yield the results with these names, read one by one; names without a result are left out."""
        for name in names:
            if result := self.get(name):
                yield result

    def _path(self, name: str) -> Path:
        """Return the file for a submission's name, which may contain any character of a file name."""
        return self.folder / f"{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Raise CannotJudge, with the folder and the reason, where writing in the block fails."""
    try:
        yield
    except OSError as error:
        raise CannotJudge(f"{folder}: {error.strerror or error}") from error


def load_seed(folder: Path) -> int:
    """Return the seed of the results in a folder; draw one where there is none. CannotJudge where it is not valid."""
    file = folder / SEED
    try:
        return int(file.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return secrets.randbelow(SEEDS)
    except (OSError, ValueError) as error:
        raise CannotJudge(f"{file} can't be read, or is not a number. Delete it to draw another seed.") from error


def save_seed(folder: Path, seed: int) -> None:
    """Write the seed of the results in a folder. CannotJudge where the folder cannot be written."""
    with writing_to(folder):
        write_whole(folder / SEED, f"{seed}\n".encode())
