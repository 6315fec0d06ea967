"""wrk, which makes the load: run, and what it reports."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sidebyside.bench.answers import Unusable
from sidebyside.bench.workloads import Workload
from sidebyside.installed import find_program

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("load.lua")
GRACE = 30  # seconds that wrk may take longer, on a busy machine


@dataclass(frozen=True, slots=True)
class Report:
    """What wrk has counted: answers, the microseconds they took, latencies in microseconds, and errors."""

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
        """Answers a second."""
        return self.requests / self.microseconds * 1e6

    def check(self) -> None:
        """Raise Unusable where not all went well."""
        errors = {name: getattr(self, name) for name in ("connect", "read", "write", "timeout")}
        seen = [f"{count:,} {name} errors" for name, count in errors.items() if count]
        seen += [f"{self.status:,} answers that are errors"] if self.status else []
        if not self.requests:
            seen.append("no answer")
        if seen:
            raise Unusable(f"wrk saw {', '.join(seen)}")


def parse(output: str) -> Report:
    """Return what the script's last line reports. Raises Unusable where wrk has not come so far."""
    lines = output.splitlines() or [""]
    try:
        return Report(**json.loads(lines[-1]))
    except (ValueError, TypeError) as error:
        raise Unusable(f"wrk failed: {lines[-1]}") from error


def load(port: int, workload: Workload, seconds: int, folder: Path) -> Report:
    """Load a server with all that it takes. Raises Unusable where that cannot be measured."""
    request = folder / "request"
    request.write_text(workload.pattern(port), newline="")
    program = find_program("wrk")
    assert program is not None
    options = [
        "--threads",
        "1",
        "--connections",
        str(CONNECTIONS),
        "--duration",
        f"{seconds}s",
        "--script",
        str(SCRIPT),
    ]
    command = [program, *options, f"http://127.0.0.1:{port}/", "--", str(request), str(workload.pipelined)]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds + GRACE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"wrk does not end within {GRACE} seconds of its time") from error
    report = parse(done.stdout)
    report.check()
    return report
