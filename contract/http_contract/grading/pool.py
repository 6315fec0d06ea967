"""The pool: it judges many submissions at a time, each in a process of its own, on this machine or on a cluster."""

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
from http_contract.escaping import escape_controls
from http_contract.grading.store import Result, result_of, summary
from http_contract.reports import json
from http_contract.reports.messages import exit_text
from http_contract.sandbox.copies import copied
from http_contract.sandbox.process import exit_of

AHEAD = 2  # submitted jobs for each worker, so that no worker waits for the next one
CLUSTER_TIMEOUT = "10s"  # for a cluster to answer
# -P keeps Python from importing modules in the submission's folder.
JUDGE = (sys.executable, "-P", "-m", "http_contract", "check", "--quiet")
TERM_GRACE = 10.0  # seconds for the judge to end its server after SIGTERM
LAST_LINE = 500  # characters of the judge's last error message
JUDGED = (0, 1)  # exit statuses of a judge that has written a report
HERE = "."  # replaces the path of the folder that contains a copy
NO_DIGEST = ""  # in a result that is not final: the submission is judged again the next time

STOPPED = Event()  # set while no judge may start
JUDGES: set[subprocess.Popen[bytes]] = set()  # that run
PORT_LOCKS: defaultdict[int, Lock] = defaultdict(Lock)  # one for each fixed port of a submission


@dataclass(frozen=True, slots=True)
class Job:
    """A submission to judge. All workers must see its folder, under the same path."""

    name: str
    folder: str
    digest: str
    options: tuple[str, ...]  # of `contract check`
    time_limit: float  # seconds
    port: int | None = None  # fixed in the submission: jobs with the same port run one after the other
    isolated: bool = False  # whether the copies of other submissions are hidden from it


class Workers(NamedTuple):
    executor: Executor
    number: int


@contextmanager
def threads(count: int) -> Iterator[Workers]:
    """Yield workers on this machine. At the end of the block their processes end."""
    executor = ThreadPoolExecutor(count)
    try:
        yield Workers(executor, count)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        stop_all()
        executor.shutdown()
        allow_start()


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """Yield the workers of the Dask cluster whose scheduler has this address. CannotJudge where none answers."""
    try:
        from distributed import Client  # has no types
    except ImportError as error:
        raise CannotJudge("--dask needs distributed. Install it: pip install 'http-contract[cluster]'") from error
    try:
        client: Any = Client(address, timeout=CLUSTER_TIMEOUT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise CannotJudge(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield Workers(client.get_executor(pure=False, retries=1), max(1, sum(client.nthreads().values())))


def run(job: Job) -> Result:
    """Judge a copy of a submission, after the other jobs with the same port. No path in the result shows the copy."""
    port_lock = nullcontext() if job.port is None else PORT_LOCKS[job.port]
    try:
        with port_lock, copied(Path(job.folder), job.name, STOPPED) as copy:
            hide_copies = ("--hide", tempfile.gettempdir()) if job.isolated else ()
            result = run_in_place(replace(job, folder=str(copy), options=(*job.options, *hide_copies)))
            return without_path(result, str(copy.parent))
    except CannotJudge as error:
        return Result(job.name, NO_DIGEST, why=str(error))


def results(jobs: Iterable[Job], workers: Workers, run: Callable[[Job], Result] = run) -> Iterator[Result]:
    """Yield the result of each job when it is there, in any order.

    At most AHEAD jobs for each worker are taken from the iterable before their results are.
    """
    pending: dict[Future[Result], Job] = {}
    for job in jobs:
        pending[workers.executor.submit(run, job)] = job
        if len(pending) >= AHEAD * workers.number:
            yield from _finished(pending)
    while pending:
        yield from _finished(pending)


def _finished(pending: dict[Future[Result], Job]) -> Iterator[Result]:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        yield _result(future, pending.pop(future))


def _result(future: Future[Result], job: Job) -> Result:
    try:
        return future.result()
    except Exception as error:  # a worker's machine is gone, or does not see the folder
        return Result(job.name, NO_DIGEST, why=f"the job failed: {type(error).__name__}: {error}")


def run_in_place(job: Job) -> Result:
    """Judge a submission in its own folder, which it may change."""
    with tempfile.TemporaryDirectory() as folder:
        report, errors = Path(folder, "report.json"), Path(folder, "errors")
        status = judge(job, report, errors)
        if status is None:
            return Result(job.name, job.digest, why=f"judging took more than {job.time_limit:g} seconds")
        if status not in JUDGED or not report.exists():
            return Result(job.name, NO_DIGEST, why=last_line(errors, status))
        return Result(job.name, job.digest, summary(json.load(report.read_bytes())))


def without_path(result: Result, parent: str) -> Result:
    """Return a result in which paths begin with the submission's name, not with the folder that contains its copy."""
    text = result.text()
    for path in {json.text_of(parent), json.text_of(parent.encode().decode("latin-1"))}:  # in texts, and in bytes
        text = text.replace(f"{path}/", "").replace(path, HERE)
    return result_of(text)


def judge(job: Job, report: Path, errors: Path) -> int | None:
    """Run `contract check`, which writes a report; return its exit status, or None where it exceeded the time limit."""
    command = [*JUDGE, "--report", f"json={report}", *job.options]
    nothing = subprocess.DEVNULL
    with errors.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=job.folder, stdin=nothing, stdout=nothing, stderr=file, start_new_session=True
        )
    JUDGES.add(process)
    if STOPPED.is_set():  # stop_all may have read JUDGES before
        process.terminate()
    try:
        return process.wait(job.time_limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        end(process)
        JUDGES.discard(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a judge: by SIGTERM, after which it ends its server, then by SIGKILL."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(TERM_GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_line(errors: Path, status: int) -> str:
    """Return the last line of a judge's standard error, or how it ended where it printed none."""
    lines = errors.read_text("utf-8", "replace").strip().splitlines()
    if not lines:
        kind, number = exit_of(status)
        return f"the judge ended with {exit_text(kind, {'number': number})}"
    return escape_controls(lines[-1].removeprefix("Error: ")[:LAST_LINE])


def stop_all() -> None:
    """End all judges of this process, and those that are about to start."""
    STOPPED.set()
    running = list(JUDGES)
    for process in running:
        process.terminate()
    for process in running:
        end(process)


def allow_start() -> None:
    """Allow judges to start again after stop_all."""
    STOPPED.clear()
