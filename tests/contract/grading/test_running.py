"""Many jobs at a time, on threads and on a cluster."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import LocalCluster

from http_contract.errors import CannotJudge
from http_contract.grading import pool
from http_contract.grading.pool import AHEAD, Job, Workers, cluster, results, threads
from http_contract.grading.store import Result
from tests.contract.grading.classes import job, judged, submission

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
def test_few_are_handed_over_before_they_are_needed(jobs: Iterator[Job], count: int) -> None:
    with threads(count) as workers:
        next(results(jobs, workers))
        assert len(list(jobs)) >= len(NAMES) - AHEAD * count


def test_what_waits_is_not_begun_once_the_block_is_left(jobs: Iterator[Job], tmp_path: Path) -> None:
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
    monkeypatch.setattr(pool, "PATIENCE", "50ms")
    with pytest.raises(CannotJudge, match=f"no Dask scheduler answers at {address}"), cluster(address):
        pass


def test_no_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(CannotJudge, match=r"--dask needs distributed\. Install it: pip install"),
        cluster("tcp://127.0.0.1:1"),
    ):
        pass
