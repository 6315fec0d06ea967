"""The guarantees in docs/assignment.md: each has an attack in the zoo, and each attack has its line."""

import re
from pathlib import Path

from tests.zoo import attacks
from tests.zoo.test_zoo import SAID

DOCUMENT = Path(__file__).parents[2] / "docs" / "assignment.md"
LINE = re.compile(r"(?m)^\| (.+) \| `(\w+)` \|$")


def lines(heading: str) -> list[str]:
    """Return the names of the attacks in the table below a heading in bold."""
    _, _, text = DOCUMENT.read_text().partition(f"\n**{heading}**")
    return [attack for _, attack in LINE.findall(text.partition("\n**")[0])]


def test_each_guarantee_of_isolation_has_its_attack() -> None:
    _, _, text = DOCUMENT.read_text().partition("**With `--isolate`**")
    listed = [attack for _, attack in LINE.findall(text.partition("**With and without")[0])]
    assert sorted(listed) == sorted(attacks.ATTACKS)


def test_each_other_guarantee_has_its_attack() -> None:
    listed = lines("With and without `--isolate`")
    assert listed
    assert set(listed) <= set(SAID)


def test_each_attack_is_tested() -> None:
    source = Path(__file__).with_name("test_isolation.py").read_text()
    assert [name for name in attacks.ATTACKS if f'"{name}"' not in source] == []
