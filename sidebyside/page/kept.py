"""Sources as they stood when the page started: what runs is what was read then, whatever is edited since."""

from pathlib import Path

PACKAGES = ("raw_router", "shared_views", "flask_app", "django_project")
"""What the three are made of."""

SOURCES = {".py", ".html"}
ROOT = Path(__file__).resolve().parents[2]


class Kept:
    """Files by their places, each as it was when it was read first."""

    def __init__(self) -> None:
        self._data: dict[Path, bytes] = {}

    def text(self, file: Path) -> str:
        """Return what stood in a file when it was first asked for."""
        if file not in self._data:
            self._data[file] = file.read_bytes()
        return self._data[file].decode()

    def changed(self) -> list[Path]:
        """Return the files that have changed since, or are gone."""
        return [file for file, data in self._data.items() if differs(file, data)]


def differs(file: Path, data: bytes) -> bool:
    try:
        return file.read_bytes() != data
    except OSError:
        return True


KEPT = Kept()


def keep_all() -> None:
    """Read what the three are made of, before it can change."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in SOURCES:
                KEPT.text(file)


def text_of(file: str) -> str:
    return KEPT.text(Path(file).resolve())


def changed() -> list[str]:
    """Return the files of the three that have changed since the page started, by their place from the root."""
    return [file.relative_to(ROOT).as_posix() for file in KEPT.changed() if file.is_relative_to(ROOT)]
