"""Stage 10: files, leaks, validators, policies, and symbolic links."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from http_contract import BY_ID, Server, run
from http_contract.http.request import get
from http_contract.http.response import FieldLine, Framing, Response
from http_contract.http.transcript import Transcript
from http_contract.reports.messages import failure_text
from http_contract.rules.content import FOLDER, MEDIA_TYPES, Intact, NoLeak, content_of
from http_contract.rules.model import Expectation, RuleFailed
from http_contract.rules.stage10_caching import NotModifiedLater, date_of, fill_in
from http_contract.rules.stage10_security import NOSNIFF, REFERRER, OwnOnly
from shared_views import files, views
from tests.mutants.serving import Mutant, running
from tests.mutants.stage10_traversal import opening
from tests.serving import HANDLERS, HOST, serving

HELLO = content_of("hello.txt")
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


def response_of(body: bytes, framing: Framing = "length") -> Response:
    return Response(status=200, body=body, framing=framing, body_start=50)


def told(**fields: str) -> Response:
    return Response(fields=tuple(FieldLine(name.replace("_", "-"), value, 17) for name, value in fields.items()))


def failures(expectation: Expectation, given: Response) -> list[tuple[str, int | None]]:
    transcript = Transcript(responses=(given,))
    return [(failure_text(failure), failure.offset) for failure in expectation.failures(transcript)]


def test_the_course_has_the_files_of_the_service() -> None:
    ours, course = (
        {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in (files.PUBLIC, FOLDER)
    )
    assert course == ours
    assert {*MEDIA_TYPES, "style.css"} == course.keys()


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_media_types_are_those_of_the_service(name: str) -> None:
    assert files.media_type(name).partition(";")[0] == MEDIA_TYPES[name]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (response_of(HELLO), []),
        (response_of(HELLO[:20]), [(f"it ends after 20 of {len(HELLO)} bytes", 70)]),
        (response_of(HELLO + b"\n"), [(f"it continues after its {len(HELLO)} bytes", 50 + len(HELLO))]),
        (response_of(b"J" + HELLO[1:]), [("byte 1 is 0x4a, not 0x48", 50)]),
        (response_of(HELLO[:6] + b"\0" + HELLO[6:]), [("byte 7 is 0x00, not 0x20", 56)]),
        (response_of(HELLO[:20], framing="chunked"), [(f"it ends after 20 of {len(HELLO)} bytes", 50)]),
    ],
    ids=["whole", "short", "long", "first-byte", "later-byte", "chunked"],
)
def test_intact(given: Response, found: list[tuple[str, int]]) -> None:
    before = "the content differs from hello.txt: "
    assert failures(Intact("hello.txt"), given) == [(before + text, offset) for text, offset in found]
    assert str(Intact("hello.txt")) == f"the {len(HELLO)} bytes of hello.txt"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"root:x:0:0:root:/root:/bin/bash\n", "/etc/passwd"),
        (b"##\n# User Database\nroot:*:0:0:System Administrator:/var/root:/bin/sh\n", "/etc/passwd"),
        (b"; for 16-bit app support\r\n[fonts]\r\n", "win.ini"),
        (b'"""A server."""\nimport socket\n', "a Python program"),
        (b"from http.server import *\r\n", "a Python program"),
        (b"def main():\r\n    pass\r\n", "a Python program"),
        (b"#!/usr/bin/env python3\n", "a Python program"),
        (b"#!/bin/sh\n", "a program"),
        (b"package main\n", "a program"),
        (b"const http = require('http')\n", "a program"),
        (b'#include "server.h"\n', "a program"),
        (b"<?php echo 1;", "a program"),
        (b"ref: refs/heads/main\n", "a repository"),
        (b"<p>/files/../etc/passwd was not found: import nothing from here</p>", None),
        (HELLO, None),
        (b"", None),
    ],
    ids=repr,
)
def test_leaks(content: bytes, what: str | None) -> None:
    assert failures(NoLeak(), response_of(content)) == (
        [(f"the response contains the content of {what}", 50)] if what else []
    )


@pytest.mark.parametrize(
    ("value", "right"),
    [(DATE, True), ("Fri, 31 Feb 2026 03:04:05 GMT", False), ("Friday, 02-Jan-26 03:04:05 GMT", False), ("", False)],
)
def test_dates(value: str, right: bool) -> None:
    assert (date_of(told(Last_Modified=value), "Last-Modified") is not None) is right


@pytest.mark.parametrize(
    ("condition", "etag", "becomes"),
    [
        ("{etag}", '"a"', '"a"'),
        ("{etag}", 'W/"a"', 'W/"a"'),
        ("{weak}", '"a"', 'W/"a"'),
        ("{weak}", 'W/"a"', 'W/"a"'),
        ("{strong}", 'W/"a"', "*"),
        ("{among}", '"a"', '"no-such-tag", "a"'),
        ("{among}", 'W/"a"', "*"),
        ("{modified}", '"a"', DATE),
        ("{earlier}", '"a"', "Thu, 01 Jan 2026 03:04:05 GMT"),
        ("{later}", '"a"', "Fri, 02 Jan 2026 03:04:06 GMT"),
        ("{rfc850}", '"a"', "Friday, 02-Jan-26 03:04:05 GMT"),
        ("{asctime}", '"a"', "Fri Jan  2 03:04:05 2026"),
    ],
)
def test_conditions(condition: str, etag: str, becomes: str) -> None:
    assert fill_in(condition, told(ETag=etag, Last_Modified=DATE)) == becomes


@pytest.mark.parametrize(
    ("condition", "given"),
    [
        ("If-None-Match: {etag}", told()),
        ("If-Modified-Since: {modified}", told()),
        ("If-Modified-Since: {later}", told(Last_Modified="Fri, 31 Dec 9999 23:59:59 GMT")),
    ],
    ids=["no-etag", "no-last-modified", "end-of-time"],
)
def test_no_condition_without_a_validator(condition: str, given: Response) -> None:
    with pytest.raises(RuleFailed, match="no-validator"):
        fill_in(condition, given)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"Last_Modified": DATE, "Date": DATE}, 0),
        ({"Last_Modified": DATE, "Date": DATE.replace("04:05", "04:04")}, 1),
        ({"Last_Modified": DATE}, 0),
        ({"Date": DATE}, 0),
    ],
    ids=["same", "later", "no-date", "no-last-modified"],
)
def test_last_modified_no_later_than_date(fields: dict[str, str], count: int) -> None:
    assert len(failures(NotModifiedLater(), told(**fields))) == count


@pytest.mark.parametrize(
    ("policy", "gap"),
    [
        ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'", None),
        ("Default-Src 'none';form-action 'none';;upgrade-insecure-requests", None),
        ("default-src 'self'; script-src 'none'; form-action 'self'", None),
        ("default-src *, default-src 'none'; form-action 'self'", None),
        ("style-src 'self'; form-action 'self'", "without default-src, everything is allowed"),
        ("default-src 'none'", "without form-action, everything is allowed"),
        ("default-src 'none'; form-action https:", "form-action allows https:"),
        (
            "default-src 'none'; form-action 'self'; style-src 'self' 'unsafe-inline'",
            "style-src allows 'unsafe-inline'",
        ),
        ("default-src 'self'; form-action 'self'", "scripts are allowed"),
        ("default-src 'none'; form-action 'self'; script-src 'self'", "scripts are allowed"),
        (
            "default-src *; img-src data:",
            "without form-action, everything is allowed; default-src allows *; img-src allows data:",
        ),
    ],
)
def test_policies(policy: str, gap: str | None) -> None:
    found = failures(OwnOnly(), told(Content_Security_Policy=policy))
    assert found == [(f"Content-Security-Policy: {each}", 17) for each in (gap.split("; ") if gap else [])]


def test_no_policy_at_all() -> None:
    assert len(failures(OwnOnly(), told())) == 2


@pytest.mark.parametrize(
    ("expectation", "value", "holds"),
    [
        (NOSNIFF, "NoSniff", True),
        (NOSNIFF, "sniff", False),
        (REFERRER, "no-referrer", True),
        (REFERRER, "no-referrer, strict-origin-when-cross-origin", True),
        (REFERRER, "no-referrer-when-downgrade", True),
        (REFERRER, "origin", True),
        (REFERRER, "unsafe-url", False),
        (REFERRER, "no-referrer, unsafe-url", False),
        (REFERRER, "", False),
    ],
)
def test_fields(expectation: Expectation, value: str, holds: bool) -> None:
    given = told(X_Content_Type_Options=value, Referrer_Policy=value)
    assert (failures(expectation, given) == []) is holds


# -- a link that leads out, which no package can bring along


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A public folder with links that lead out of it."""
    shutil.copytree(FOLDER, tmp_path / "public")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "public" / "outside").symlink_to("../secret.txt")
    (tmp_path / "public" / "notes" / "outside").symlink_to("../../secret.txt")
    (tmp_path / "public" / "inside").symlink_to("hello.txt")
    return tmp_path / "public"


@pytest.mark.parametrize("name", HANDLERS)
def test_no_link_leads_out(public: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "read_file", partial(files.read_file, root=public))
    with serving(HANDLERS[name]) as port:
        server = Server(HOST, port)
        assert run(BY_ID["traversal-links"], server).verdict == "passed"
        assert server.ask(get("/files/inside")).responses[0].body == HELLO


def test_a_followed_link_is_seen(public: Path) -> None:
    with running(Mutant(id="follows", breaks=(), serve=opening(lambda name: f"{public}/{name}"))) as server:
        assert run(BY_ID["traversal-links"], server).verdict == "failed"
