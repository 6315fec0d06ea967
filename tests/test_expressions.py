"""Regular expressions that read what strangers send: what they match on every Python, and that none of them is slow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from raw_router.framing import CHUNK_LINE
from raw_router.memo import COOKIE
from raw_router.parser import FIELD_LINE, REQUEST_LINE
from raw_router.target import ABSOLUTE_FORM, ABSOLUTE_PATH, HOST, QUERY
from shared_views.conditional import ENTITY_TAGS
from shared_views.pages import ELEMENT, MEDIA_RANGE

ROOT = Path(__file__).parent.parent

EXPRESSIONS = {
    "request line": REQUEST_LINE,
    "path": re.compile(ABSOLUTE_PATH),
    "query": re.compile(QUERY),
    "absolute form": ABSOLUTE_FORM,
    "host": HOST,
    "field line": FIELD_LINE,
    "chunk line": CHUNK_LINE,
    "entity tags": ENTITY_TAGS,
    "list element": ELEMENT,
    "media range": MEDIA_RANGE,
}

WELL_FORMED = {
    "request line": ["GET / HTTP/1.1", "GET /%41?%42 HTTP/1.1", "OPTIONS * HTTP/1.1", "GET http://a/ HTTP/1.0"],
    "path": ["/", "//", "/a/b", "/[a]|^{b}`", "/%41", "/a%41", "/%41a", "/%41%42", "/a%41b%42c", "/%aF"],
    "query": [
        "",
        "?",
        "a=b&c",
        "%41",
        "a%41",
        "%41a",
        "%41%42",
        "/?a%41?b",
        "[a]=|^{b}`\\",
        "%",
        "%4",
        "%4g",
        "a%",
        "%%41",
    ],
    "absolute form": ["http://a", "HTTP://a/", "http://a?b", "http://a:1/%41?%42", "http://a/[?%4"],
    "host": ["a", "a.b:80", "a:", "%41", "a%41b", "[::1]", "[::1]:80", "[v1.a:b]"],
    "field line": ["a:", "a:b", "a: \t b \t", "a-b: c, d", "a::", "a:\xe9"],
    "chunk line": ["0", "fF", "0" * 20 + "1", "1;a", "1;a=b", '1 ; a = "b"', '1;a="\\"";c', '1;a=";"'],
    "entity tags": ['"a"', '""', 'W/"a"', '"a","b"', '"a" , "b"', ',"a"', '"a",', ' , "a",, W/"b" , ', '"a", ,"b"'],
    "list element": ["a", " a/b;q=1", 'a="b,c"', 'a="b\\",c"', 'a="b', 'a="b,c', 'a="b\\', 'a="b\\\\"', '"a""b"', '"'],
    "media range": [
        "a/b",
        " a/b ",
        "*/*",
        "a/b;q=1",
        "a/b ; q=1 ",
        "a/b;;",
        "a/b; ; c=d ;",
        'a/b;c="d;e"',
        'a/b;c="\\""',
    ],
}

MALFORMED = {
    "request line": ["GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /\t HTTP/1.1", "G(T / HTTP/1.1"],
    "path": [
        "",
        "a",
        "/\\",
        "/%",
        "/%4",
        "/%4g",
        "/a%",
        "/%41%",
        "/%41a%4",
        "/a%41b%4g",
        "/%%",
        "/?",
        "/ ",
        '/"',
        "/\xe9",
    ],
    "query": ["#", " ", '"', "<", ">", "a#", "%41#", "\x7f", "\xe9"],
    "absolute form": ["http:/a", "https://a", "http://a/%", "http://a?#", "http://a/%41?b\x7f"],
    "host": ["", ":80", "a b", "a:b", "%", "a%4", "a%41%", "[::1", "[v.a]", "a@b", "a/b"],
    "field line": ["", "a", ":", ": b", "a : b", " a: b", "a:\0", "a: b\0", "a:  \0", "a: b\n", "a:\r", "(: b"],
    "chunk line": ["", "g", "1 ", "1;", "1;a=", '1;a="', '1;a="b', "1;a b", "1;=b", "1;a;;b"],
    "entity tags": [
        "",
        ",",
        "a",
        '"',
        '"a',
        'a"',
        '"a" "b"',
        '"a""b"',
        "W/",
        'w/"a"',
        '"a", b',
        '"a b"',
        '"a",W/',
        '"a";',
    ],
    "list element": ["", ",", "a,b", 'a="b",c', 'a="b\\\\",c', '"a","b"'],
    "media range": [
        "",
        "a",
        "a/",
        "/b",
        "a/b/c",
        "a/b;c",
        "a/b;c=",
        'a/b;c="',
        'a/b;c="d',
        'a/b;c="d\\"',
        "a/b;c=d e",
        "a/b c",
    ],
}

# Each is a megabyte that no expression matches as a whole: one that tried again and again would take hours.
MANY = 1024 * 1024
HOSTILE = {
    "request line": [
        "A" * MANY,
        "GET " + "/" * MANY,
        "GET /" + "%41" * (MANY // 3) + "%",
        "GET /?" + "a%41" * (MANY // 4),
    ],
    "path": ["/" * MANY + "%", "/" + "%41" * (MANY // 3) + "%", "/" + "a%41" * (MANY // 4) + '"'],
    "query": ["?" * MANY + "#", "%41" * (MANY // 3) + "#", "a%41" * (MANY // 4) + '"'],
    "absolute form": ["http://" + "a" * MANY + "/%", "http://a/" + "%41" * (MANY // 3) + "?" * (MANY // 3) + "#"],
    "host": ["a" * MANY + "@", "%41" * (MANY // 3) + "%", "[" + ":" * MANY, "[v1." + "a" * MANY],
    "field line": ["a" * MANY, "a:" + " " * MANY + "\0", "a:" + " \t" * (MANY // 2) + "b\0", "a:" + "b" * MANY + "\0"],
    "chunk line": [
        "1" + " " * MANY,
        "1" + ";a" * (MANY // 2) + "=",
        "1" + ' ; a = "b"' * (MANY // 10) + ";",
        '1;a="' + "\\" * MANY,
    ],
    "entity tags": [
        "," * MANY,
        " , " * (MANY // 3),
        '"a", ' * (MANY // 5) + "b",
        '"a"' + " ," * (MANY // 2) + "b",
        '"' + "a" * MANY,
    ],
    "list element": ["," * MANY, '"\\",' * (MANY // 4) + '",', '""' * (MANY // 2) + ",", "a" * MANY + ","],
    "media range": [
        "a" * MANY,
        " " * MANY,
        "a/b" + "; " * (MANY // 2) + "@",
        "a/b" + " ; ;" * (MANY // 4) + "@",
        "a/b" + " ; c = d" * (MANY // 8),
        "a/b" + " ; c=d" * (MANY // 6) + "@",
        'a/b;c="' + "\\" * (MANY + 1),
        'a/b;c="' + '"\\' * (MANY // 2),
    ],
}


def rows(table: dict[str, list[str]]) -> list[object]:
    return [pytest.param(name, text, id=f"{name}: {text[:24]!r}") for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), rows(WELL_FORMED))
def test_a_well_formed_text_matches(name: str, text: str) -> None:
    assert EXPRESSIONS[name].fullmatch(text)


@pytest.mark.parametrize(("name", "text"), rows({name: [*MALFORMED[name], *HOSTILE[name]] for name in EXPRESSIONS}))
def test_a_malformed_text_does_not_match(name: str, text: str) -> None:
    assert not EXPRESSIONS[name].fullmatch(text)


@pytest.mark.parametrize(
    ("field", "elements"),
    [
        ("a,b", ["a", "b"]),
        (',, a ,"', [" a ", '"']),
        ('a="b,c",d', ['a="b,c"', "d"]),
        ('a="b\\",c",d', ['a="b\\",c"', "d"]),
        ('a="b,c', ['a="b,c']),
        ('a="b\\', ['a="b\\']),
        ('a="\\\n",b', ['a="\\\n"', "b"]),
        ('"\\' * (MANY // 2), ['"\\' * (MANY // 2)]),
        ("," * MANY, []),
        ("a," * (MANY // 2), ["a"] * (MANY // 2)),
        ('"\\\n' * (MANY // 3), ['"\\\n' * (MANY // 3)]),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_the_elements_of_a_list(field: str, elements: list[str]) -> None:
    assert ELEMENT.findall(field) == elements


@pytest.mark.parametrize(
    ("section", "cookie"),
    [
        (b"\r\nCookie: a=b\r\n", b" a=b"),
        (b"\r\nCookie:\r\n", b""),
        (b"\r\nCookie: a\0\r\n", None),
        (b"\r\nCookie: a\r", None),
        (b"\r\nCookie:" + b" " * MANY + b"\0", None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_cookie_is_found(section: bytes, cookie: bytes | None) -> None:
    match = COOKIE.match(section)
    assert (match and match[1]) == cookie


# CPython before 3.11.5 matches possessive quantifiers and atomic groups wrongly (gh-106052, gh-100061).
CLASS_OR_ESCAPE = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.", re.DOTALL)
POSSESSIVE_OR_ATOMIC = re.compile(r"[*+?}][+]|\(\?>")
RAW_STRING = re.compile(rb"(?i)(?:r|[bf]r|r[bf])['\"]")


@pytest.mark.parametrize("text", ["a++", "[a]*+", "(?:a)?+", "a{2}+", "(?>a)", r"\++"])
def test_a_possessive_quantifier_is_found(text: str) -> None:
    assert bool(POSSESSIVE_OR_ATOMIC.search(CLASS_OR_ESCAPE.sub("x", text))) == (text != r"\++")


def raw_strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each raw string; what an f-string puts in becomes x."""
    lines = source.encode().splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr | ast.Constant) and RAW_STRING.match(lines[node.lineno - 1], node.col_offset):
            yield node.lineno, text_of(node)


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    return str(node.value) if isinstance(node, ast.Constant) else "x"


def test_no_expression_has_a_possessive_quantifier_or_an_atomic_group() -> None:
    """Regular expressions are raw strings here."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        if ".venv" not in path.parts and path != Path(__file__)
        for line, text in raw_strings(path.read_text())
        if POSSESSIVE_OR_ATOMIC.search(CLASS_OR_ESCAPE.sub("x", text))
    ]
    assert not found
