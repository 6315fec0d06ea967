"""IANA's registry of HTTP methods, from http-methods.csv, a copy of the registry's own file."""

import csv
from pathlib import Path

RESERVED = {"*", "PRI"}  # names that no request may use as its method
TABLE = Path(__file__).parent / "http-methods.csv"


def registered_methods() -> set[str]:
    with TABLE.open() as lines:
        return {row["Method Name"] for row in csv.DictReader(lines)}
