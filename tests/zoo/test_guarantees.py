"""The guarantees in docs/assignment.md: each has an attack in the zoo, and each attack has its line."""

import re
from pathlib import Path

from tests.zoo import attacks, test_class
from tests.zoo.test_zoo import SAID

DOCUMENT = Path(__file__).parents[2] / "docs" / "assignment.md"
HARMFUL = {"hoards_memory", "fills_the_disk", "locks_its_report", "prints_commands", "writes_its_own_results"}
LINE = re.compile(r"(?m)^\| (.+) \| `(\w+)` \|$")


def listed(begin: str, end: str) -> list[str]:
    """Return the names of the attacks in the table between two texts of the document."""
    _, _, text = DOCUMENT.read_text().partition(begin)
    return [attack for _, attack in LINE.findall(text.partition(end)[0])]


def test_each_guarantee_of_isolation_has_its_attack() -> None:
    assert sorted(listed("**With `--isolate`**", "**With and without")) == sorted(attacks.ATTACKS)


def test_each_other_guarantee_has_its_attack() -> None:
    names = listed("**With and without `--isolate`**", "**Without")
    of_a_class = [name for name, value in vars(test_class).items() if name.startswith("test_") and callable(value)]
    assert {f"test_{name}" for name in names if name not in SAID} == set(of_a_class)
    assert {*names} & SAID.keys() >= HARMFUL


def test_each_attack_is_tested() -> None:
    source = Path(__file__).with_name("test_isolation.py").read_text()
    assert [name for name in attacks.ATTACKS if f'"{name}"' not in source] == []
