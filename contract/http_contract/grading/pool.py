"""One submission, judged in a process of its own: plain data in, plain data out, wherever it runs."""

import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import Any, NamedTuple

from http_contract.errors import CannotJudge
from http_contract.grading.store import Result, brief, result_of
from http_contract.grading.submissions import copied
from http_contract.reports import json

# -P keeps Python from importing what lies in the submission's folder.
JUDGE = (sys.executable, "-P", "-m", "http_contract", "check", "--quiet")
STOP = 10.0  # seconds for the judge to end what it has started, after SIGTERM
LAST_LINE = 500  # characters of what the judge said before it gave up
JUDGED = (0, 1)  # exit statuses
HERE = "."  # stands in reports for the folder that contains a copy
UNSETTLED = ""  # the digest of a result that is tried again the next time
RUNNING: set[subprocess.Popen[bytes]] = set()
STOPPED = Event()
PORTS: defaultdict[int, Lock] = defaultdict(Lock)  # one for each that submissions have fixed in their code


@dataclass(frozen=True, slots=True)
class Job:
    """What to judge, how, and within how many seconds. The folder is on a file system that all machines share."""

    name: str
    folder: str
    digest: str
    options: tuple[str, ...]  # of `contract check`
    limit: float
    port: int | None = None  # which no two submissions can have at a time
    isolated: bool = False  # kept from the copies of others, too


def run(job: Job) -> Result:
    """Judge a copy of one submission, once no other one has its port; the result does not tell where it was."""
    alone = nullcontext() if job.port is None else PORTS[job.port]
    try:
        with alone, copied(Path(job.folder), job.name, STOPPED) as copy:
            apart = ("--hide", tempfile.gettempdir()) if job.isolated else ()  # other copies
            result = run_in_place(replace(job, folder=str(copy), options=(*job.options, *apart)))
            return unplaced(result, str(copy.parent))
    except CannotJudge as error:
        return Result(job.name, UNSETTLED, why=str(error))


def run_in_place(job: Job) -> Result:
    """Judge what is in the job's folder, and whatever it does to it stays done."""
    with tempfile.TemporaryDirectory() as folder:
        report, said = Path(folder, "report.json"), Path(folder, "said")
        status = judge(job, report, said)
        if status is None:
            return Result(job.name, job.digest, why=f"not done within {job.limit:g} seconds")
        if status not in JUDGED or not report.exists():
            return Result(job.name, UNSETTLED, why=last_line(said, status))
        return Result(job.name, job.digest, brief(json.load(report.read_bytes())))


def unplaced(result: Result, place: str) -> Result:
    """Return a result with the submission's name alone before the names of its files."""
    text = result.text()
    for written in {json.text_of(place), json.text_of(place.encode().decode("latin-1"))}:  # in texts, and in bytes
        text = text.replace(f"{written}/", "").replace(written, HERE)
    return result_of(text)


def judge(job: Job, report: Path, said: Path) -> int | None:
    """Have the report written; return the judge's exit status, or None if it was not done in time."""
    command = [*JUDGE, "--report", f"json={report}", *job.options]
    nothing = subprocess.DEVNULL
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=job.folder, stdin=nothing, stdout=nothing, stderr=file, start_new_session=True
        )
    RUNNING.add(process)
    if STOPPED.is_set():  # since stop_all looked at what runs
        process.terminate()
    try:
        return process.wait(job.limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        end(process)
        RUNNING.discard(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the judge, if it runs: first it may end what it has started."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_line(said: Path, status: int) -> str:
    lines = said.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ")[:LAST_LINE] if lines else f"the judge ended with exit status {status}"


def stop_all() -> None:
    """End all judges of this process, and those that are about to start."""
    STOPPED.set()
    running = list(RUNNING)
    for process in running:
        process.terminate()
    for process in running:
        end(process)


def go_on() -> None:
    """Let judges start again."""
    STOPPED.clear()


# -- grading.running


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
