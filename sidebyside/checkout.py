"""The checkout that this package lies in: the only place that the workshop and its servers import our code from."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # not pathlib, which a current folder could shadow


def import_from_checkout() -> None:
    """Make Python search the checkout first, and never the current folder, where a learner's http.py may lie."""
    sys.path[:] = [ROOT, *(folder for folder in sys.path if folder not in ("", current_folder(), ROOT))]


def current_folder() -> str:
    """Return its path, "" if it has been removed."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def environment() -> dict[str, str]:
    """Return the environment of a process that imports from the checkout first."""
    paths = [ROOT, os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def python(*words: str) -> list[str]:
    """Return the command `python -m` with these words, without the current folder among the places to import from."""
    return [sys.executable, "-P", "-m", *words]
