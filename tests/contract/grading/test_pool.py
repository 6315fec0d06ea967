"""One submission in a process of its own; many of them on threads and on a cluster."""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from threading import Event, Thread
from typing import Any

import pytest
from distributed import LocalCluster

from http_contract.errors import CannotJudge
from http_contract.grading import pool
from http_contract.grading.pool import (
    AHEAD,
    NO_DIGEST,
    Job,
    Workers,
    allow_start,
    cluster,
    results,
    run,
    run_in_place,
    stop_all,
    threads,
)
from http_contract.grading.store import Result
from tests.contract.grading.classes import Alive, job, judged, outcome, result, submission
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
        ("kill", "the judge ended with SIGKILL"),
        ("say Error: \x1b[2J ##[error]\u202e", "\\x1b[2J \\x23#[error]\\u202e"),
    ],
    ids=["one-line", "a-long-one", "silent", "no-report", "killed", "hostile"],
)
def test_no_report(tmp_path: Path, do: str, why: str) -> None:
    assert run(job(submission(tmp_path, "ann", do))) == Result("ann", NO_DIGEST, why=why)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    why = "it can't be copied: No such file or directory"
    assert run(job(tmp_path / "none")) == Result("ann", NO_DIGEST, why=why)


def test_no_path_shows_the_copy(tmp_path: Path) -> None:
    report = run(job(submission(tmp_path, "ann", "where"))).report
    assert report
    assert texts(report.outcomes[1].failures) == ["ann/server.py"]
    assert run(job(submission(tmp_path, "bob", "nowhere"), "bob")).why == "bob/server.py"


@pytest.mark.parametrize(
    ("told", "shown"),
    [("/tmp/c-1/ann/a.py", "ann/a.py"), ("it is in /tmp/c-1", "it is in ."), ("/tmp/c-1/", ""), ("/tmp/c", "/tmp/c")],
    ids=["file", "place", "place-with-slash", "another"],
)
def test_nor_the_folder_that_contains_it(told: str, shown: str) -> None:
    assert pool.without_path(Result("ann", "", why=told), "/tmp/c-1").why == shown
    report = pool.without_path(result("ann", outcome(text=f"{told}.")), "/tmp/c-1").report
    assert report
    assert texts(report.outcomes[0].failures) == [f"{shown}."]


@pytest.mark.parametrize(
    ("isolated", "more"), [(False, ()), (True, ("--hide", tempfile.gettempdir()))], ids=["seen", "isolated"]
)
def test_an_isolated_submission_sees_no_other_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolated: bool, more: tuple[str, ...]
) -> None:
    def judge(job: pool.Job, report: Path, errors: Path) -> None:
        assert not report.is_relative_to(Path(job.folder).parent)
        given.append(job.options)

    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(pool, "judge", judge)
    asked = replace(job(submission(tmp_path, "ann")), options=("--command", "--isolate"), isolated=isolated)
    run(asked)
    assert given == [(*asked.options, *more)]


def test_the_time_limit_ends_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert result == Result("ann", "digest", why="judging took more than 60 seconds")


def test_a_judge_that_ignores_sigterm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "TERM_GRACE", 0.05)
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with Popen([sys.executable, "-ISc", code], stdout=-1, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        pool.end(process)
        assert process.returncode == -9


def test_stop_all_ends_running_judges(tmp_path: Path) -> None:
    transcript = Alive(tmp_path)
    thread = Thread(target=run, args=[job(submission(tmp_path, "ann", "hang"))])
    thread.start()
    assert transcript.begun()
    stop_all()
    thread.join()
    allow_start()
    assert transcript.gone()


def test_stop_all_ends_judges_that_start_later(tmp_path: Path) -> None:
    stop_all()
    try:
        result = run_in_place(job(submission(tmp_path, "ann", "hang")))
    finally:
        allow_start()
    assert result.why == "the judge ended with SIGTERM"


def test_jobs_with_the_same_port_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    first, other, go = Event(), Event(), Event()

    def judge(job: pool.Job, report: Path, errors: Path) -> None:
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


NAMES = ["ann", "bob", "cid", "dan", "eve"]


@pytest.fixture
def jobs(tmp_path: Path, quick: None) -> Iterator[Job]:
    return (job(submission(tmp_path, name), name) for name in NAMES)


def reports(found: Iterator[Result]) -> list[str]:
    return sorted(result.name for result in found if result.report)


def test_threads(jobs: Iterator[Job]) -> None:
    with threads(2) as workers:
        assert reports(results(jobs, workers)) == NAMES


@pytest.mark.parametrize("count", [1, 3])
def test_few_jobs_are_submitted_in_advance(jobs: Iterator[Job], count: int) -> None:
    with threads(count) as workers:
        next(results(jobs, workers))
        assert len(list(jobs)) >= len(NAMES) - AHEAD * count


def test_pending_jobs_do_not_start_after_the_block(jobs: Iterator[Job], tmp_path: Path) -> None:
    with threads(1) as workers:
        waiting = results(jobs, workers)
        next(waiting)
    assert len(judged(tmp_path)) < len(NAMES)


def test_a_machine_that_is_gone(tmp_path: Path) -> None:
    class Lost(ThreadPoolExecutor):
        def submit(self, *_: object) -> Future[Result]:  # type: ignore[override]
            future: Future[Result] = Future()
            future.set_exception(ConnectionError("no machine"))
            return future

    with Lost() as executor:
        [result] = results([job(tmp_path)], Workers(executor, 1))
    assert result.why == "the job failed: ConnectionError: no machine"


def test_a_cluster(jobs: Iterator[Job]) -> None:
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as local,  # type: ignore[no-untyped-call]
        cluster(local.scheduler_address) as workers,
    ):
        assert workers.number == 2
        assert reports(results(jobs, workers)) == NAMES


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"])
def test_no_cluster(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(pool, "CLUSTER_TIMEOUT", "50ms")
    with pytest.raises(CannotJudge, match=f"no Dask scheduler answers at {address}"), cluster(address):
        pass


def test_no_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(CannotJudge, match=r"--dask needs distributed\. Install it: pip install"),
        cluster("tcp://127.0.0.1:1"),
    ):
        pass
