"""wrk, the program that makes the load: how it is run, and what it reports."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sidebyside.bench.clients import Unusable
from sidebyside.bench.workloads import Workload
from sidebyside.launch.requirements import program_path

SCRIPT = Path(__file__).with_name("load.lua")
GRACE = 30  # more seconds for wrk to end, on a busy machine


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The counts that wrk reports: responses, microseconds in all, latencies in microseconds, and errors."""

    requests: int
    microseconds: int
    p50: int
    p99: int
    connect: int
    read: int
    write: int
    status: int
    timeout: int

    @property
    def rate(self) -> float:
        """Responses per second."""
        return self.requests / self.microseconds * 1e6

    def check(self) -> None:
        """Raise Unusable if there were errors."""
        counts = {name: getattr(self, name) for name in ("connect", "read", "write", "timeout")}
        errors = [f"{count:,} {name} errors" for name, count in counts.items() if count]
        errors += [f"{self.status:,} responses with an error status"] if self.status else []
        if not self.requests:
            errors.append("no response")
        if errors:
            raise Unusable(f"wrk reports {', '.join(errors)}")


def parse(output: str) -> LoadReport:
    """Return the report in the last line of the script's output. Raises Unusable if wrk ended without it."""
    lines = output.splitlines() or [""]
    try:
        return LoadReport(**json.loads(lines[-1]))
    except (ValueError, TypeError) as error:
        raise Unusable(f"wrk failed: {lines[-1]}") from error


def load(port: int, workload: Workload, seconds: int, folder: Path) -> LoadReport:
    """Send a workload as fast as the server answers. Raises Unusable if that cannot be measured."""
    request = folder / "request"
    request.write_text(workload.pattern(port), newline="")
    options = f"--threads 1 --connections {workload.connections} --duration {seconds}s --timeout 10s --script".split()
    arguments = [f"http://127.0.0.1:{port}/", "--", str(request), str(workload.pipelined)]
    return run_wrk([program_path("wrk"), *options, str(SCRIPT), *arguments], seconds + GRACE)


def run_wrk(command: list[str], timeout: float) -> LoadReport:
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"wrk did not end within {timeout:g} seconds") from error
    report = parse(done.stdout)
    report.check()
    return report
