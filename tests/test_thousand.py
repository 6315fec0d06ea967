"""contract grade, of a course as large as any."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.full
def test_a_thousand_submissions(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.thousand", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout.splitlines()[-1]) < 200 * 1024  # KiB
    assert (tmp_path / "results.html").stat().st_size < 10_000_000
    assert len(list(csv.reader((tmp_path / "results.csv").read_text().splitlines()[1:]))) == 1000
    assert len(list((tmp_path / "feedback").iterdir())) == 1000
