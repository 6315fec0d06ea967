"""A failure in words: what was promised, the bytes, the cause, the hint, and a line to see it again."""

from dataclasses import replace

import pytest

from http_contract.client.server import Crash
from http_contract.http.response import Response
from http_contract.http.transcript import Failure, Transcript
from http_contract.reports.text import Part, exchanges, parts, tell
from http_contract.rules.model import Outcome, Rule

RULE = Rule(id="a-b", stage=1, sentence="It is so.", hint="Do it.", section="RFC 9110 §1")
URL = "http://127.0.0.1:8000"


def failed(*failures: Failure) -> Outcome:
    return Outcome(rule=RULE, verdict="failed", failures=failures)


def told(*failures: Failure) -> list[str]:
    return tell(failed(*failures)).splitlines()


def shown(received: bytes, offset: int | None) -> list[str]:
    """Return what is shown of what was received: a line of bytes or a caret each, without their indent."""
    lines = told(Failure("it is not", offset, Transcript(received=received)))
    return [line[6:] for line in lines if line.startswith("      ")]


def test_without_a_conversation() -> None:
    assert told(Failure("it is not")) == [
        "a-b (MUST): It is so.",
        "  But it is not",
        "  Hint: Do it.",
        "  See RFC 9110 §1",
    ]


def test_with_a_conversation() -> None:
    transcript = Transcript(sent=(b"GET /\r\n", b"\r\n"), received=b"\xff\x00\n", ended="reset", url=URL)
    assert told(Failure("it is not", 1, transcript))[2:] == [
        "    sent 9 bytes:",
        r"      GET /\r\n",
        r"      \r\n",
        "    received 3 bytes, then a reset:",
        r"      \xff\x00\n",
        "          ^^^^",
        "  Hint: Do it.",
        "  See RFC 9110 §1",
        '  Again: python3 -c \'import socket, time; s = socket.create_connection(("127.0.0.1", 8000)); '
        r'[(s.sendall(b), time.sleep(0.05)) for b in [b"GET /\r\n", b"\r\n"]]; '
        '[print(b) for b in iter(lambda: s.recv(65536), b"")]\'',
    ]


def test_nothing_is_no_byte() -> None:
    transcript = Transcript(ended="timeout")
    assert told(Failure("it is not", 0, transcript))[2:4] == [
        "    sent nothing",
        "    received nothing, then no more in time",
    ]


@pytest.mark.parametrize(
    ("received", "offset", "lines"),
    [
        pytest.param(b"ab\ncd", 0, [r"ab\n", "^", "cd"], id="first"),
        pytest.param(b"ab\r\ncd", 2, [r"ab\r\n", "  ^^", "cd"], id="escaped"),
        pytest.param(b"\r\n\x00x", 3, [r"\r\n", r"\x00x", "    ^"], id="after-escapes"),
        pytest.param(b"a\\b", 2, [r"a\\b", "   ^"], id="after-a-backslash"),
        pytest.param(b"ab\ncd", 5, [r"ab\n", "cd", " ^"], id="end"),
        pytest.param(b"ab\ncd", None, [r"ab\n", "cd"], id="nowhere"),
        pytest.param(b"x" * 200, 0, ["x" * 160 + "...", "^"], id="long-first"),
        pytest.param(b"x" * 200, 190, ["..." + "x" * 160, " " * 153 + "^"], id="long-end"),
        pytest.param(b"x" * 400, 200, ["..." + "x" * 160 + "...", " " * 83 + "^"], id="long-middle"),
    ],
)
def test_a_caret_stands_under_the_byte(received: bytes, offset: int | None, lines: list[str]) -> None:
    assert shown(received, offset) == lines


def test_much_is_shortened_around_the_place() -> None:
    transcript = Transcript(received=b"x" * 1000 + b"\n" + b"y" * 1000)
    lines = told(Failure("it is not", 1000, transcript))
    assert lines[3] == "    received 2001 bytes, from byte 800:"
    assert lines[4].strip() == "..." + "x" * 158 + r"\n"
    assert lines[5] == " " * (6 + 3 + 158) + "^^"
    assert lines[6].strip() == "y" * 160 + "..."


def test_many_complaints_are_counted() -> None:
    assert told(*[Failure(f"{number}") for number in range(5)])[1:5] == [
        "  But 0",
        "  But 1",
        "  But 2",
        "  And 2 more like these",
    ]


def test_complaints_in_the_same_words_are_told_once() -> None:
    assert told(*[Failure(text) for text in "abaab"])[1:4] == ["  But a", "  But b", "  And 3 more like these"]


def test_the_cause_takes_the_place_of_the_hint() -> None:
    outcome = replace(failed(Failure("it has ended")), crash=Crash("exit status 0", ""))
    assert tell(outcome).splitlines()[2:4] == [
        "  Cause: The program came to its end, as if it had no more to do. It ended (exit status 0).",
        "  Hint: Accept in a loop without end: after a client, also one that sends nothing, `continue`, not `break`.",
    ]


def test_an_end_without_a_complaint() -> None:
    outcome = replace(failed(), crash=Crash("SIGSEGV", ""))
    assert [part.kind for part in parts(outcome)] == ["rule", "cause", "hint", "section"]


def test_the_complaint_whose_cause_is_known_comes_first() -> None:
    whole = Transcript(responses=(Response(status=200, complete=True),))
    outcome = failed(Failure("it is not", 0, whole), Failure("it has ended"))
    lines = tell(replace(outcome, crash=Crash("exit status 0", ""))).splitlines()
    assert [line for line in lines if line.startswith("  But")] == ["  But it has ended", "  But it is not"]


def test_what_ended_the_program_is_what_to_send_again() -> None:
    transcript = (Transcript(sent=(b"GET\r\n\r\n",), url=URL), Transcript(sent=(b"GET / HTTP/1.1\r\n\r\n",), url=URL))
    failure = Failure("no answer", 0, transcript[1])
    outcome = replace(failed(failure), transcripts=transcript, crash=Crash("exit status 1", ""))
    assert tell(outcome).splitlines()[-1] == r"  Again: printf 'GET\r\n\r\n' | nc 127.0.0.1 8000"


def test_a_server_that_must_be_started_anew_in_between_is_not_shown_again() -> None:
    failure = Failure("it is not", 0, Transcript(sent=(b"GET\r\n\r\n",), url=URL))
    assert "Again" in tell(failed(failure))
    assert "Again" not in tell(replace(failed(failure), rule=replace(RULE, restarts=True)))


def test_who_was_there_meanwhile_is_there_again() -> None:
    idle = Transcript(url=URL, began=1.0, finished=4.0)
    gone, transcript = replace(idle, finished=1.5), Transcript(sent=(b"GET\r\n\r\n",), url=URL, began=2.0, finished=3.0)
    outcome = replace(failed(Failure("no answer", 0, transcript)), transcripts=(idle, gone, transcript))
    assert tell(outcome).splitlines()[-1] == (
        r"  Again: sleep 9 | nc 127.0.0.1 8000 & printf 'GET\r\n\r\n' | nc 127.0.0.1 8000"
    )


def test_lines_are_of_some_kind() -> None:
    transcript = Transcript(sent=(b"GET\r\n\r\n",), received=b"no", url=URL)
    assert [part.kind for part in parts(failed(Failure("it is not", 0, transcript)))] == [
        "rule",
        "complaint",
        "note",
        "bytes",
        "bytes",
        "note",
        "bytes",
        "caret",
        "hint",
        "section",
        "again",
    ]


def test_a_skipped_rule_has_no_more_than_its_hint() -> None:
    outcome = Outcome(rule=RULE, verdict="skipped", reason="x does not hold")
    assert [part.kind for part in parts(outcome)] == ["rule", "hint", "section"]
    assert Part("hint", "  Hint: Do it.") in parts(outcome)


def test_every_exchange_is_told_whether_or_not_the_rule_holds() -> None:
    transcript = Transcript(sent=(b"GET /\r\n", b"\r\n"), received=b"\xff\n", ended="closed", url=URL)
    silent = Transcript(ended="timeout")
    outcome = Outcome(rule=RULE, verdict="passed", transcripts=(transcript, silent))
    assert [part.text for part in exchanges(outcome)] == [
        "    sent 9 bytes:",
        r"      GET /\r\n",
        r"      \r\n",
        "    received 2 bytes, then the end:",
        r"      \xff\n",
        "    sent nothing",
        "    received nothing, then no more in time",
    ]
    assert list(exchanges(failed(Failure("it is not")))) == []
