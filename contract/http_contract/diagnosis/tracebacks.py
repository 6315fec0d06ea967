"""The error that ended a program, read from its output, in Python, JavaScript, Go, Java and Rust."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Raised:
    """An error, and the last place in the learner's own code that led to it; empty where there is none."""

    what: str  # "IndexError: list index out of range"
    file: str = ""
    line: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.file}, line {self.line})" if self.file else self.what


@dataclass(frozen=True, slots=True)
class Form:
    """How one language tells of an error: what it is, the frames below or above it, and which are the library's."""

    error: re.Pattern[str]  # with groups `what` and `frames`
    frame: re.Pattern[str]  # with groups `file` and `line`; `frame` is searched for the library's signs
    library: re.Pattern[str]
    nearest: int  # the index of the frame that is nearest to the error

    def found(self, match: re.Match[str]) -> Raised:
        own = [frame for frame in self.frame.finditer(match["frames"]) if not self.library.search(frame[0])]
        what = match["what"].strip()
        if not own:
            return Raised(what)
        nearest = own[self.nearest]
        return Raised(what, PurePosixPath(nearest["file"]).name, nearest["line"])


PYTHON = Form(
    error=re.compile(r'^(?P<frames>  File "(?:[^\n]*\n)(?: [^\n]*\n)*)(?P<what>\w[\w.]*(?:: [^\n<]*)?)', re.M),
    frame=re.compile(r'^  File "(?P<file>[^"\n]+)", line (?P<line>\d+)', re.M),
    library=re.compile(r'/lib/python\d|/site-packages/|"<'),
    nearest=-1,
)
NODE = Form(
    error=re.compile(r"^(?:Uncaught )?(?P<what>\w*Error\b[^\n]*)\n(?P<frames>(?: +at [^\n]*(?:\n|\Z))+)", re.M),
    frame=re.compile(r"^ +at .*?(?:file://)?(?P<file>[^()\s]+):(?P<line>\d+):\d+\)?(?: \{)?$", re.M),
    library=re.compile(r"node:|/node_modules/|[( ]internal/"),
    nearest=0,
)
GO = Form(
    error=re.compile(r"^(?P<what>(?:panic|fatal error): [^\n]*)\n(?P<frames>.*)", re.M | re.S),
    frame=re.compile(r"^\t(?P<file>\S+\.go):(?P<line>\d+)", re.M),
    library=re.compile(r"/go[^/]*/src/|/pkg/mod/"),
    nearest=0,
)
JAVA = Form(
    error=re.compile(
        r'^(?:Exception in thread "[^"\n]*" )?(?P<what>(?:\w+\.)+\w*(?:Exception|Error)\b[^\n]*)\n'
        r"(?P<frames>(?:\s+at [^\n]*(?:\n|\Z))+)",
        re.M,
    ),
    frame=re.compile(r"^\s+at .*\((?P<file>\w+\.\w+):(?P<line>\d+)\)", re.M),
    library=re.compile(r"at (?:java|javax|jdk|sun)\b"),
    nearest=0,
)
RUST = Form(
    error=re.compile(r"^thread '[^'\n]*'[^\n]* panicked at (?P<frames>[^\n]+):\n(?P<what>[^\n]*)", re.M),
    frame=re.compile(r"(?P<file>\S+\.rs):(?P<line>\d+)"),
    library=re.compile(r"/rustc/"),
    nearest=0,
)
FORMS = (PYTHON, NODE, GO, JAVA, RUST)


def raised(output: str) -> Raised | None:
    """Return the last error that the output tells of, if it tells of any."""
    found = [(match.start("what"), form.found(match)) for form in FORMS for match in form.error.finditer(output)]
    return max(found, key=lambda each: each[0])[1] if found else None
