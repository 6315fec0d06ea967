"""A failure in words: what was promised, the bytes, the cause, the hint, and a line to see it again."""

from dataclasses import replace

import pytest

from http_contract.client.server import Crash
from http_contract.diagnosis.diagnose import diagnosed
from http_contract.http.params import Params
from http_contract.http.response import Response
from http_contract.http.transcript import Transcript
from http_contract.reports.text import PACKETS_SHOWN, Extent, Line, exchanges, format_failure, lines
from http_contract.rules.model import Failure, Outcome, Rule, Skip
from tests.contract.worded import odd

RULE = Rule(id="a-b", stage=1, sentence="It is so.", hint="Do it.", section="RFC 9110 §1")
URL = "http://127.0.0.1:8000"


def failed(*failures: Failure) -> Outcome:
    return Outcome(rule=RULE, verdict="failed", failures=failures)


def format_failure_of(outcome: Outcome) -> str:
    return format_failure(diagnosed(outcome))


def lines_of(outcome: Outcome) -> list[Line]:
    return list(lines(diagnosed(outcome)))


def told(*failures: Failure) -> list[str]:
    return format_failure_of(failed(*failures)).splitlines()


def shown(received: bytes, offset: int | None) -> list[str]:
    """Return what is shown of what was received: a line of bytes or a caret each, without their indent."""
    lines = told(odd("it is not", offset, Transcript(received=received)))
    return [line[6:] for line in lines if line.startswith("      ")]


def test_without_a_conversation() -> None:
    assert told(odd("it is not")) == [
        "a-b (MUST): It is so.",
        "  But it is not",
        "  Hint: Do it.",
        "  See RFC 9110 §1",
    ]


def test_with_a_conversation() -> None:
    transcript = Transcript(sent=(b"GET /\r\n", b"\r\n"), received=b"\xff\x00\n", ended="reset", url=URL)
    assert told(odd("it is not", 1, transcript))[2:] == [
        "    sent 9 bytes in 2 packets:",
        "      packet 1:",
        r"      GET /\r\n",
        "      packet 2:",
        r"      \r\n",
        "    received 3 bytes, then the server reset the connection:",
        r"      \xff\x00\n",
        "          ^^^^",
        "  Hint: Do it.",
        "  See RFC 9110 §1",
        '  Reproduce: python3 -c \'import socket, time; s = socket.create_connection(("127.0.0.1", 8000), 5); '
        r'[(s.sendall(b), time.sleep(0.05)) for b in [b"GET /\r\n", b"\r\n"]]; '
        '[print(b) for b in iter(lambda: s.recv(65536), b"")]\'',
    ]


def test_of_many_packets_only_the_number_is_shown() -> None:
    transcript = Transcript(sent=(b"G", b"", *[b"x"] * PACKETS_SHOWN))
    assert told(odd("it is not", None, transcript))[2:4] == [
        f"    sent {PACKETS_SHOWN + 1} bytes in {PACKETS_SHOWN + 1} packets:",
        f"      G{'x' * PACKETS_SHOWN}",
    ]


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (None, ["a\\n", "b\\n", "c\\n", "and 3 more lines"]),
        (2, ["a\\n", "b\\n", "^", "c\\n", "and 3 more lines"]),
        (8, ["d\\n", "e\\n", "^", "f"]),
        (10, ["e\\n", "f", "^"]),
    ],
)
def test_a_part_of_the_lines_is_shown_around_the_place(offset: int | None, shown: list[str]) -> None:
    made = failed(odd("it is not", offset, Transcript(received=b"a\nb\nc\nd\ne\nf")))
    parts = [part.content.strip() for part in lines(made, Extent(rows=3)) if part.indent == 6]
    assert parts == shown


def test_how_a_program_ended_is_told_once() -> None:
    crash = Crash("exit", 1, 'Traceback (most recent call last):\n  File "a.py", line 1\nTypeError: no\n')
    ended = replace(failed(Failure("ended", Params(kind="exit", number=1))), crash=crash)
    text = format_failure_of(ended)
    assert text.count("exit status 1") == 1
    assert "Cause: The program has a mistake that this request reveals. It raised TypeError: no (a.py, line 1)." in text


def test_nothing_is_no_byte() -> None:
    transcript = Transcript(ended="timeout")
    assert told(odd("it is not", 0, transcript))[2:4] == [
        "    sent nothing",
        "    received nothing in time",
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
    lines = told(odd("it is not", 1000, transcript))
    assert lines[3] == "    received 2001 bytes, from byte 800:"
    assert lines[4].strip() == "..." + "x" * 158 + r"\n"
    assert lines[5] == " " * (6 + 3 + 158) + "^^"
    assert lines[6].strip() == "y" * 160 + "..."


def test_many_complaints_are_counted() -> None:
    assert told(*[odd(f"{number}") for number in range(5)])[1:5] == [
        "  But 0",
        "  But 1",
        "  But 2",
        "  And 2 more failures",
    ]


def test_complaints_in_the_same_words_are_told_once() -> None:
    assert told(*[odd(text) for text in "abaab"])[1:4] == ["  But a", "  But b", "  And 3 more failures"]


def test_the_cause_takes_the_place_of_the_hint() -> None:
    outcome = replace(failed(odd("it has ended")), crash=Crash("exit", 0, ""))
    assert format_failure_of(outcome).splitlines()[2:4] == [
        "  Cause: The program reached its last line, and ended. It ended with exit status 0.",
        "  Hint: Accept clients in an endless loop. After each client, even one that sends nothing, continue with the "
        "next one.",
    ]


def test_an_end_without_a_complaint() -> None:
    outcome = replace(failed(), crash=Crash("signal", 11, ""))
    assert [part.kind for part in lines_of(outcome)] == ["rule", "cause", "hint", "section"]


def test_the_complaint_whose_cause_is_known_comes_first() -> None:
    whole = Transcript(responses=(Response(status=200, complete=True),))
    outcome = failed(odd("it is not", 0, whole), odd("it has ended"))
    text = format_failure_of(replace(outcome, crash=Crash("exit", 0, ""))).splitlines()
    assert [line for line in text if line.startswith("  But")] == ["  But it has ended", "  But it is not"]


def test_what_ended_the_program_is_what_to_send_again() -> None:
    transcript = (Transcript(sent=(b"GET\r\n\r\n",), url=URL), Transcript(sent=(b"GET / HTTP/1.1\r\n\r\n",), url=URL))
    failure = odd("no answer", 0, transcript[1])
    outcome = replace(failed(failure), transcripts=transcript, crash=Crash("exit", 1, ""))
    assert format_failure_of(outcome).splitlines()[-1] == (
        '  Reproduce: python3 -c \'import socket; s = socket.create_connection(("127.0.0.1", 8000), 5); '
        r's.sendall(b"GET\r\n\r\n"); [print(b) for b in iter(lambda: s.recv(65536), b"")]'
        "'"
    )


def test_the_bytes_that_ended_the_program_come_before_those_of_the_next_connection() -> None:
    fatal = Transcript(sent=(b"HELO\r\n",), ended="reset", began=1.0, url=URL)
    later = Transcript(sent=(b"GET /\r\n",), ended="closed", began=2.0, url=URL)
    failure = odd("it is not", None, later)
    dead = Outcome(
        rule=RULE, verdict="failed", failures=(failure,), transcripts=(fatal, later), crash=Crash("exit", 1, "")
    )
    for outcome in (dead, replace(dead, failures=(replace(failure, transcript=replace(later)),))):
        assert format_failure(outcome).splitlines()[2:10] == [
            "    the program ended at this connection:",
            "    sent 6 bytes:",
            r"      HELO\r\n",
            "    received nothing, then the server reset the connection",
            "    so the next connection failed:",
            "    sent 7 bytes:",
            r"      GET /\r\n",
            "    received nothing, then the server closed the connection",
        ]
    assert "ended at" not in format_failure(replace(dead, transcripts=(later,)))
    assert "ended at" not in format_failure(replace(dead, crash=None))


def test_a_server_that_must_be_started_anew_in_between_is_not_shown_again() -> None:
    failure = odd("it is not", 0, Transcript(sent=(b"GET\r\n\r\n",), url=URL))
    assert "Reproduce" in format_failure_of(failed(failure))
    assert "Reproduce" not in format_failure_of(replace(failed(failure), rule=replace(RULE, restarts=True)))


def test_who_was_there_meanwhile_is_there_again() -> None:
    idle = Transcript(url=URL, began=1.0, finished=4.0)
    gone, transcript = replace(idle, finished=1.5), Transcript(sent=(b"GET\r\n\r\n",), url=URL, began=2.0, finished=3.0)
    outcome = replace(failed(odd("no answer", 0, transcript)), transcripts=(idle, gone, transcript))
    assert format_failure_of(outcome).splitlines()[-1] == (
        '  Reproduce: python3 -c \'import socket; other1 = socket.create_connection(("127.0.0.1", 8000), 5); '
        's = socket.create_connection(("127.0.0.1", 8000), 5); '
        r's.sendall(b"GET\r\n\r\n"); [print(b) for b in iter(lambda: s.recv(65536), b"")]'
        "'"
    )


def test_lines_are_of_some_kind() -> None:
    transcript = Transcript(sent=(b"GET\r\n\r\n",), received=b"no", url=URL)
    assert [part.kind for part in lines_of(failed(odd("it is not", 0, transcript)))] == [
        "rule",
        "failure",
        "note",
        "bytes",
        "bytes",
        "note",
        "bytes",
        "caret",
        "hint",
        "section",
        "reproduce",
    ]


def test_a_skipped_rule_has_no_more_than_its_hint() -> None:
    outcome = Outcome(rule=RULE, verdict="skipped", skip=Skip("needs", Params(rule="x")))
    assert [part.kind for part in lines_of(outcome)] == ["rule", "hint", "section"]
    assert Line("hint", "Do it.", "Hint:") in lines_of(outcome)


def test_every_exchange_is_told_whether_or_not_the_rule_holds() -> None:
    transcript = Transcript(sent=(b"GET /\r\n", b"\r\n"), received=b"\xff\n", ended="closed", url=URL)
    silent = Transcript(ended="timeout")
    outcome = Outcome(rule=RULE, verdict="passed", transcripts=(transcript, silent))
    assert [part.text for part in exchanges(outcome)] == [
        "    sent 9 bytes in 2 packets:",
        "      packet 1:",
        r"      GET /\r\n",
        "      packet 2:",
        r"      \r\n",
        "    received 2 bytes, then the server closed the connection:",
        r"      \xff\n",
        "    sent nothing",
        "    received nothing in time",
    ]
    assert list(exchanges(failed(odd("it is not")))) == []
