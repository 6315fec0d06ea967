"""make fuzz: mutations of valid streams against the core of raw_router, a million by default, on all cores."""

import argparse
import os
import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from time import monotonic

from tests.fuzz.running import Report, run

SHARE = 2_000  # cases that a process takes at a time


def main() -> int:
    options = parse_arguments()
    print(f"seed {options.seed}, {options.count:,} cases", flush=True)
    begun = monotonic()
    report = run_all(options.seed, range(options.first, options.first + options.count))
    print(summary(report, monotonic() - begun))
    print(report.failure or "no failure")
    return 1 if report.failure else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32), help="by default another each time")
    parser.add_argument("--count", type=int, default=1_000_000, help="how many cases (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case (default: %(default)s)")
    return parser.parse_args()


def run_all(seed: int, numbers: range) -> Report:
    """Judge the cases on all cores, until one fails."""
    report = Report()
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for done in as_completed([pool.submit(partial(run, seed), share) for share in shares(numbers)]):
            report.add(done.result())
            if report.failure:
                pool.shutdown(cancel_futures=True)
                break
    return report


def shares(numbers: range) -> Iterator[range]:
    for start in range(0, len(numbers), SHARE):
        yield numbers[start : start + SHARE]


def summary(report: Report, seconds: float) -> str:
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(report.statuses.items()))
    return f"{report.count:,} cases in {seconds:.0f} s, {report.count / seconds:,.0f} a second\n{statuses}"


if __name__ == "__main__":
    sys.exit(main())
