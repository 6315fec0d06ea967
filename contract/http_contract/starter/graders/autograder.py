"""The Classroom 50 grader: it judges the server in this folder with gradescope.zip, and writes result.json."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).parent)
JUDGED = (0, 1)  # exit statuses of contract check: all MUST rules pass, or some fail

with TemporaryDirectory() as folder:
    source = Path(folder, "source")
    environment = {**os.environ, "AUTOGRADER": folder}
    with ZipFile(BUNDLE / "gradescope.zip") as archive:
        archive.extractall(source)
    subprocess.run(["bash", source / "setup.sh"], env=environment, check=True)
    result = Path(folder, "result.json")
    code = subprocess.run(["bash", source / "judge.sh", f"classroom50={result}"], env=environment).returncode
    # Whatever the server wrote there is removed.
    subprocess.run(["rm", "-rf", "result.json"], check=True)
    if code in JUDGED:
        shutil.copyfile(result, "result.json")

sys.exit(0 if code in JUDGED else code)
