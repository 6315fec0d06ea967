"""The arrows between the rooms of the house: who may import whom."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("shared_views", "raw_router", "flask_app", "django_project", "guests", "http_contract", "sidebyside")
FOLDERS = {"http_contract": "contract/http_contract"}  # of packages that are not at the root
IMPLEMENTATIONS = {"shared_views", "raw_router", "flask_app", "django_project"}
CORE = ("messages", "limits", "target", "parser", "memo", "framing", "writer", "connection")
READING_ORDER = re.findall(r"(?m)^\| `([\w/]+\.py)` \|", (ROOT / "docs" / "raw_router.md").read_text())


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / FOLDERS.get(folder, folder)).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    """Yield the full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def full_name(module: str) -> str:
    """Return the name that a file of raw_router is imported by."""
    return f"raw_router/{module}".removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def rooms_imported(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(file)} & set(ROOMS)


def outside(file: Path) -> set[str]:
    """Return what a file imports that is neither ours nor of the standard library."""
    return {name.partition(".")[0] for name in imports(file)} - set(ROOMS) - sys.stdlib_module_names - {"_typeshed"}


# What a room may import of the others.
ROOM_ARROWS: dict[str, set[str]] = {
    "shared_views": set(),
    "raw_router": {"shared_views"},
    "flask_app": {"shared_views"},
    "django_project": {"shared_views"},
    "guests": {"shared_views"},
    "http_contract": set(),
    "sidebyside": {"shared_views", "raw_router", "flask_app", "django_project", "guests", "http_contract"},
}


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_along_the_arrows(room: str) -> None:
    allowed = {room} | ROOM_ARROWS[room]
    files = modules(room)
    assert files
    assert {file.name: rooms_imported(file) - allowed for file in files if rooms_imported(file) - allowed} == {}


def test_shared_views_knows_no_framework() -> None:
    assert set().union(*map(outside, modules("shared_views"))) == {"jinja2", "multipart"}


# What a package of the judge may import of the others; and what it may import that is not of the standard library.
ARROWS: dict[str, tuple[set[str], set[str]]] = {
    "http": (set(), set()),
    "client": ({"http"}, set()),
    "rules": ({"http", "client"}, set()),
    "sandbox": ({"http", "client"}, {"psutil"}),
    "diagnosis": ({"http", "client", "rules"}, set()),
    "runner": ({"http", "client", "rules", "sandbox"}, set()),
    "reports": ({"http", "client", "rules", "runner", "diagnosis", "sandbox"}, {"rich"}),
    "grading": ({"rules", "runner", "reports", "sandbox"}, {"jinja2", "distributed"}),
    "cli": (
        {"client", "rules", "runner", "diagnosis", "reports", "sandbox", "grading"},
        {"click", "rich", "watchfiles"},
    ),
}
JUDGE = ROOT / FOLDERS["http_contract"]


def packages_imported(file: Path) -> set[str]:
    """Return the packages of the judge that a file imports."""
    parts = (name.split(".") for name in imports(file))
    return {name[1] for name in parts if name[0] == "http_contract" and name[1:2]} & set(ARROWS)


@pytest.mark.parametrize("package", ARROWS)
def test_packages_of_the_judge_import_only_along_the_arrows(package: str) -> None:
    allowed, others = ARROWS[package]
    for file in sorted((JUDGE / package).rglob("*.py")):
        assert packages_imported(file) - {package} <= allowed, file
        assert outside(file) <= others, file


def test_every_package_of_the_judge_has_its_arrows() -> None:
    assert {folder.parent.name for folder in JUDGE.glob("*/__init__.py")} == set(ARROWS)


def drawings(document: Path) -> list[dict[str, set[str]]]:
    """Return the arrows of each drawing in a document: a line for each package, "name -> the packages it imports"."""
    blocks = re.findall(r"(?m)^```\n((?:\w+ +(?:-> .+|\(none\))\n)+)```$", document.read_text())
    lines = [[re.split(r" +(?:-> |\(none\))", line) for line in block.splitlines()] for block in blocks]
    return [{name: set(imported.split()) for name, imported in drawing} for drawing in lines]


def test_contributing_draws_the_same_arrows() -> None:
    packages = {name: allowed for name, (allowed, _) in ARROWS.items()}
    assert drawings(ROOT / "CONTRIBUTING.md") == [ROOM_ARROWS, packages]


def test_only_urls_and_the_application_import_the_views() -> None:
    knowing = {file.name for file in modules("raw_router") if "shared_views" in rooms_imported(file)}
    assert knowing == {"urls.py", "application.py"}


def test_raw_router_needs_the_standard_library_alone() -> None:
    assert set().union(*map(outside, modules("raw_router"))) == set()


@pytest.mark.parametrize("module", CORE)
def test_the_core_holds_no_socket_and_no_page(module: str) -> None:
    names = set(imports(ROOT / "raw_router" / f"{module}.py"))
    assert names.isdisjoint({"socket", "select", "selectors", "asyncio", "threading"})
    assert names.isdisjoint({"raw_router.router", "raw_router.urls", "raw_router.application", "raw_router.drivers"})


def test_the_document_lists_every_module_once_and_the_core_first() -> None:
    folder = ROOT / "raw_router"
    everything = {str(file.relative_to(folder)) for file in modules("raw_router")}
    assert sorted(READING_ORDER) == sorted(everything - {"__init__.py"})
    assert READING_ORDER[: len(CORE)] == [f"{name}.py" for name in CORE]


@pytest.mark.parametrize("module", READING_ORDER)
def test_a_module_imports_only_those_listed_above_it(module: str) -> None:
    later = set(map(full_name, READING_ORDER[READING_ORDER.index(module) :]))
    assert later.isdisjoint(imports(ROOT / "raw_router" / module))


def test_drivers_import_no_http() -> None:
    without_http = tuple(f"raw_router.{each}" for each in ("drivers", "buffers", "forks", "listeners"))
    for file in modules("raw_router/drivers"):
        ours = {name for name in imports(file) if name.startswith("raw_router")}
        assert all(name.startswith(without_http) for name in ours), file


def test_the_gateway_imports_neither_urls_nor_the_application() -> None:
    assert {"raw_router.urls", "raw_router.application"}.isdisjoint(imports(ROOT / "raw_router" / "wsgi.py"))
