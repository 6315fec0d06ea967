"""The public names of http_contract: documented, and the only ones that documents import."""

import re
from pathlib import Path

import pytest

import http_contract
from http_contract import api

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "contract" / "http_contract" / "starter"
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "contract" / "README.md",
    STARTER / "README.md",
    STARTER / "graders" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
DATA = ("RULES", "BY_ID", "STAGES", "CLIENT_ERRORS", "HTML", "JSON", "PROBLEM")
"""Names of values, which have no docstring of their own."""


@pytest.mark.parametrize("name", api.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    assert f"`{name}`" in (http_contract.__doc__ or "")
    assert f"`{name}`" in (ROOT / "contract" / "README.md").read_text()
    assert name in DATA or (getattr(http_contract, name).__doc__ or "").strip().endswith((".", ")")), name


def test_no_name_is_public_twice() -> None:
    assert len(api.__all__) == len(set(api.__all__))


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(ImportError):
        from http_contract import no_such_name  # noqa: F401


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_documents_import_public_names_alone(document: Path) -> None:
    text = document.read_text()
    imported = re.findall(r"from http_contract import (?:\(([^)]*)\)|(.*))", text)
    names = {name for group in imported for part in group for name in re.findall(r"\w+", part)}
    assert names <= set(api.__all__)
    assert re.findall(r"(?m)^(?:from|import) http_contract\.\S+", text) == []
