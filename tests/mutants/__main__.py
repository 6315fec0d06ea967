"""python -m tests.mutants: run all mutants, and write docs/mutants.md."""

import sys

from tests.mutants.measuring import DOCUMENT, document, is_caught, measure
from tests.mutants.table import MUTANTS


def main() -> int:
    failed = measure(print)
    DOCUMENT.write_text(document(MUTANTS, failed))
    return 0 if all(is_caught(mutant, failed) for mutant in MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
