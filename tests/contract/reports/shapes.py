"""What a JSON document must look like: kinds of values, keys that must be there, and no others."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Shape: TypeAlias = Any
"""A type; a set of allowed values; a list of one shape; a dict, `?` after keys that may lack; or what tells."""

NUMBER = (int, float)


def misfits(value: Any, shape: Shape, where: str = "$") -> Iterator[str]:
    """Yield the places that do not fit."""
    if isinstance(shape, dict):
        yield from _of_object(value, shape, where)
    elif isinstance(shape, list):
        yield from _of_list(value, shape[0], where)
    elif not _fits(value, shape):
        yield f"{where}: {value!r}"


def _of_object(value: Any, shape: dict[str, Shape], where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
        return
    shapes = {key.rstrip("?"): inner for key, inner in shape.items()}
    yield from (f"{where}.{key} is unknown" for key in value.keys() - shapes.keys())
    yield from (f"{where}.{key} is missing" for key in shape.keys() - value.keys() if not key.endswith("?"))
    for key in value.keys() & shapes.keys():
        yield from misfits(value[key], shapes[key], f"{where}.{key}")


def _of_list(value: Any, shape: Shape, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where}: {value!r} is no list"
        return
    for index, each in enumerate(value):
        yield from misfits(each, shape, f"{where}[{index}]")


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, set):
        return value in shape
    if isinstance(shape, (type, tuple)):
        return isinstance(value, shape) and not (isinstance(value, bool) and shape is not bool)
    tells: Callable[[Any], bool] = shape
    return tells(value)
