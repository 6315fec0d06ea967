"""Stage 10, Files and caching: names that must not lead out of the public folder."""

from http_contract.http.request import get
from http_contract.rules.content import NoLeak
from http_contract.rules.expectations import CLIENT_ERRORS, Status
from http_contract.rules.model import Exchange, Rule
from http_contract.rules.stage10_files import FILES, MOVED

# A server that removes dot segments first (RFC 3986 §5.2.4) finds no page, or redirects to a path without one.
REJECTED_WITHOUT_LEAK = (NoLeak(), Status(*CLIENT_ERRORS, *MOVED))
UP = 12  # folders: more than there are between the public folder and the root
# Files beside the public folder.
PROGRAMS = ("server.py", "main.py", "app.py", "views.py", "server.js", "main.go", ".git/HEAD")
PASSWD = "etc/passwd"


def stays_inside(*names: str) -> tuple[Exchange, ...]:
    return tuple(Exchange((get(f"/files/{name}"),), REJECTED_WITHOUT_LEAK) for name in names)


def climb(step: str) -> str:
    """Return a name that climbs to the root with this step, then leads to a file that every Unix has."""
    return step * UP + PASSWD


RULES = (
    Rule(
        id="traversal-dots",
        stage=10,
        sentence="No name with `..` leads out of the public folder.",
        hint="Reject names with a segment that is `..`. Browsers never send one, but `curl --path-as-is` does.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("files-missing",),
        exchanges=stays_inside(
            climb("../"),
            f"notes/{climb('../')}",
            f"hello.txt/{climb('../')}",
            *(f"../{program}" for program in PROGRAMS),
        ),
    ),
    Rule(
        id="traversal-encoded",
        stage=10,
        sentence="No name with percent-encoded dots and slashes leads out of the public folder.",
        hint="Decode the path first, then check it.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-dots", "files-percent"),
        exchanges=stays_inside(
            climb("%2e%2e/"), climb("..%2f"), climb("%2e%2e%2f"), climb("%2E%2E%2F"), climb(".%2e/"), "%2e%2e/server.py"
        ),
    ),
    Rule(
        id="traversal-twice",
        stage=10,
        sentence="No name that is percent-encoded twice leads out of the public folder.",
        hint="Decode exactly once. After that, %252e is the three characters %2e, which are part of a name.",
        section="RFC 3986 §2.4",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=stays_inside(
            climb("%252e%252e/"), climb("%252e%252e%252f"), climb("..%252f"), "%252e%252e/server.py"
        ),
    ),
    Rule(
        id="traversal-cut",
        stage=10,
        sentence="No name leads out of the public folder after a server removes characters from it.",
        hint="Do not remove `../` from a name, because `....//` then becomes `../`. Reject the name.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=stays_inside(climb("....//"), climb("..././"), climb("....%2f%2f"), climb("..;/"), "....//server.py"),
    ),
    Rule(
        id="traversal-backslash",
        stage=10,
        sentence="No name with backslashes leads out of the public folder.",
        hint="Windows reads a backslash as a slash. Reject names that contain one.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-encoded",),
        exchanges=stays_inside(
            climb("..%5c"),
            climb("..%5C"),
            climb("%2e%2e%5c"),
            climb("..\\"),
            "..%5cserver.py",
            "..%5c..%5cWindows%5cwin.ini",
        ),
    ),
    Rule(
        id="traversal-overlong",
        stage=10,
        sentence="No name with invalid encodings of dots and slashes leads out of the public folder.",
        hint="Decode as strict UTF-8. %c0%ae is not a dot, and %u002e is not percent-encoding.",
        section="RFC 3986 §7.3",
        routes=FILES,
        needs=("traversal-encoded", "route-percent-not-utf8", "route-percent-broken"),
        exchanges=stays_inside(
            climb("%c0%ae%c0%ae/"), climb("..%c0%af"), climb("%e0%80%ae%e0%80%ae/"), climb("%u002e%u002e/")
        ),
    ),
    Rule(
        id="traversal-absolute",
        stage=10,
        sentence="The server does not read a name that begins with a slash as a path from the root.",
        hint="Joining a folder with /etc/passwd gives /etc/passwd in many languages. Reject empty segments.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("files-missing", "files-percent"),
        exchanges=stays_inside(
            f"/{PASSWD}", f"//{PASSWD}", f"%2f{PASSWD}", "%2Fetc%2Fpasswd", f"notes//{PASSWD}", f"file:///{PASSWD}"
        ),
    ),
    Rule(
        id="traversal-drive",
        stage=10,
        sentence="The server does not read a name that begins with a drive as a path on that drive.",
        hint="Joining a folder with C:/ leads out of it on Windows. Reject names with a colon or a backslash.",
        section="RFC 9110 §17.3",
        routes=FILES,
        needs=("traversal-absolute",),
        exchanges=stays_inside("C:/Windows/win.ini", "C:%5cWindows%5cwin.ini", "c%3a%2fWindows%2fwin.ini", "C:%5c"),
    ),
    Rule(
        id="traversal-links",
        stage=10,
        sentence="The server does not follow a symbolic link out of the public folder, such as /files/outside.",
        hint="Resolve all links in the file's path, and check that the result is below the resolved folder.",
        section="the service, /files",
        routes=FILES,
        needs=("files-missing",),
        exchanges=stays_inside("outside", "notes/outside"),
    ),
)
