"""python -m tests.mutants: run all mutants, and write docs/mutants.md."""

import sys

from tests.mutants.measuring import DOCUMENT, document, measure
from tests.mutants.table import MUTANTS


def main() -> int:
    results = measure(print)
    DOCUMENT.write_text(document(MUTANTS, results))
    return 0 if all(result.caught for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
