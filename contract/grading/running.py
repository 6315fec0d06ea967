"""Many jobs at a time, by any executor: threads that each wait for a process, or a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, NamedTuple

from contract.errors import CannotJudge
from contract.grading.jobs import UNSETTLED, Job, Result, go_on, run, stop_all

AHEAD = 2  # jobs handed over for each that runs, so that none waits for the next one
PATIENCE = "10s"  # for a cluster to answer


class Workers(NamedTuple):
    executor: Executor
    number: int


def results(jobs: Iterable[Job], workers: Workers, do: Callable[[Job], Result] = run) -> Iterator[Result]:
    """Yield results as they come. Of those that wait to be taken only a few are held, however many jobs there are."""
    pending: dict[Future[Result], Job] = {}
    for job in jobs:
        pending[workers.executor.submit(do, job)] = job
        if len(pending) >= AHEAD * workers.number:
            yield from _done(pending)
    while pending:
        yield from _done(pending)


def _done(pending: dict[Future[Result], Job]) -> Iterator[Result]:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        yield _result(future, pending.pop(future))


def _result(future: Future[Result], job: Job) -> Result:
    try:
        return future.result()
    except Exception as error:  # of a machine that is gone, or of a folder that is not there
        return Result(job.name, UNSETTLED, why=f"the job failed: {type(error).__name__}: {error}")


@contextmanager
def threads(count: int) -> Iterator[Workers]:
    """Yield workers on this machine; their processes end with the block."""
    executor = ThreadPoolExecutor(count)
    try:
        yield Workers(executor, count)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        stop_all()
        executor.shutdown()
        go_on()


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """Yield the workers of a Dask cluster. CannotJudge where there is none."""
    try:
        from distributed import Client  # has no types
    except ImportError as error:
        raise CannotJudge("--dask needs distributed: pip install 'three-routers[cluster]'") from error
    try:
        client: Any = Client(address, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise CannotJudge(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield Workers(client.get_executor(pure=False, retries=1), max(1, sum(client.nthreads().values())))
