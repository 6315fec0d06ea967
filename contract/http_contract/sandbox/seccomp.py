"""A filter for system calls: an isolated submission cannot make a user namespace, in which it would be root.

A root of its own namespace can mount file systems in memory, where no limit counts them.
"""

import platform
import struct
from typing import NamedTuple


class Architecture(NamedTuple):
    audit: int  # the number of the architecture in a filter
    clone: int  # the numbers of system calls
    unshare: int


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, clone=56, unshare=272),
    "aarch64": Architecture(0xC00000B7, clone=220, unshare=97),
}
CLONE3 = 435  # on all architectures
CLONE_NEWUSER = 0x10000000
X32 = 0x40000000  # in the number of a system call of another calling convention
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets of what a filter reads
ALLOW, FORBID, UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026  # the call is made; EPERM; ENOSYS


def user_namespace_filter(machine: str = platform.machine()) -> bytes:
    """Return a program for `bwrap --seccomp`; nothing for an architecture whose system calls are not listed here.

    The flags of clone3 are in memory, which a filter cannot read. Libraries use clone where clone3 is unknown.
    """
    if machine not in ARCHITECTURES:
        return b""
    audit, clone, unshare = ARCHITECTURES[machine]
    return b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (LOAD, 0, 0, ARCHITECTURE),
            (EQUAL, 0, 9, audit),  # otherwise forbid
            (LOAD, 0, 0, NUMBER),
            (AT_LEAST, 7, 0, X32),  # forbid
            (EQUAL, 7, 0, CLONE3),  # unknown
            (EQUAL, 2, 0, clone),  # look at the flags
            (EQUAL, 1, 0, unshare),  # look at the flags
            (RETURN, 0, 0, ALLOW),
            (LOAD, 0, 0, FIRST_ARGUMENT),
            (ANY_BIT, 1, 0, CLONE_NEWUSER),  # forbid
            (RETURN, 0, 0, ALLOW),
            (RETURN, 0, 0, FORBID),
            (RETURN, 0, 0, UNKNOWN),
        )
    )
