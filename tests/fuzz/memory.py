"""How much memory something keeps to itself."""

import gc
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType

from raw_router.memo import HeadCache

SHARED = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType, type, HeadCache)


def held_by(thing: object) -> int:
    """Return the octets of all that can be reached from it, but for what is the program's."""
    seen: dict[int, object] = {}
    to_do = [thing]
    while to_do:
        each = to_do.pop()
        if id(each) not in seen and not isinstance(each, SHARED):
            seen[id(each)] = each
            to_do += gc.get_referents(each)
    return sum(map(sys.getsizeof, seen.values()))
