"""Expectations of content: text with and without markup, and strict JSON."""

import pytest

from http_contract.http.request import Part, chunked, multipart, parted, submit
from http_contract.http.response import FieldLine, Response
from http_contract.http.transcript import Transcript
from http_contract.rules.common import BodyIsNotARequest
from http_contract.rules.content import (
    JSON,
    PROBLEM,
    FieldListed,
    Member,
    MemberOf,
    OfObject,
    Records,
    Shows,
    fields,
    files,
    text_of,
)
from http_contract.rules.expectations import BodyMatches, NoInterim
from http_contract.rules.model import Expectation
from tests.contract.worded import texts

NAMED = (
    b'{"name": "J\xc3\xbcrgen", "none": [], "headers": [{"name": "x-a", "value": "1, 2"}, {"name": "X-A", "value": 3}]}'
)
ROWS = b'{"fields": [{"name": "a", "value": "1", "more": 0}, {"name": "b", "value": ""}]}'
TIME = b"<h1>23:59:59 31.12.2026</h1>"


def response_of(body: bytes, media_type: str = "application/json", start: int = 0) -> Response:
    line = FieldLine("Content-Type", media_type, 17)
    return Response(status=200, fields=(line,), body=body, complete=True, start=start, body_start=50)


def failures(expectation: Expectation, *responses: Response) -> list[str]:
    return texts(expectation.failures(Transcript(responses=responses)))


@pytest.mark.parametrize(
    ("media_type", "body", "text"),
    [
        ("text/html", b"\xc3\xbc", "\u00fc"),
        ("text/html; charset=utf-8", b"\xc3\xbc", "\u00fc"),
        ("text/html;charset=ISO-8859-1", b"\xfc", "\u00fc"),
        ('text/html; Charset="iso-8859-1"', b"\xfc", "\u00fc"),
        ("text/html; charset=klingon", b"\xc3\xbc", "\u00fc"),
        ("text/html", b"\xfc", "\ufffd"),
    ],
)
def test_text_of(media_type: str, body: bytes, text: str) -> None:
    assert text_of(response_of(body, media_type)) == text


@pytest.mark.parametrize(
    ("expectation", "body", "found"),
    [
        (Shows("<\u00fc>&"), b"<p>&lt;&uuml;&#62;&amp;</p>", []),
        (Shows("<a>"), b"<p>a</p>", ["the content does not show '<a>'"]),
        (BodyMatches(rb"a+", "only a"), b"aaa", []),
        (BodyMatches(rb"a+", "only a"), b"aab", ["the content does not have only a"]),
        (JSON, b"", []),
        (PROBLEM, b"", ["Content-Type is 'application/json', not `application/problem+json`"]),
        (Member("name", "J\u00fcrgen"), NAMED, []),
        (Member("name", "Ada"), NAMED, ["`name` is 'J\u00fcrgen', not 'Ada'"]),
        (Member("nom", "Ada"), NAMED, ["the JSON has no member `nom`"]),
        (MemberOf("name", str), NAMED, []),
        (MemberOf("name", list), NAMED, ["`name` is 'J\u00fcrgen', not a list that is not empty"]),
        (MemberOf("none", list), NAMED, ["`none` is [], not a list that is not empty"]),
        (MemberOf("nom", str), NAMED, ["`nom` is None, not a str that is not empty"]),
        (fields(("a", "1"), ("b", "")), ROWS, []),
        (fields(), b'{"fields": []}', []),
        (fields(("a", "1")), ROWS, ["`fields` is [('a', '1'), ('b', '')], not [('a', '1')]"]),
        (files(), ROWS, ["`files` is not a list of objects with field, name, size, sha256"]),
        (Records("fields", ("name", "size"), ()), ROWS, ["`fields` is not a list of objects with name, size"]),
        (fields(), b'{"fields": ["a"]}', ["`fields` is not a list of objects with name, value"]),
        (FieldListed("X-A", ("1", "2", "3")), NAMED, []),
        (FieldListed("X-A", ("1",)), NAMED, ["`headers` contains X-A as ['1, 2', '3'], not 1"]),
        (FieldListed("X-B", ("1",)), NAMED, ["`headers` contains X-B as [], not 1"]),
        (FieldListed("X-B", ("1",)), ROWS, ["`headers` is not a list of objects with name, value"]),
        (Member("a", 1), b"[1]", ["the content is not a JSON object but [1]"]),
        (Member("a", 1), b"", ["the content is not valid JSON: Expecting value: line 1 column 1 (char 0)"]),
    ],
    ids=str,
)
def test_expectations(expectation: Expectation, body: bytes, found: list[str]) -> None:
    assert failures(expectation, response_of(body)) == found


@pytest.mark.parametrize("body", [b'{"a": "\xfc"}', b'\xef\xbb\xbf{"a": 1}', b"[" * 100_000, b"{'a': 1}"])
def test_json_is_read_strictly(body: bytes) -> None:
    (failure,) = failures(Member("a", 1), response_of(body))
    assert failure.startswith("the content is not valid JSON: ")


def test_an_expectation_of_objects_says_which() -> None:
    with pytest.raises(NotImplementedError):
        failures(OfObject(), response_of(b"{}"))


def test_no_interim() -> None:
    assert failures(NoInterim(), response_of(b"")) == []
    interim = Response(status=100)
    assert failures(NoInterim(), Response(status=200, interim=(interim,))) == [
        "the server sent an interim response, 100, first"
    ]


def test_body_is_no_request() -> None:
    assert failures(BodyIsNotARequest(), response_of(TIME), response_of(b"")) == []
    assert failures(BodyIsNotARequest(), response_of(b""), response_of(TIME)) == [
        "the server answered the body of a request as if it were the next request"
    ]


def test_multipart_is_as_rfc_7578_has_it() -> None:
    assert multipart(Part("a", b"1"), Part("f", b"2", "f.txt"), boundary="B") == (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n2\r\n"
        b"--B--\r\n"
    )


def test_chunks() -> None:
    assert chunked([b"a" * 16, b"\r\n"], b"X: 1\r\n") == b"10\r\naaaaaaaaaaaaaaaa\r\n2\r\n\r\n\r\n0\r\nX: 1\r\n\r\n"


def test_parted_keeps_each_byte() -> None:
    request = submit(b"name=Ada")
    head, *body = parted(request, 1, 5)
    assert head.endswith(b"\r\n\r\n")
    assert body == [b"n", b"ame=", b"Ada"]
    assert head + b"".join(body) == request
