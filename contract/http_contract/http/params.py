"""The parameters of a code: the data of a defect, a failure, a skip or a diagnosis."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_TEXT = 400  # characters of a parameter that is a text; a message shows fewer


class Params(Mapping[str, Any]):
    """A read-only mapping of names to values that JSON can write: texts, numbers, None, and tuples of these."""

    __slots__ = ("_values",)

    def __init__(self, **values: Any) -> None:
        self._values = {name: _frozen(value) for name, value in values.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Params({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    def with_(self, **values: Any) -> "Params":
        """Return these parameters and others."""
        return Params(**{**self._values, **values})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value


def excerpt(value: str | bytes) -> str:
    """Return the beginning of a text, as long as a parameter may be; bytes are decoded as ISO 8859-1."""
    return (value if isinstance(value, str) else value.decode("latin-1"))[:MAX_TEXT]


NO_PARAMS = Params()
