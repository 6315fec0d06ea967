"""A known failure: rules that guests fail, and the reason, which is the part of the framework that causes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """Rules that these guests fail, and why; rules that are skipped because these failed are not listed."""

    guests: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str
    fixed_in: tuple[int, int] | None = None  # the version of Python from which on the rule passes
    depends_on_time: bool = False  # of a response, or of a file: the rule may pass
