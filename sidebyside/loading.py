"""Why an implementation could not be imported: the file and the line of the checkout that led to the error."""

from pathlib import Path
from traceback import extract_tb

from sidebyside.checkout import ROOT
from sidebyside.sources import PACKAGES


def loading_error(error: Exception, root: str | Path = ROOT) -> str:
    """Return one line about an error of an import: "flask_app/__init__.py:34: NameError: name 'x' is not defined"."""
    return f"{place(error, root)}: {type(error).__name__}: {getattr(error, 'msg', error)}"


def place(error: Exception, root: str | Path = ROOT) -> str:
    """Return the last line of the implementations, or else of the checkout, that led to an error."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
    found = [(Path(file).relative_to(root), line) for file, line in frames if Path(file).is_relative_to(root)]
    file, line = next((each for each in reversed(found) if each[0].parts[0] in PACKAGES), found[-1])
    return f"{file.as_posix()}:{line}"
