"""A failure in words: what was promised, the bytes, the hint."""

from contract.conversation import Complaint, Conversation
from contract.model import Outcome, Rule
from contract.telling import tell, visible

RULE = Rule(id="a-b", stage=1, sentence="It is so.", hint="Do it.", section="RFC 9110 §1")


def told(*complaints: Complaint) -> list[str]:
    return tell(Outcome(rule=RULE, verdict="failed", complaints=complaints)).splitlines()


def test_without_a_conversation() -> None:
    assert told(Complaint("it is not")) == [
        "a-b (MUST): It is so.",
        "  But it is not",
        "  Hint: Do it.",
        "  See RFC 9110 §1",
    ]


def test_with_a_conversation() -> None:
    heard = Conversation(sent=(b"GET /\r\n", b"\r\n"), received=b"\xff\x00\n")
    assert told(Complaint("it is not", 1, heard))[2:-2] == [
        "    sent 9 bytes:",
        r"      GET /\r\n",
        r"      \r\n",
        "    received 3 bytes:",
        r"      \xff\x00\n",
    ]


def test_much_is_shortened_around_the_place() -> None:
    heard = Conversation(received=b"x" * 1000 + b"\n" + b"y" * 1000)
    lines = told(Complaint("it is not", 1000, heard))
    assert lines[3] == "    received 2001 bytes, from byte 800:"
    assert lines[4].strip() == "x" * 160 + "..."
    assert lines[5].strip() == "y" * 160 + "..."


def test_many_complaints_are_counted() -> None:
    assert told(*[Complaint(f"{number}") for number in range(5)])[1:5] == [
        "  But 0",
        "  But 1",
        "  But 2",
        "  And 2 more like these",
    ]


def test_visible() -> None:
    assert visible(bytes(range(256))).isascii()
    assert visible(bytes(range(256))).isprintable()
