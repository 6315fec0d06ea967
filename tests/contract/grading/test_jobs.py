"""One submission in a process of its own, and no process left."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from threading import Event, Thread
from typing import Any

import pytest

from http_contract.grading import pool
from http_contract.grading.pool import UNSETTLED, go_on, run, run_in_place, stop_all
from http_contract.grading.store import Result
from tests.contract.grading.classes import Alive, job, outcome, result, submission
from tests.contract.worded import texts

pytestmark = pytest.mark.usefixtures("quick")


def test_a_report_without_its_conversations(tmp_path: Path) -> None:
    found = run(job(submission(tmp_path, "ann", "report It is late.")))
    made = result("ann", outcome("listen-accepts", "passed"), outcome("listen-answers", text="It is late."))
    assert found.text() == made.text()


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ("say working\nError: there is no command\n", "there is no command"),
        (f"say {'x' * 600}", "x" * pool.LAST_LINE),
        ("say", "the judge ended with exit status 2"),
        ("nothing", "the judge ended with exit status 1"),
    ],
    ids=["one-line", "a-long-one", "silent", "no-report"],
)
def test_no_report(tmp_path: Path, do: str, why: str) -> None:
    assert run(job(submission(tmp_path, "ann", do))) == Result("ann", UNSETTLED, why=why)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    why = "it can't be copied: No such file or directory"
    assert run(job(tmp_path / "none")) == Result("ann", UNSETTLED, why=why)


def test_where_the_copy_was_is_not_told(tmp_path: Path) -> None:
    report = run(job(submission(tmp_path, "ann", "where"))).report
    assert report
    assert texts(report.outcomes[1].failures) == ["ann/server.py"]
    assert run(job(submission(tmp_path, "bob", "nowhere"), "bob")).why == "bob/server.py"


@pytest.mark.parametrize(
    ("told", "shown"),
    [("/tmp/c-1/ann/a.py", "ann/a.py"), ("it is in /tmp/c-1", "it is in ."), ("/tmp/c-1/", ""), ("/tmp/c", "/tmp/c")],
    ids=["file", "place", "place-with-slash", "another"],
)
def test_nor_the_folder_around_it(told: str, shown: str) -> None:
    assert pool.unplaced(Result("ann", "", why=told), "/tmp/c-1").why == shown
    report = pool.unplaced(result("ann", outcome(text=f"{told}.")), "/tmp/c-1").report
    assert report
    assert texts(report.outcomes[0].failures) == [f"{shown}."]


@pytest.mark.parametrize(
    ("isolated", "more"), [(False, ()), (True, ("--hide", tempfile.gettempdir()))], ids=["seen", "isolated"]
)
def test_isolated_it_sees_no_copy_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: bool, more: tuple[str, ...]
) -> None:
    def judge(job: pool.Job, report: Path, said: Path) -> None:
        assert not report.is_relative_to(Path(job.folder).parent)
        given.append(job.options)

    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(pool, "judge", judge)
    asked = replace(job(submission(tmp_path, "ann")), options=("--command", "--isolate"), isolated=isolated)
    run(asked)
    assert given == [(*asked.options, *more)]


def test_what_is_not_done_in_time_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(process: Popen[bytes], timeout: float | None = None) -> Any:
        if timeout == 60:  # the limit passes once it is at work
            assert transcript.begun()
            timeout = 0
        return unchanged(process, timeout)

    unchanged: Any = Popen.wait
    monkeypatch.setattr(Popen, "wait", wait)
    transcript = Alive(tmp_path)
    result = run(job(submission(tmp_path, "ann", "hang")))
    assert transcript.gone()
    assert result == Result("ann", "digest", why="not done within 60 seconds")


def test_a_judge_that_does_not_end_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "STOP", 0.05)
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with Popen([sys.executable, "-ISc", code], stdout=-1, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        pool.end(process)
        assert process.returncode == -9


def test_those_that_run_end(tmp_path: Path) -> None:
    transcript = Alive(tmp_path)
    thread = Thread(target=run, args=[job(submission(tmp_path, "ann", "hang"))])
    thread.start()
    assert transcript.begun()
    stop_all()
    thread.join()
    go_on()
    assert transcript.gone()


def test_those_that_start_too_late_end(tmp_path: Path) -> None:
    stop_all()
    try:
        result = run_in_place(job(submission(tmp_path, "ann", "hang")))
    finally:
        go_on()
    assert result.why == "the judge ended with exit status -15"


def test_one_at_a_time_has_a_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    first, other, go = Event(), Event(), Event()

    def judge(job: pool.Job, report: Path, said: Path) -> None:
        begun.append(job.name)
        (first if job.name == "first" else other).set()
        if job.name == "first":
            go.wait()

    monkeypatch.setattr(pool, "judge", judge)
    asked = [job(tmp_path, "first", port=5000), job(tmp_path, "second", port=5000), job(tmp_path, "other", port=5001)]
    threads = [Thread(target=run, args=[each]) for each in asked]
    threads[0].start()
    first.wait()
    for thread in threads[1:]:
        thread.start()
    other.wait()
    assert begun == ["first", "other"]
    go.set()
    for thread in threads:
        thread.join()
    assert begun == ["first", "other", "second"]
