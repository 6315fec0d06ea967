"""The saves of docs/first-server.md: each is a few replacements in the server of `contract init`."""

from collections.abc import Iterator

from http_contract.cli.init import PYTHON, STARTER

Edits = tuple[tuple[str, str], ...]
"""The replaced texts, and the new ones."""

COMMENT = "    # Stage 1 starts here: receive the request, and send a response.\n"
RECEIVE = "    client.recv(4096)\n"
PAGE = '    client.sendall(b"<h1>Hello</h1>")\n'
HEAD = '    client.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n<h1>Hello</h1>")\n'
SERVE = f"""\
    try:
    {RECEIVE}    {HEAD}\
    except OSError:
        pass
"""
TYPE = r"\r\nContent-Type: text/html; charset=utf-8"
DATED = rf"""
        head = f"HTTP/1.1 200 OK\r\nDate: {{formatdate(usegmt=True)}}{TYPE}\r\n\r\n"
        client.sendall(head.encode() + b"<h1>Hello</h1>")
"""
LOOP = r"""
        data = b""
        while b"\r\n\r\n" not in data:
            received = client.recv(4096)
            if not received:
                break
            data += received
"""
FOUND = r"""
        target = data.decode("latin-1").split("\r\n")[0].split(" ")[1]
        path = unquote(target.split("?")[0])
        status, page = ("200 OK", PAGES[path]) if path in PAGES else ("404 Not Found", f"<h1>{escape(path)}?</h1>")
        head = f"HTTP/1.1 {status}\r\n"""
ANSWER = "(head.encode() + page.encode())\n"
CHECKED = r"""
        words = data.decode("latin-1").split("\r\n")[0].split(" ")
        path = unquote(words[1].split("?")[0]) if len(words) == 3 else ""
        status, page = ("200 OK", PAGES[path]) if path in PAGES else ("404 Not Found", f"<h1>{escape(path)}?</h1>")
        if not path:
            status, page = "400 Bad Request", "<h1>Bad request</h1>"
"""
TABLE = """
PAGES = {"/": "<h1>Hello</h1>", "/test": "<h1>A test</h1>"}
"""
FUNCTIONS = """
PAGES = {"/": lambda: "<h1>Hello</h1>", "/test": lambda: "<h1>A test</h1>", "/time": show_time, "/time.html": show_time}
"""
SHOW_TIME = """

def show_time():
    return strftime("<h1>%H:%M:%S %d.%m.%Y</h1>")

"""
TYPED_HEAD = HEAD.replace(r"200 OK", rf"200 OK{TYPE}")
EMPTY = """\
        if not data:
            client.close()
            continue
"""
IMPORTS = "from html import escape\nfrom urllib.parse import unquote\n"
SAVES: tuple[Edits, ...] = (
    (),
    ((COMMENT, RECEIVE + PAGE),),
    ((PAGE, HEAD),),
    ((RECEIVE + HEAD, SERVE),),
    (("listener.bind", "listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\nlistener.bind"),),
    ((HEAD, TYPED_HEAD),),
    ((f"\n    {TYPED_HEAD}", DATED), ("import sys\n", "import sys\nfrom email.utils import formatdate\n")),
    ((f"\n    {RECEIVE}", LOOP),),
    (
        ('\n        head = f"HTTP/1.1 200 OK\\r\\n', FOUND),
        ('(head.encode() + b"<h1>Hello</h1>")\n', ANSWER),
        ("\nHOST", f"{TABLE}\nHOST"),
        ("import formatdate\n", f"import formatdate\n{IMPORTS}"),
    ),
    ((LOOP, LOOP + EMPTY),),
    ((FOUND.removeprefix("\n").rpartition("        head")[0], CHECKED.removeprefix("\n")),),
    (
        (TABLE, SHOW_TIME + FUNCTIONS),
        ("PAGES[path])", "PAGES[path]())"),
        ("import escape\n", "import escape\nfrom time import strftime\n"),
    ),
    (("unquote(words[1]", 'unquote(re.sub("^http://[^/]*", "", words[1])'), ("import os\n", "import os\nimport re\n")),
)


def programs() -> Iterator[str]:
    """Yield the program after each save. ValueError if a text to replace is missing."""
    program = (STARTER / PYTHON.file).read_text()
    for edits in SAVES:
        for old, new in edits:
            if program.count(old) != 1:
                raise ValueError(f"{old!r} is not in the program once")
            program = program.replace(old, new)
        yield program
