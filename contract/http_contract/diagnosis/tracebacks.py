"""The error that ended a program, read from its output, in Python, JavaScript, Go, Java, Ruby, Rust and C++."""

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath

NOTHING = re.compile("(?!)")


@dataclass(frozen=True, slots=True)
class ProgramError:
    """An error, and the place in the learner's own code that is nearest to it; empty if the traceback has none."""

    message: str  # "IndexError: list index out of range"
    file: str = ""
    line: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.file}, line {self.line})" if self.file else self.message


@dataclass(frozen=True, slots=True)
class TracebackFormat:
    """The traceback of one language: the message of the error, and the frames below or above it."""

    error: re.Pattern[str]  # with groups `message` and `frames`, and `kind` if the message lacks the type
    frame: re.Pattern[str]  # with groups `file` and `line`; `library` is searched in its text
    library: re.Pattern[str]
    nearest: int  # the index of the frame that is nearest to the error
    consequence: re.Pattern[str] = NOTHING  # is found in the message of an error that an earlier one caused

    def message_in(self, match: re.Match[str]) -> str:
        return ": ".join(match[group].strip() for group in ("kind", "message") if match.groupdict().get(group))

    def error_in(self, match: re.Match[str]) -> ProgramError:
        own = [frame for frame in self.frame.finditer(match["frames"]) if not self.library.search(frame[0])]
        message = self.message_in(match)
        if not own:
            return ProgramError(message)
        nearest = own[self.nearest]
        return ProgramError(message, PurePosixPath(nearest["file"]).name, nearest["line"])


PYTHON = TracebackFormat(
    error=re.compile(
        r"^(?:Traceback \(most recent call last\):\n)?"
        r'(?P<frames>  File "(?:[^\n]*\n)(?: [^\n]*\n)*)(?P<message>\w[\w.]*(?:: [^\n<]*)?)',
        re.M,
    ),
    frame=re.compile(r'^  File "(?P<file>[^"\n]+)", line (?P<line>\d+)', re.M),
    library=re.compile(r'/lib/python\d|/site-packages/|"<'),
    nearest=-1,
)
NODE = TracebackFormat(
    error=re.compile(r"^(?:Uncaught )?(?P<message>\w*Error\b[^\n]*)\n(?P<frames>(?: +at [^\n]*(?:\n|\Z))+)", re.M),
    frame=re.compile(r"^ +at .*?(?:file://)?(?P<file>[^()\s]+):(?P<line>\d+):\d+\)?(?: \{)?$", re.M),
    library=re.compile(r"node:|/node_modules/|[( ]internal/"),
    nearest=0,
)
GO = TracebackFormat(
    error=re.compile(r"^(?P<message>(?:panic|fatal error): [^\n]*)\n(?P<frames>.*)", re.M | re.S),
    frame=re.compile(r"^\t(?P<file>\S+\.go):(?P<line>\d+)", re.M),
    library=re.compile(r"/go[^/]*/src/|/pkg/mod/"),
    nearest=0,
)
JAVA = TracebackFormat(
    error=re.compile(
        r'(?:Exception in thread "[^"\n]*" |^(?=(?:\w+\.)+\w*(?:Exception|Error)\b))(?P<message>[\w.$]+[^\n]*)\n'
        r"(?P<frames>(?:\s+at [^\n]*(?:\n|\Z))+)",
        re.M,
    ),
    frame=re.compile(r"^\s+at .*\((?P<file>\w+\.\w+):(?P<line>\d+)\)", re.M),
    library=re.compile(r"at (?:java|javax|jdk|sun)\b"),
    nearest=0,
)
RUBY = TracebackFormat(
    error=re.compile(
        r"^(?P<frames>\S+\.rb:\d+:in [^\n]*?: (?P<message>[^\n]*\(\w[\w:]*\))(?:\n(?=\n)|\n\s[^\n]*)*)", re.M
    ),
    frame=re.compile(r"(?P<file>\S+\.rb):(?P<line>\d+):in ", re.M),
    library=re.compile(r"/lib/ruby/|/gems/"),
    nearest=0,
)
RUST = TracebackFormat(
    error=re.compile(r"^thread '[^'\n]*'[^\n]* panicked at (?P<frames>[^\n]+):\n(?P<message>[^\n]*)", re.M),
    frame=re.compile(r"(?P<file>\S+\.rs):(?P<line>\d+)"),
    library=re.compile(r"/rustc/"),
    nearest=0,
    consequence=re.compile(
        r": (?:PoisonError \{|SendError \{|RecvError$|Any \{ \.\. \}$)|^a scoped thread panicked$"  # Any: of a join
    ),
)
MEANWHILE = r"(?:terminate called recursively\n)*"  # what another thread prints in between
CPP = TracebackFormat(
    error=re.compile(
        rf"(?:terminate called after throwing an instance of '{MEANWHILE}(?P<kind>[^'\n]+)'\n{MEANWHILE}  what\(\):  "
        r"|libc\+\+abi: terminating (?:due to|with) uncaught exception of type "
        r"|(?=terminate called (?:after throwing an instance of '[^'\n]+'|without an active exception)$))"
        r"(?P<message>[^\n]*)(?P<frames>)",
        re.M,
    ),
    frame=NOTHING,
    library=NOTHING,
    nearest=0,
)
FORMATS = (PYTHON, NODE, GO, JAVA, RUBY, RUST, CPP)


Found = tuple[TracebackFormat, re.Match[str]]


def last_error(output: str) -> ProgramError | None:
    """Return the last error in the output, or the error that caused it, or None."""
    found = _last(output)
    return found[0].error_in(found[1]) if found else None


def telling_lines(output: str, most: int) -> list[str]:
    """Return the lines of an output that tell most, without empty ones: of its last error, or else the last ones.

    Some languages write the message of an error above its frames, and some below. What is above the error is not shown:
    it may belong to an earlier one.
    """
    found = _last(output)
    if not found:
        return _lines(output)[-most:]
    _, match = found
    is_below = match.end("message") == match.end()
    return _lines(match[0])[-most:] if is_below else _lines(output[match.start() :])[:most]


def _last(output: str) -> Found | None:
    found = [(format, match) for format in FORMATS for match in format.error.finditer(output)]
    found.sort(key=lambda each: each[1].start("message"))
    if found and _is_consequence(found[-1]):
        found = list(takewhile(lambda each: not _is_consequence(each), found)) or found
    return found[-1] if found else None


def _is_consequence(found: Found) -> bool:
    format, match = found
    return format.consequence.search(format.message_in(match)) is not None


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
