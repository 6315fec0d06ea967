"""Forms and hosts: what frameworks cannot agree on."""

import hashlib
import tracemalloc

import pytest

from shared_views.forms import Form, FormError, Upload, read_form
from shared_views.hosts import DEFAULT_HOSTS, allowed_hosts, host_allowed

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def part(disposition: str, content: bytes) -> bytes:
    return f"--b\r\nContent-Disposition: form-data{disposition}\r\n\r\n".encode() + content + b"\r\n"


def upload(field: str, name: str, content: bytes) -> Upload:
    return Upload(field, name, len(content), hashlib.sha256(content).hexdigest())


FORMS = {
    "empty": (None, b"", Form()),
    "empty of another type": ("text/plain", b"", Form()),
    "pairs in order": (URLENCODED, b"b=1&a=2&b=3", Form((("b", "1"), ("a", "2"), ("b", "3")))),
    "plus and percent": (URLENCODED, b"a=x+y%2Bz", Form((("a", "x y+z"),))),
    "UTF-8, encoded and raw": (URLENCODED, b"a=%C3%A9&b=\xc3\xa9", Form((("a", "é"), ("b", "é")))),
    "no UTF-8": (URLENCODED, b"a=%FF&b=\xff", Form((("a", "\ufffd"), ("b", "\ufffd")))),
    "blank values": (URLENCODED, b"a&b=&=c", Form((("a", ""), ("b", ""), ("", "c")))),
    "letter case and parameters": (f"{URLENCODED.title()} ; charset=latin-1", b"a=%C3%A9", Form((("a", "é"),))),
    "a field": (MULTIPART, part('; name="a"', b"1") + b"--b--", Form((("a", "1"),))),
    "a field that is no UTF-8": (MULTIPART, part('; name="a"', b"\xff") + b"--b--\r\n", Form((("a", "\ufffd"),))),
    "a file, binary": (
        MULTIPART,
        part('; name="f"; filename="x.bin"', b"\0\r\n\xff") + b"--b--\r\n",
        Form((), (upload("f", "x.bin", b"\0\r\n\xff"),)),
    ),
    "an empty file": (
        MULTIPART,
        part('; name="f"; filename="x"', b"") + b"--b--\r\n",
        Form((), (upload("f", "x", b""),)),
    ),
    "a file input left empty": (MULTIPART, part('; name="f"; filename=""', b"") + b"--b--\r\n", Form()),
    "a file without a name": (
        MULTIPART,
        part('; name="f"; filename=""', b"x") + b"--b--\r\n",
        Form((), (upload("f", "", b"x"),)),
    ),
    "a file with an encoded name": (
        MULTIPART,
        part("; name=f; filename*=utf-8''%C3%A9%27.txt", b"x") + b"--b--\r\n",
        Form((), (upload("f", "é'.txt", b"x"),)),
    ),
    "a file with an encoded name, quoted and not UTF-8": (
        MULTIPART,
        part('; name=f; FileName* = "%FF"', b"x") + b"--b--\r\n",
        Form((), (upload("f", "\ufffd", b"x"),)),
    ),
    "a file with two names": (
        MULTIPART,
        part("; name=f; filename*=utf-8''b; filename=a", b"x") + b"--b--\r\n",
        Form((), (upload("f", "a", b"x"),)),
    ),
    "white space after delimiters": (
        MULTIPART,
        (part('; name="a"', b"1") * 2 + b"--b--").replace(b"--b", b"--b \t").replace(b" \t--", b"-- "),
        Form((("a", "1"), ("a", "1"))),
    ),
    "white space within content": (
        MULTIPART,
        part('; name="a"', b"\r\n --b \r\n") + b"--b--",
        Form((("a", "\r\n --b \r\n"),)),
    ),
    "an encoded name in a field's name": (
        MULTIPART,
        part('; name="a; filename*=x"', b"1") + b"--b--",
        Form((("a; filename*=x", "1"),)),
    ),
    "a thousand fields": (URLENCODED, b"&a&" * 1000, Form((("a", ""),) * 1000)),
    "fields and files": (
        MULTIPART,
        part('; name="a"', b"1") + part('; name="f"; filename="x"', b"2") + part('; name="a"', b"3") + b"--b--\r\n",
        Form((("a", "1"), ("a", "3")), (upload("f", "x", b"2"),)),
    ),
}
BROKEN_FORMS = {
    "another media type": ("text/plain", b"a=1", 415),
    "no media type": (None, b"a=1", 415),
    "no boundary": ("multipart/form-data", part('; name="a"', b"1") + b"--b--", 400),
    "another boundary": ("multipart/form-data; boundary=c", part('; name="a"', b"1") + b"--b--", 400),
    "no end": (MULTIPART, part('; name="a"', b"1"), 400),
    "no name": (MULTIPART, part("", b"1") + b"--b--", 400),
    "no blank line": (MULTIPART, b"--b\r\nContent-Disposition: form-data; name=a\r\n--b--", 400),
    "bare LF": (MULTIPART, (part('; name="a"', b"1") + b"--b--").replace(b"\r\n", b"\n"), 400),
    "white space within a delimiter": (MULTIPART, part('; name="a"', b"1") + b"-- b--", 400),
    "too many fields": (URLENCODED, b"a&" * 1001, 400),
    "a megabyte of fields": (URLENCODED, b"a&" * 2**19, 400),
    "too many parts": (MULTIPART, part('; name="a"', b"1") * 1001 + b"--b--", 400),
}


@pytest.mark.parametrize(("media_type", "body", "form"), FORMS.values(), ids=FORMS)
def test_form(media_type: str | None, body: bytes, form: Form) -> None:
    assert read_form(media_type, body) == form


@pytest.mark.parametrize(("media_type", "body", "status"), BROKEN_FORMS.values(), ids=BROKEN_FORMS)
def test_broken_form(media_type: str | None, body: bytes, status: int) -> None:
    with pytest.raises(FormError) as refused:
        read_form(media_type, body)
    assert refused.value.status == status


@pytest.mark.parametrize("coding", [None, "", "identity", "Identity, ,IDENTITY"])
def test_no_coding_is_accepted(coding: str | None) -> None:
    assert read_form(URLENCODED, b"a=1", coding) == Form((("a", "1"),))


@pytest.mark.parametrize("coding", ["gzip", "identity, br", "x-unheard-of", "identity;q=1"])
@pytest.mark.parametrize("body", [b"a=1", b""])
def test_a_coding_is_refused(coding: str, body: bytes) -> None:
    with pytest.raises(FormError) as refused:
        read_form(URLENCODED, body, coding)
    assert (refused.value.status, refused.value.headers) == (415, (("Accept-Encoding", "identity"),))


def test_a_megabyte_of_fields_needs_little_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(FormError):
            read_form(URLENCODED, b"a&" * 2**19)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("authority", "allowed"),
    [
        (None, True),
        ("", True),
        ("localhost", True),
        ("LocalHost:8001", True),
        ("localhost.", True),
        ("localhost.:80", True),
        ("127.0.0.1:", True),
        ("[::1]:8001", True),
        ("localhost..", False),
        ("elsewhere", False),
        ("localhost.evil", False),
        ("localhost:80:80", False),
        ("::1", False),
        ("[::1", False),
        ("localhost, elsewhere", False),
    ],
)
def test_host_allowed(authority: str | None, allowed: bool) -> None:
    assert host_allowed(authority, allowed_hosts()) is allowed


def test_allowed_hosts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " Example.org., ,[::1] ")
    assert allowed_hosts() == {"example.org", "[::1]"}
    monkeypatch.delenv("ALLOWED_HOSTS")
    assert allowed_hosts() == set(DEFAULT_HOSTS.split(","))
