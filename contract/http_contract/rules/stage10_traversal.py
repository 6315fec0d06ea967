"""Stage 10, Files and caching, still: no name leads out of the public folder."""

from http_contract.http.request import get
from http_contract.rules.content import NoLeak
from http_contract.rules.expectations import CLIENT_ERRORS, Status
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.stage10_files import FILES, MOVED

# Who removes dot segments first (RFC 3986 §5.2.4) finds no page there, or sends the client to where there is none.
REFUSED = (NoLeak(), Status(*CLIENT_ERRORS, *MOVED))
UP = 12  # folders: from wherever the public folder lies, that is beyond the root
PROGRAMS = ("server.py", "main.py", "app.py", "views.py", "server.js", "main.go", ".git/HEAD")  # beside the folder
PASSWD = "etc/passwd"


def out(*names: str) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(f"/files/{name}"),), REFUSED) for name in names)


def up(step: str) -> str:
    """The name that leads to the root by that step, and from there to a file that each system has."""
    return step * UP + PASSWD


RULES = (
    Rule(
        id="traversal-dots",
        stage=10,
        sentence="No name with .. in it leads out of the public folder.",
        hint="Refuse names with a segment that is '..'; a browser never sends one, but curl --path-as-is does.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("files-missing",),
        exchanges=out(
            up("../"), f"notes/{up('../')}", f"hello.txt/{up('../')}", *(f"../{program}" for program in PROGRAMS)
        ),
    ),
    Rule(
        id="traversal-encoded",
        stage=10,
        sentence="Nor does one whose dots and slashes are percent-encoded.",
        hint="Decode the path first, check it then.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-dots", "files-percent"),
        exchanges=out(up("%2e%2e/"), up("..%2f"), up("%2e%2e%2f"), up("%2E%2E%2F"), up(".%2e/"), "%2e%2e/server.py"),
    ),
    Rule(
        id="traversal-twice",
        stage=10,
        sentence="Nor does one that is percent-encoded twice.",
        hint="Decode once; %252e is the three characters %2e in a name, and no dot.",
        section="RFC 3986 §2.4",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=out(up("%252e%252e/"), up("%252e%252e%252f"), up("..%252f"), "%252e%252e/server.py"),
    ),
    Rule(
        id="traversal-cut",
        stage=10,
        sentence="Nor does one out of which something was cut.",
        hint="Do not remove '../' from a name: what is left of '....//' is '../'. Refuse it.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=out(up("....//"), up("..././"), up("....%2f%2f"), up("..;/"), "....//server.py"),
    ),
    Rule(
        id="traversal-backslash",
        stage=10,
        sentence="Nor does one with backslashes.",
        hint="To Windows a backslash is a slash: refuse names that have one.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=out(
            up("..%5c"), up("..%5C"), up("%2e%2e%5c"), up("..\\"), "..%5cserver.py", "..%5c..%5cWindows%5cwin.ini"
        ),
    ),
    Rule(
        id="traversal-overlong",
        stage=10,
        sentence="Nor does one whose dots are encoded in ways that are none.",
        hint="Decode as strict UTF-8: %c0%ae is no dot, and %u002e is no percent-encoding.",
        section="RFC 3986 §7.3",
        routes=FILES,
        needs=("traversal-encoded", "route-percent-not-utf8", "route-percent-broken"),
        exchanges=out(up("%c0%ae%c0%ae/"), up("..%c0%af"), up("%e0%80%ae%e0%80%ae/"), up("%u002e%u002e/")),
    ),
    Rule(
        id="traversal-absolute",
        stage=10,
        sentence="A name that begins with a slash is not a path from the root.",
        hint="os.path.join('public', '/etc/passwd') is '/etc/passwd', and so with pathlib: refuse empty segments.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("files-missing", "files-percent"),
        exchanges=out(
            f"/{PASSWD}", f"//{PASSWD}", f"%2f{PASSWD}", "%2Fetc%2Fpasswd", f"notes//{PASSWD}", f"file:///{PASSWD}"
        ),
    ),
    Rule(
        id="traversal-drive",
        stage=10,
        sentence="A name that begins with a drive is not a path on that drive.",
        hint="On Windows, joining a path with C:/ leads out of the folder: refuse names with a colon or a backslash.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-absolute",),
        exchanges=out("C:/Windows/win.ini", "C:%5cWindows%5cwin.ini", "c%3a%2fWindows%2fwin.ini", "C:%5c"),
    ),
    Rule(
        id="traversal-links",
        stage=10,
        sentence="A symbolic link out of the public folder is not followed: /files/outside, if it is one, is 404.",
        hint="Take os.path.realpath() of the file, and see that it still lies below that of the folder.",
        section="the service, /files",
        routes=FILES,
        needs=("files-missing",),
        exchanges=out("outside", "notes/outside"),
    ),
)
